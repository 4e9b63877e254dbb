"""The marks of the suite, whose tests are taken apart here without its plugin."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """As suites/plugin.py does."""
    if config.pluginmanager.hasplugin("suites.plugin"):
        return
    config.addinivalue_line("markers", "promise(*ids): the promises (contract/promises.toml) that a test is about")

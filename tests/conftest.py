"""What tests of several folders share: a browser's tab, and patience of property tests on a busy machine."""

import os
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from suites.browser import Page, chromium

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")  # how busy the machine is, is no property of the code


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    if shutil.which("chromium") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is not installed; in CI the browser tests must run")
        pytest.skip("chromium is not installed")
    with chromium(tmp_path_factory.mktemp("profile")) as tab:
        yield tab

"""The security suite's plugin, Hypothesis' profiles, and the option that names a target to load into this process."""

import pytest

from security_tests.profiles import register

pytest_plugins = ["suites.plugin"]
LONG: pytest.StashKey[float] = pytest.StashKey()
REFERENCE = "asgi:reference_service.app:create"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of this suite alone."""
    group = parser.getgroup("golive")
    group.addoption("--asgi", default="", metavar="FACTORY", help=f"the target as an ASGI factory, such as {REFERENCE}")
    group.addoption("--minutes", type=float, default=30.0, help="how long Hypothesis' profile `nightly` may take")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How often what was said was tried: a property that hardly ever met its case proves little."""
    reports = [each for name in ("passed", "failed") for each in terminalreporter.getreports(name)]
    lines = [str(value) for each in reports for name, value in each.user_properties if name == "occasions"]
    if lines:
        terminalreporter.section("occasions")
        terminalreporter.write_line("\n".join(dict.fromkeys(lines)))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before Hypothesis' own plugin takes the profile that --hypothesis-profile names."""
    nightly = config.getoption("--hypothesis-profile", default="") == "nightly"
    register(config.getoption("minutes"))
    if nightly:
        config.stash[LONG] = 120.0 + 60 * config.getoption("minutes")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A night's property may take long before it counts as hung."""
    if seconds := config.stash.get(LONG, 0.0):
        for item in items:
            item.add_marker(pytest.mark.timeout(seconds), append=False)

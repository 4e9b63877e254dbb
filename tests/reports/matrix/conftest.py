"""Cases and runs of a suite, written short."""

from collections.abc import Callable

import pytest

from reports.conformance import Case, Conformance
from tests.suite_runs import case, ran, staging, whole


@pytest.fixture(scope="session")
def make() -> Callable[..., Case]:
    return case


@pytest.fixture(scope="session")
def run() -> Callable[..., Conformance]:
    return ran


@pytest.fixture(scope="session")
def full() -> Callable[..., Conformance]:
    return whole


@pytest.fixture(scope="session")
def troubled() -> Conformance:
    return staging()

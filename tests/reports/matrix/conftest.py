"""Cases and runs of a suite, written short."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from reports.conformance import Case, Conformance
from reports.matrix.promises import owed


def case(name: str, state: str = "holds", reason: str = "", happened: str = "", promises: tuple[str, ...] = ()) -> Case:
    """`SYNC-1/a` with its state."""
    named = promises or ((name.partition("/")[0],) if "/" in name else ())
    return msgspec.convert(
        {
            "id": name,
            "promises": named,
            "state": state,
            "seconds": 0.5,
            "reason": reason,
            "happened": happened,
            "again": f"golive contract --case {name}" if state == "broken" else "",
        },
        Case,
    )


def ran(*cases: Case, **fields: Any) -> Conformance:
    """A run of the contract suite with these cases."""
    told = {
        "suite": "contract",
        "target": "desk",
        "target_version": "7.1",
        "started": "2026-11-28T18:15:02+08:00",
        "seconds": 61.5,
        "command": "golive contract --target desk",
        "platform": "open-im",
        "cases": cases,
        "offers": ("resume",),
        "selected": (),
        "planned": len(cases),
        **fields,
    }
    return Conformance(**told)


def whole(suite: str = "contract", **fields: Any) -> Conformance:
    """A run in which every promise that the suite owes holds by one case."""
    cases = fields.pop("cases", tuple(case(f"{each}/kept") for each in owed(suite)))  # type: ignore[arg-type]
    return ran(*cases, suite=suite, **fields)


@pytest.fixture(scope="session")
def make() -> Callable[..., Case]:
    return case


@pytest.fixture(scope="session")
def run() -> Callable[..., Conformance]:
    return ran


@pytest.fixture(scope="session")
def full() -> Callable[..., Conformance]:
    return whole

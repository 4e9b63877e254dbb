"""docs/scenarios.md names every key of a scenario with its default, and none that is not there."""

import re
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec
import pytest

from golive import abort
from history.scenario import Scenario
from history.toml import dump

PAGE = (Path(__file__).parents[1] / "docs" / "scenarios.md").read_text(encoding="utf-8")
ROWS = dict(
    re.findall(r"^\| `([a-z_.]+)` \|[^|]*\| (?:`)?(.*?)(?:`)? \|", PAGE.partition("## Every key")[2], re.MULTILINE)
)


def default(value: object) -> str:
    """As TOML writes it; `–` where there is none."""
    if value is None:
        return "the profile's"
    return "–" if value is msgspec.NODEFAULT else dump({"x": value}).removeprefix("x = ").strip()


def keys(struct: type[msgspec.Struct], place: str = "") -> dict[str, str]:
    """Every key with its default."""
    found: dict[str, str] = {}
    for field in msgspec.structs.fields(struct):
        kind: Any = get_args(field.type)[0] if get_origin(field.type) is tuple else field.type
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            found |= keys(kind, f"{place}{field.name}.")
        else:
            found[place + field.name] = default(field.default)
    return found


def test_every_key_stands_there_with_its_default() -> None:
    assert keys(Scenario) == ROWS


@pytest.mark.parametrize("metric", [*abort.COUNTS, *abort.LATENCIES, abort.LAG])
def test_every_figure_that_may_end_a_run_is_named(metric: str) -> None:
    assert f"`{metric}" in PAGE.partition("**`abort_when`**")[2]

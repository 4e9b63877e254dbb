"""A target without a clock that jumps is waited for, where a case says how long and as much may be spent."""

from pathlib import Path

import pytest

from tests.contract_tests.against import ROOT, free_port, play, second

pytestmark = pytest.mark.thorough
CLOCKLESS = """
from tests.second.adapter import Second

class Clockless(Second):
    async def open(self, run):
        version = await super().open(run)
        self.offers -= {"clock"}
        return version

target = Clockless()
"""
WAITS = """
from time import monotonic
import pytest
from suites.lab import Lab

@pytest.mark.promise("SYNC-1")
async def test_it_waits(lab: Lab) -> None:
    lab.need_time(1.5)
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    await desk.sees(await customer.say("在吗"))
    begun = monotonic()
    await lab.advance(1.5)
    assert monotonic() - begun >= 1.5
    await desk.sees(await customer.say("还在吗"))

@pytest.mark.promise("SYNC-1")
async def test_it_would_wait_too_long(lab: Lab) -> None:
    lab.need_time(2.5)
    raise AssertionError("tried")

@pytest.mark.promise("SYNC-1")
async def test_it_did_not_say_how_long(lab: Lab) -> None:
    await lab.advance(0.1)
    raise AssertionError("waited")

@pytest.mark.promise("SYNC-1")
async def test_it_takes_more_than_it_said(lab: Lab) -> None:
    lab.need_time(1)
    await lab.advance(61)
"""


def test_what_would_be_due_is_waited_for_as_long_as_is_allowed(tmp_path: Path) -> None:
    suite, port = tmp_path / "contract_tests", free_port()
    suite.mkdir()
    (suite / "test_own.py").write_text(WAITS, encoding="utf-8")
    adapter = tmp_path / "clockless.py"
    adapter.write_text(CLOCKLESS, encoding="utf-8")
    options = ("-p", "suites.plugin", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path))
    with second(tmp_path, port) as url:
        played = play(tmp_path, url, port, *options, "--real-time", "2", suite=suite, adapter=adapter)
    assert played.results is not None, played.text
    told = {case.id.removeprefix("SYNC-1/"): (case.state, case.reason) for case in played.results.cases}
    assert told == {
        "it_waits": ("holds", ""),
        "it_would_wait_too_long": (
            "not verified",
            "not offered: clock; without one this takes 2.5 s, and --real-time allows 2",
        ),
        "it_did_not_say_how_long": ("not verified", "not offered: clock"),
        "it_takes_more_than_it_said": ("unknown", "ValueError: advance(61): of what need_time asked for, 6 s are left"),
    }

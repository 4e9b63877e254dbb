"""A complaint is opened before the answer and closed after it; a target that fails is written down."""

from typing import Any

import pytest

from fixtures.dialogues import intents
from fixtures.script import BUNDLED
from simulators.workforce.complaints import INTENT, Complaints
from simulators.workforce.ledger import Ledger
from targets.interface import Agent, Shop, TargetError

ANGRY = next(line for line in intents()[INTENT].customer if "{" not in line)
AGENT = Agent("a1", Shop("s01", "shop-1", "http://x"), 15, "")


class Office:
    """A target's complaints; `fails` are the calls that do not work."""

    def __init__(self, *fails: str) -> None:
        self.fails = fails
        self.asked: list[tuple[str, ...]] = []

    async def complain(self, agent: Agent, conversation: str, what: str) -> str:
        self._ask("complain", conversation, what, agent.id)
        return "cp1"

    async def close_complaint(self, agent: Agent, complaint: str, outcome: str) -> None:
        self._ask("close", complaint, outcome, agent.id)

    def _ask(self, what: str, *rest: str) -> None:
        self.asked.append((what, *rest))
        if what in self.fails:
            raise TargetError("no")


async def handle(rows: Any, office: Any, text: str) -> list[tuple[str, str]]:
    """What a reply to a text leaves in the history: complaint and note."""
    complaints = Complaints(Ledger(rows.writer, "s01", "a1", 15), BUNDLED, office, AGENT)
    await complaints.settle("k1", await complaints.hear("k1", text))
    return [(row.message, row.note) for row in rows.of("complaint")]


async def test_a_complaint_is_opened_and_closed(rows: Any) -> None:
    office = Office()
    assert await handle(rows, office, ANGRY) == [("cp1", "opened"), ("cp1", "closed")]
    assert [asked[:2] for asked in office.asked] == [("complain", "k1"), ("close", "cp1")]


@pytest.mark.parametrize(
    ("fails", "told"), [("complain", [("", "not opened")]), ("close", [("cp1", "opened"), ("cp1", "not closed")])]
)
async def test_what_the_target_refuses_is_written_down(rows: Any, fails: str, told: list[tuple[str, str]]) -> None:
    assert await handle(rows, Office(fails), ANGRY) == told


async def test_other_texts_and_targets_without_complaints_open_none(rows: Any) -> None:
    assert await handle(rows, Office(), "什么时候发货") == []
    assert await handle(rows, None, ANGRY) == []

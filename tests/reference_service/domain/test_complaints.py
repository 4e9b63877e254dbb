"""A complaint ends only with contact and a word to the customer; words alone open none."""

from typing import Any

import pytest

from reference_service.domain import assigning, complaints
from reference_service.domain.complaint import Complaint
from reference_service.domain.complaints import SCENE, may_not_close
from reference_service.domain.happenings import ComplaintSuggested
from reference_service.domain.outbox import Answer
from reference_service.domain.records import Person
from reference_service.filtering.words import Word

HOUR = 3600.0
ADMIN = Person(id="u1", shop_id="s1", role="admin", login="x", seal="", name="")
SUPERVISOR = Person(id="u9", shop_id="s1", role="supervisor", login="y", seal="", name="")


class Case:
    """One complaint of c1 who is served by an agent."""

    def __init__(self, stage: Any) -> None:
        self.stage = stage
        self.desk = stage.agent()
        stage.write("c1", "m1")
        self.thread = stage.thread("c1")
        make = complaints.open_complaint
        self.complaint: Complaint = stage._do(lambda c: make(stage.world, self.thread, "坏了", ADMIN, c))

    def reply(self, outcome: str = "ok", text: str = "马上处理") -> None:
        number = self.thread.seq
        self.stage.reply(self.desk, self.thread, text, f"k{number}")
        self.settle(outcome)

    def settle(self, outcome: str) -> None:
        call = self.stage.calls.pop(0)
        self.stage.answer(call, Answer(outcome, f"r{call.seq}"))  # type: ignore[arg-type]

    def refused(self, by: Person = ADMIN) -> str | None:
        return may_not_close(self.stage.world, self.complaint, by, self.stage.now)

    def close(self, by: Person = ADMIN) -> None:
        assert self.refused(by) is None
        self.stage._do(lambda c: complaints.close(self.stage.world, self.complaint, "已退款", by, c))


@pytest.fixture
def case(stage: Any) -> Case:
    return Case(stage)


def test_it_is_not_closed_before_a_persons_reply_has_reached_the_customer(case: Case) -> None:
    assert case.refused() == "not_contacted"
    case.reply("refused")
    assert case.refused() == "not_contacted"
    case.reply("lost")
    assert case.refused() == "not_contacted"
    case.stage.echo("c1", "r9", "马上处理")  # the echo proves that it arrived after all
    assert case.refused() is None
    assert case.complaint.contacted_at == case.stage.now


def test_a_reply_from_before_the_complaint_is_no_contact_though_it_arrives_after(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    thread = stage.thread("c1")
    stage.reply(desk, thread, "在的", "k1")
    complaint = stage._do(lambda c: complaints.open_complaint(stage.world, thread, "坏了", ADMIN, c))
    stage.answer(stage.calls.pop(0), Answer("ok", "r1"))
    assert may_not_close(stage.world, complaint, ADMIN, stage.now) == "not_contacted"


def test_closing_tells_the_customer_and_keeps_who_when_and_what(case: Case) -> None:
    case.reply()
    case.stage.now += 5.0
    case.close(SUPERVISOR)
    complaint = case.complaint
    assert (complaint.state, complaint.closed_by, complaint.closed_at, complaint.outcome) == (
        "closed",
        "u9",
        1005.0,
        "已退款",
    )
    word = case.thread.visit[-1]
    assert (word.sender, word.scene, word.seq, complaint.told) == ("bot", SCENE, complaint.told_seq, "pending")
    case.settle("ok")
    assert complaint.told == "sent"
    assert [t["what"] for t in case.stage.told(case.desk, "complaint.updated")] == [
        "opened",
        "contacted",
        "closed",
        "told",
    ]
    assert case.refused() == "already_closed"


def test_that_the_customer_could_not_be_told_is_shown(case: Case) -> None:
    case.reply()
    case.close()
    case.settle("refused")
    assert case.complaint.told == "failed"


@pytest.mark.parametrize(("after", "breached"), [(48 * HOUR - 0.001, False), (48 * HOUR, True)])
def test_closed_in_time_is_no_breach_and_closed_at_48_hours_is_one(case: Case, after: float, breached: bool) -> None:
    case.reply()
    case.stage.now += after  # the clock itself has not struck yet
    case.close()
    assert (case.complaint.breached_at is not None) is breached
    case.stage.wait(100 * HOUR)
    assert (case.complaint.breached_at is not None) is breached  # a closed one has no clock


def test_an_agent_closes_only_their_own_and_only_until_it_has_risen(case: Case) -> None:
    case.reply()
    other = case.stage.agent()
    assert case.refused(other.person) == "not_assignee"
    assert case.refused(case.desk.person) is None
    case.stage.now += 24 * HOUR - 0.001
    assert case.refused(case.desk.person) is None
    case.stage.now += 0.001
    assert case.refused(case.desk.person) == "escalated"
    assert case.refused(SUPERVISOR) is None


def test_with_a_closing_text_that_is_blocked_nothing_is_closed(case: Case) -> None:
    case.reply()
    case.stage.words(Word("处理完毕"))
    assert case.refused() == "closing_blocked"


def test_after_the_visit_it_is_still_the_last_agents(case: Case) -> None:
    case.stage._do(lambda c: assigning.resolve(case.stage.floor, case.thread, "agent", c))
    assert case.thread.conversation.agent_id is None
    assert case.refused(case.desk.person) == "not_contacted"
    case.stage.available(case.desk, "offline")
    case.stage.write("c1", "m2")  # another visit, that nobody serves
    assert case.refused(case.desk.person) == "not_contacted"


@pytest.mark.parametrize(
    ("text", "suggested"), [("我要投诉你们", 1), ("打12315", 1), ("什么时候发货", 0), ("没意见", 0)]
)
def test_words_like_a_complaint_are_told_to_the_agent_and_open_none(stage: Any, text: str, suggested: int) -> None:
    desk = stage.agent()
    stage.write("c1", "m1", text)
    expected = [{"conversation_id": "cv1", "message_id": "cv1-1", "seq": 1}] * suggested
    assert stage.told(desk, "complaint.suggested") == expected
    happened = [h for changes in stage.all for h in changes.happened if isinstance(h, ComplaintSuggested)]
    assert len(happened) == suggested
    assert stage.floor.shelves.get(Complaint, {}) == {}


def test_while_one_is_open_nothing_is_suggested(case: Case) -> None:
    case.stage.write("c1", "m2", "我还是要投诉")
    assert case.stage.told(case.desk, "complaint.suggested") == []

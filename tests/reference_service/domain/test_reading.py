"""Read marks go forward only, count what is unread, and pass on with the conversation."""

from typing import Any

import pytest

from reference_service.domain.happenings import AgentRead
from reference_service.domain.reading import unread
from reference_service.domain.refusal import Refusal
from reference_service.filtering.words import Word


def test_a_mark_is_told_counted_and_never_goes_back(stage: Any) -> None:
    desk = stage.agent()
    for n in (1, 2, 3):
        stage.write("c1", f"m{n}")
    assert unread(stage.thread("c1")) == 3
    stage.read(desk, "c1", 2)
    stage.read(desk, "c1", 1)
    assert stage.all[-1].rows == []
    assert stage.told(desk, "conversation.read") == [{"conversation_id": "cv1", "seq": 2, "unread": 1}]
    happened = [what for changes in stage.all for what in changes.happened if isinstance(what, AgentRead)]
    assert [(what.desk, what.seq) for what in happened] == [(desk, 2)]


def test_only_the_customers_messages_are_unread(stage: Any) -> None:
    desk = stage.agent()
    stage.words(Word("骗子", to_agent="block"))
    stage.write("c1", "m1")
    stage.write("c1", "m2", "骗子")
    stage.reply(desk, stage.thread("c1"), "您好", "k1")
    stage.say("c1", "欢迎")
    stage.note("c1", "看一下")
    assert (unread(stage.thread("c1")), stage.thread("c1").seq) == (2, 5)


def test_the_mark_goes_on_to_whoever_has_it_next(stage: Any) -> None:
    first, second = stage.agent(), stage.agent()
    stage.write("c1", "m1")
    stage.write("c1", "m2")
    stage.read(first, "c1", 1)
    stage.give("c1", second)
    (assigned,) = stage.told(second, "conversation.assigned")
    assert (assigned["read_to"], assigned["visit_from"]) == (1, 1)
    assert unread(stage.thread("c1")) == 1


def test_a_visit_that_is_over_has_nothing_unread_and_the_next_counts_its_own(stage: Any) -> None:
    stage.agent()
    stage.write("c1", "m1")
    stage.resolve(stage.thread("c1"))
    assert unread(stage.thread("c1")) == 0
    stage.write("c1", "m2")
    assert unread(stage.thread("c1")) == 1


@pytest.mark.parametrize(("who", "seq", "code"), [("other", 1, "not_assignee"), ("holder", 2, "bad_seq")])
def test_a_mark_that_cannot_be_is_refused(stage: Any, who: str, seq: int, code: str) -> None:
    holder = stage.agent()
    stage.write("c1", "m1")
    desk = holder if who == "holder" else stage.agent()
    with pytest.raises(Refusal, match=code):
        stage.read(desk, "c1", seq)
    assert stage.thread("c1").conversation.read_to == 0

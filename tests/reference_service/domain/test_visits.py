"""A conversation goes on under its id: another visit, by the customer or by us."""

from typing import Any

import pytest

from reference_service.domain.refusal import Refusal


def test_an_agent_reopens_what_is_resolved_and_the_visit_begins_anew(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.resolve(stage.thread("c1"))
    stage.reopen("c1", desk)
    assert list(desk.held) == ["cv1"]
    assert stage.thread("c1").conversation.visit_from == 2
    assert [a["reason"] for a in stage.told(desk, "conversation.assigned")] == ["new", "reopened"]
    assert len(stage.told(desk, "message.created")) == 1


def test_a_reply_after_a_reopening_answers_the_customers_newest_message(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.resolve(stage.thread("c1"))
    stage.reopen("c1", desk)
    stage.reply(desk, stage.thread("c1"), "您的退款到了", "k1")
    assert [call.answers for call in stage.calls] == ["m1"]


def test_without_an_agent_of_choice_the_rules_choose_or_it_waits(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.resolve(stage.thread("c1"))
    stage.available(desk, "away")
    stage.reopen("c1")
    assert [thread.conversation.id for thread in stage.floor.queue] == ["cv1"]
    (told,) = stage.told(desk, "conversation.reopened")
    assert (told["conversation_id"], told["state"], told["agent_id"]) == ("cv1", "queued", None)


def test_who_had_it_last_is_told_that_it_goes_on_with_another(stage: Any) -> None:
    first = stage.agent()
    stage.write("c1", "m1")
    stage.resolve(stage.thread("c1"))
    second = stage.agent()
    stage.available(first, "away")
    stage.write("c1", "m2")
    (told,) = stage.told(first, "conversation.reopened")
    assert (told["conversation_id"], told["state"], told["agent_id"]) == ("cv1", "open", second.person.id)
    assert stage.told(second, "conversation.reopened") == []


def test_who_has_it_again_is_told_by_the_assignment_alone(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.resolve(stage.thread("c1"))
    stage.write("c1", "m2")
    assert stage.told(desk, "conversation.reopened") == []
    assert [a["reason"] for a in stage.told(desk, "conversation.assigned")] == ["new", "reopened"]


def test_what_is_open_cannot_be_reopened_and_nobody_beyond_capacity(stage: Any) -> None:
    desk = stage.agent(capacity=1)
    stage.write("c1", "m1")
    with pytest.raises(Refusal, match="wrong_state"):
        stage.reopen("c1", desk)
    stage.resolve(stage.thread("c1"))
    stage.write("c2", "m2")
    with pytest.raises(Refusal, match="no_room"):
        stage.reopen("c1", desk)
    assert stage.thread("c1").conversation.state == "resolved"


def test_reopening_ends_a_snooze(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.snooze("c1", 60.0)
    stage.reopen("c1", desk)
    assert list(desk.held) == ["cv1"]
    assert len(stage.told(desk, "conversation.assigned")) == 1


def test_supervisors_at_work_see_visits_begin_and_nobody_else_does(stage: Any) -> None:
    agent, watching = stage.agent(), stage.agent(role="supervisor")
    absent = stage.agent(role="supervisor", device=None)
    stage.write("c1", "m1")
    stage.resolve(stage.thread("c1"))
    stage.now = 1010.0
    stage.write("c1", "m2")
    told = [(kind, d["conversation_id"], d["agent_id"], d["at"]) for kind, d in stage.log(watching)]
    assert told == [
        ("conversation.created", "cv1", agent.person.id, 1000.0),
        ("conversation.reopened", "cv1", agent.person.id, 1010.0),
    ]
    assert stage.log(absent) == []
    assert stage.told(agent, "conversation.created") == []
    assert stage.told(agent, "conversation.reopened") == []

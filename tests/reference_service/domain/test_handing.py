"""Giving, taking over and handing on: capacity is kept, both agents are told, and a refusal changes nothing."""

from typing import Any

import pytest

from reference_service.domain.happenings import Transferred
from reference_service.domain.refusal import Refusal
from reference_service.filtering.words import Word


def refused(act: Any) -> str:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def test_a_conversation_is_taken_over_and_both_agents_are_told(stage: Any) -> None:
    first, second = stage.agent(), stage.agent()
    stage.write("c1", "m1")
    version = stage.thread("c1").conversation.version
    stage.give("c1", second)
    assert (list(first.held), list(second.held)) == ([], ["cv1"])
    assert stage.told(first, "conversation.transferred") == [
        {
            "conversation_id": "cv1",
            "from_agent_id": first.person.id,
            "to_agent_id": second.person.id,
            "reason": "assigned",
        }
    ]
    (assigned,) = stage.told(second, "conversation.assigned")
    assert (assigned["reason"], assigned["load"], assigned["version"]) == ("assigned", 1, version + 1)
    assert [m["platform_message_id"] for m in stage.told(second, "message.created")] == ["m1"]
    assert stage.thread("c1").conversation.last_agent_id == first.person.id


def test_whoever_waits_can_be_given_out_of_turn_and_leaves_the_queue(stage: Any) -> None:
    away = stage.agent(capacity=1)
    stage.write("c1", "m1")
    stage.write("c2", "m2")
    stage.write("c3", "m3")
    away.person.capacity = 3
    stage.give("c3", away)
    assert list(away.held) == ["cv1", "cv3", "cv2"]
    assert list(stage.floor.queue) == []


def test_what_an_agent_gives_up_makes_room_for_the_queue(stage: Any) -> None:
    first = stage.agent(capacity=1)
    stage.write("c1", "m1")
    stage.write("c2", "m2")
    second = stage.agent(capacity=2, device=None)
    stage.world.people[second.person.id].availability = "away"
    stage.on(second)
    second.person.availability = "online"
    stage.transfer("c1", second)
    assert (list(first.held), list(second.held)) == (["cv2"], ["cv1"])


@pytest.mark.parametrize("why", ["full", "away", "without a device", "uncertified"])
@pytest.mark.parametrize("how", ["give", "transfer"])
def test_nobody_is_given_what_they_cannot_take(stage: Any, why: str, how: str) -> None:
    first = stage.agent(capacity=2)
    stage.write("c1", "m1")
    other = stage.agent(capacity=1, certified=why != "uncertified", device=None if why == "without a device" else "d1")
    if why == "away":
        stage.available(other, "away")
    if why == "full":
        stage.write("c2", "m2")
    code = refused(lambda: stage.give("c1", other) if how == "give" else stage.transfer("c1", other, "看一下"))
    assert code == ("no_room" if why == "full" else "not_able")
    assert "cv1" in first.held
    assert stage.thread("c1").seq == 1


def test_a_transfer_brings_the_note_to_the_next_agent_and_never_to_the_platform(stage: Any) -> None:
    first, second = stage.agent(), stage.agent()
    stage.write("c1", "m1")
    stage.transfer("c1", second, "要退款，先看订单", first.person)
    note = stage.told(second, "message.created")[1]
    assert (note["text"], note["sender"], note["agent_id"]) == ("要退款，先看订单", "agent", first.person.id)
    assert note["private"] is True
    assert stage.calls == []
    happened = [h for changes in stage.all for h in changes.happened if isinstance(h, Transferred)]
    assert [(h.desk, h.to, h.by) for h in happened] == [(first, second.person.id, first.person.id)]


def test_back_to_the_queue_goes_to_another_who_is_able(stage: Any) -> None:
    first, second = stage.agent(capacity=5), stage.agent(capacity=5)
    stage.write("c1", "m1")
    stage.write("c2", "m2")
    stage.write("c3", "m3")  # the first has two now, and would be chosen after the second
    stage.transfer("c2", None)
    assert "cv2" in first.held
    stage.transfer("c2", None)
    assert "cv2" in second.held


def test_back_to_the_queue_it_waits_where_nobody_else_is_able_and_those_before_go_first(stage: Any) -> None:
    desk = stage.agent(capacity=1)
    stage.write("c1", "m1")
    stage.write("c2", "m2")
    stage.transfer("c1", None)
    assert list(desk.held) == ["cv2"]
    assert [thread.conversation.id for thread in stage.floor.queue] == ["cv1"]
    assert stage.told(desk, "conversation.transferred")[0]["to_agent_id"] is None


def test_the_only_agent_gets_back_what_they_gave_back(stage: Any) -> None:
    desk = stage.agent(capacity=1)
    stage.write("c1", "m1")
    stage.transfer("c1", None)
    assert list(desk.held) == ["cv1"]
    kinds = [kind for kind, _ in stage.log(desk)]
    assert kinds[-2:] == ["conversation.transferred", "conversation.assigned"]


def test_what_cannot_be_handed_on_says_why(stage: Any) -> None:
    stage.write("c1", "m1")
    assert refused(lambda: stage.transfer("c1", None)) == "wrong_state"  # it waits: nobody has it
    desk = stage.agent()
    assert refused(lambda: stage.transfer("c1", desk)) == "wrong_state"  # they have it
    stage.words(Word("骂人", to_agent="block"))
    other = stage.agent()
    assert refused(lambda: stage.transfer("c1", other, "别骂人")) == "blocked"
    assert list(desk.held) == ["cv1"]
    stage.resolve(stage.thread("c1"))
    assert refused(lambda: stage.give("c1", desk)) == "wrong_state"


def test_given_to_whoever_has_it_nothing_changes(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.give("c1", desk)
    assert stage.all[-1].rows == []

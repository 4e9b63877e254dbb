"""After five minutes without a person's reply a conversation goes to a colleague, where the shop wants it so."""

from typing import Any

import pytest

from reference_service.domain.tiers import ResponseTiers

ON = ResponseTiers(hand_on=True)


def holder(stage: Any) -> str | None:
    found: str | None = stage.thread("c").conversation.agent_id
    return found


@pytest.mark.parametrize(("limits", "moves"), [(ON, True), (ResponseTiers(), False)])
def test_it_goes_to_a_colleague_at_the_human_limit_where_the_shop_wants_it(
    stage: Any, limits: ResponseTiers, moves: bool
) -> None:
    first, second = stage.agent(), stage.agent()
    stage.configure(limits)
    stage.write("c", "m1")
    stage.wait(299.999)
    assert holder(stage) == first.person.id
    stage.wait(0.001)
    assert holder(stage) == (second if moves else first).person.id
    told = [one["reason"] for one in stage.told(first, "conversation.transferred")]
    given = [one["reason"] for one in stage.told(second, "conversation.assigned")]
    assert (told, given) == ((["unanswered"], ["unanswered"]) if moves else ([], []))
    stage.wait(86400.0)
    assert len(stage.told(first, "conversation.transferred")) == moves  # once a turn


def test_without_an_able_colleague_it_stays(stage: Any) -> None:
    first, second, lead = stage.agent(), stage.agent(capacity=1), stage.agent(role="supervisor")
    stage.configure(ON)
    stage.write("d", "m0")
    stage.write("e", "m00")  # the second has no room
    stage.write("c", "m1")
    assert (holder(stage), len(second.held), len(lead.held)) == (first.person.id, 1, 0)
    stage.wait(300.0)
    assert (holder(stage), stage.told(first, "conversation.transferred")) == (first.person.id, [])


def test_what_was_answered_late_between_two_looks_stays(stage: Any) -> None:
    first, _ = stage.agent(), stage.agent()
    stage.configure(ON)
    stage.write("c", "m1")
    stage.now += 300.1
    stage.reply(first, stage.thread("c"), "您好", "k1")
    stage.wait(0.0)
    assert holder(stage) == first.person.id


def test_who_waits_in_the_queue_keeps_their_place(stage: Any) -> None:
    stage.configure(ON)
    stage.write("c", "m1")
    stage.wait(300.0)
    assert (stage.thread("c").conversation.state, len(stage.floor.queue)) == ("queued", 1)

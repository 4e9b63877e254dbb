"""Training and certificate, capacity, the spare pool, and leaving."""

from typing import Any, get_args

import pytest

from reference_service.domain import routing, staff
from reference_service.domain.routing import Hindrance
from reference_service.domain.staff import Training


def train(stage: Any, desk: Any, id: str, topic: Any, minutes: int) -> None:
    piece = Training(agent_id=desk.person.id, id=id, shop_id="s1", topic=topic, minutes=minutes, at=stage.now, by="u1")
    stage._do(lambda changes: staff.train(stage.floor, desk, piece, changes))


def change(stage: Any, desk: Any, **new: Any) -> None:
    terms = staff.terms(desk)._replace(**new)
    stage._do(lambda changes: staff.change(stage.world, desk, terms, changes))


def spares(stage: Any, on: bool) -> None:
    stage._do(lambda changes: staff.call_spares(stage.floor, on, changes))


def test_forty_hours_and_every_topic_certify_and_work_comes_at_once(stage: Any) -> None:
    desk = stage.agent(certified=False)
    stage.write("c1", "m1")
    train(stage, desk, "t1", "rules", 2000)
    train(stage, desk, "t2", "phrasing", 400)
    assert (staff.trained(desk), desk.person.certified) == ((2400, ("emergencies",)), False)
    train(stage, desk, "t3", "emergencies", 1)
    assert (desk.person.certified, list(desk.held)) == (True, ["cv1"])


@pytest.mark.parametrize(("minutes", "certified"), [(2397, False), (2398, True)])
def test_a_minute_less_than_forty_hours_does_not_certify(stage: Any, minutes: int, certified: bool) -> None:
    desk = stage.agent(certified=False)
    for number, (topic, of) in enumerate([("rules", 1), ("phrasing", 1), ("emergencies", minutes)]):
        train(stage, desk, f"t{number}", topic, of)
    assert desk.person.certified is certified


def test_a_certificate_that_was_taken_away_comes_back_with_more_training(stage: Any) -> None:
    desk = stage.agent(certified=False)
    for topic in staff.TOPICS:
        train(stage, desk, topic, topic, 900)
    change(stage, desk, certified=False)
    stage.write("c1", "m1")
    assert desk.held == {}
    train(stage, desk, "again", "rules", 60)
    assert list(desk.held) == ["cv1"]


def test_a_capacity_below_the_load_takes_nothing_away_and_gives_nothing_new(stage: Any) -> None:
    desk = stage.agent(capacity=3)
    for number in (1, 2, 3):
        stage.write(f"c{number}", f"m{number}")
    change(stage, desk, capacity=1)
    assert stage.told(desk, "agent.availability")[-1]["capacity"] == 1
    stage.write("c4", "m4")
    stage.resolve(stage.thread("c1"))
    stage.off(desk)
    stage.on(desk)
    assert list(desk.held) == ["cv2", "cv3"]
    stage.resolve(stage.thread("c2"))
    stage.resolve(stage.thread("c3"))
    assert list(desk.held) == ["cv4"]


def test_a_higher_capacity_lets_the_queue_in(stage: Any) -> None:
    desk = stage.agent(capacity=1)
    for number in (1, 2, 3):
        stage.write(f"c{number}", f"m{number}")
    change(stage, desk, capacity=2)
    assert list(desk.held) == ["cv1", "cv2"]


def test_spares_get_work_only_while_they_are_called_and_keep_what_they_have(stage: Any) -> None:
    desk = stage.agent(capacity=9)
    change(stage, desk, spare=True)
    stage.write("c1", "m1")
    assert desk.held == {}
    spares(stage, on=True)
    assert list(desk.held) == ["cv1"]
    spares(stage, on=False)
    stage.write("c2", "m2")
    assert list(desk.held) == ["cv1"]
    change(stage, desk, spare=False)
    assert list(desk.held) == ["cv1", "cv2"]


def test_a_spare_who_served_a_customer_last_is_not_able_either(stage: Any) -> None:
    spare = stage.agent()
    stage.write("c1", "m1")
    stage.resolve(stage.thread("c1"))
    change(stage, spare, spare=True)
    other = stage.agent()
    stage.write("c1", "m2")
    assert (list(spare.held), list(other.held)) == ([], ["cv1"])


def test_who_is_disabled_hands_everything_on_and_is_signed_out(stage: Any) -> None:
    first, second = stage.agent(), stage.agent(device=None)
    stage.write("c1", "m1")
    stage.on(second)
    change(stage, first, disabled=True)
    assert (list(first.held), list(second.held)) == ([], ["cv1"])
    assert (stage.all[-1].signed_out, first.person.availability) == ([first.person.id], "offline")
    change(stage, first, disabled=False)
    stage.write("c2", "m2")
    assert first.held == {}


def test_ordinary_days_count_on_certified_agents_who_are_neither_spare_nor_disabled(stage: Any) -> None:
    stage.agent(role="supervisor")
    stage.agent(certified=False)
    spare, gone = stage.agent(), stage.agent()
    stage.agent(device=None)
    assert staff.strength(stage.floor) == 3
    change(stage, spare, spare=True)
    change(stage, gone, disabled=True)
    assert staff.strength(stage.floor) == 1


def test_setting_what_is_so_already_writes_nothing(stage: Any) -> None:
    desk = stage.agent()
    change(stage, desk)
    assert stage.all[-1].rows == []


def test_every_hindrance_is_named_and_without_one_the_rules_choose(stage: Any) -> None:
    named = set()
    desks = [
        stage.agent(role="supervisor"),
        stage.agent(certified=False),
        stage.agent(device=None),
        *(stage.agent() for _ in range(6)),
    ]
    stage.available(desks[3], "away")
    stage.available(desks[4], "offline")
    desks[5].on_shift = False
    change(stage, desks[6], spare=True)
    change(stage, desks[7], capacity=1)
    while not desks[7].held:
        stage.write(f"c{len(stage.floor.threads)}", f"m{len(stage.floor.threads)}")
    for desk in desks:
        hindrances = routing.hindrances(stage.floor, desk)
        assert (desk in list(routing.ready(stage.floor))) is not bool(hindrances)
        assert len(hindrances) <= 1
        named.update(hindrances)
    assert named == set(get_args(Hindrance))

"""One rating a visit, for whoever served it."""

from typing import Any

import pytest

from reference_service.domain import assigning, ratings
from reference_service.domain.changes import Changes
from reference_service.domain.events import Rated
from reference_service.domain.happenings import Rated as RatingTaken
from reference_service.domain.ratings import Rating
from reference_service.domain.records import Conflict


def resolve(stage: Any, customer: str) -> None:
    changes = Changes(at=stage.now)
    assigning.resolve(stage.floor, stage.thread(customer), "agent", changes)
    stage.all.append(changes)


def push(stage: Any, rating: str, stars: int, customer: str = "c1") -> str:
    taken: str = stage.event(Rated(stage.account("s1"), f"@{customer}-s1", rating, stars))
    return taken


def kept(stage: Any, record: type) -> list[tuple[object, ...]]:
    return [row for changes in stage.all for kind, row in changes.rows if kind is record]


def test_a_rating_is_kept_and_told_to_who_served_the_visit_open_or_over(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.write("c2", "m2")
    resolve(stage, "c1")
    assert (push(stage, "r1", 5), push(stage, "r2", 3, "c2")) == ("taken", "taken")
    assert kept(stage, Rating) == [("cv1", 1, "s1", 5, "a2", 1000.0), ("cv2", 1, "s1", 3, "a2", 1000.0)]
    told = [
        {"conversation_id": c, "agent_id": "a2", "visit_from": 1, "stars": s, "at": 1000.0}
        for c, s in (("cv1", 5), ("cv2", 3))
    ]
    assert stage.told(desk, "csat.submitted") == told
    happened = [h.rating.stars for changes in stage.all for h in changes.happened if isinstance(h, RatingTaken)]
    assert happened == [5, 3]


def test_a_visit_is_rated_once_and_the_next_visit_once_more(stage: Any) -> None:
    stage.agent()
    stage.write("c1", "m1")
    assert push(stage, "r1", 5) == "taken"
    assert push(stage, "r2", 1) == "ignored"
    resolve(stage, "c1")
    stage.write("c1", "m2")
    assert push(stage, "r3", 2) == "taken"
    assert [row[1:4:2] for row in kept(stage, Rating)] == [(1, 5), (2, 2)]


def test_the_same_rating_pushed_again_changes_nothing_and_with_other_stars_is_a_conflict(stage: Any) -> None:
    stage.agent()
    stage.write("c1", "m1")
    assert [push(stage, "r1", 5), push(stage, "r1", 5), push(stage, "r1", 1)] == ["taken", "again", "conflict"]
    assert (len(kept(stage, Rating)), len(kept(stage, Conflict))) == (1, 1)
    resolve(stage, "c1")
    stage.write("c1", "m2")
    assert push(stage, "r1", 5) == "again"  # an old rating pushed late does not rate the new visit


def test_a_rating_of_an_unknown_conversation_is_ignored_and_may_come_again(stage: Any) -> None:
    stage.agent()
    assert push(stage, "r1", 5) == "ignored"
    stage.write("c1", "m1")
    assert push(stage, "r1", 5) == "taken"


def test_a_message_and_a_rating_may_have_the_same_platform_id(stage: Any) -> None:
    stage.agent()
    stage.write("c1", "m1")
    assert push(stage, "m1", 5) == "taken"


def test_a_visit_nobody_served_has_a_rating_of_nobody(stage: Any) -> None:
    stage.write("c1", "m1")
    assert push(stage, "r1", 4) == "taken"
    assert [row[4] for row in kept(stage, Rating)] == [None]


def test_who_served_an_earlier_visit_is_not_rated_for_this_one(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    resolve(stage, "c1")
    stage.available(desk, "offline")
    stage.write("c1", "m2")
    assert push(stage, "r1", 1) == "taken"
    assert [row[4] for row in kept(stage, Rating)] == [None]
    assert stage.told(desk, "csat.submitted") == []


@pytest.mark.parametrize(("stars", "satisfied"), [(1, False), (3, False), (4, True), (5, True)])
def test_four_and_five_stars_are_satisfied(stage: Any, stars: int, satisfied: bool) -> None:
    stage.write("c1", "m1")
    rating = ratings.rate(stage.world, stage.thread("c1"), stars, Changes())
    assert rating is not None
    assert rating.satisfied is satisfied

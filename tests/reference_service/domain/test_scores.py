"""An agent's score equals its formula."""

from typing import Any

import pytest

from reference_service.domain.ratings import Rating
from reference_service.domain.response_times import Round
from reference_service.domain.scores import CONVERTS_S, AgentScore, score, speed_points


def answered(conversation: str, wait_s: float, agent: str = "a1", begin: float = 1000.0) -> Round:
    return Round(conversation, begin, (begin,), begin + wait_s, agent)


def rating(stars: int, agent: str | None = "a1") -> Rating:
    return Rating(conversation_id="cv1", visit_from=1, shop_id="s1", stars=stars, agent_id=agent, at=1.0)


@pytest.mark.parametrize(("wait_s", "points"), [(0, 1.0), (30, 1.0), (105, 0.5), (180, 0.0), (999, 0.0)])
def test_speed_falls_in_a_straight_line(wait_s: float, points: float) -> None:
    assert speed_points(wait_s) == points


def test_a_score_by_hand() -> None:
    rounds = [answered("cv1", 60), answered("cv2", 150), answered("cv3", 5, "a2")]
    who = {"cv1": "c1", "cv2": "c2", "cv3": "c3"}
    orders = {"c1": [1060.0 + CONVERTS_S - 1], "c2": [1150.0 + CONVERTS_S], "c3": [1006.0]}  # c2's is a moment too late
    found = score("a1", rounds, [rating(5), rating(2), rating(5, "a2"), rating(5, None)], who, orders, 1.0)
    assert found == AgentScore("a1", 2, 105.0, 2, 0.5, 2, 1, 0.5, 40 * 0.5 + 40 * 0.5 + 20 * 0.5)


@pytest.mark.parametrize(
    ("rounds", "ratings"), [([], [rating(5)]), ([answered("cv1", 10)], []), ([answered("cv1", 10, "a2")], [rating(5)])]
)
def test_without_answers_or_ratings_there_is_no_score(rounds: Any, ratings: Any) -> None:
    assert score("a1", rounds, ratings, {"cv1": "c1"}, {}, 1.0).score is None


def test_an_order_from_before_the_reply_is_nobodys_merit() -> None:
    found = score("a1", [answered("cv1", 10)], [], {"cv1": "c1"}, {"c1": [1009.0]}, 1.0)
    assert (found.served, found.ordered) == (1, 0)

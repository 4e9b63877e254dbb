"""Every figure of the dashboard by hand, boundaries included."""

from typing import Any

import pytest

from reference_service.domain.figures import Visit, figures, past
from reference_service.domain.ratings import Rating

from .test_response_times import said

NOON = 1795579200.0  # 2026-11-25 12:00 in China
NIGHT = NOON + 12 * 3600


def visit(begin: float, *messages: Any, to_people: float | None = None, resolved: bool = True) -> Visit:
    return Visit(begin, tuple(messages), to_people, resolved)


def rating(stars: int) -> Rating:
    return Rating(conversation_id="cv1", visit_from=1, shop_id="s1", stars=stars, agent_id="a1", at=NOON)


def told(visits: list[Visit], ratings: list[Rating] | None = None, speed: float = 1.0) -> dict[str, tuple[Any, int]]:
    return {found.name: (found.value, found.n) for found in figures(past(visits, ratings or [], speed))}


def test_of_nothing_every_figure_is_unknown_and_none_is_zero() -> None:
    found = told([])
    assert len(found) == 8
    assert set(found.values()) == {(None, 0)}


def test_a_day_by_hand() -> None:
    day = visit(
        NOON,
        said(NOON),
        said(NOON + 10),  # asked in the same breath
        said(NOON + 30, "agent"),
        said(NOON + 100),
        said(NOON + 101, "bot", scene="bot"),
        said(NOON + 200),
        said(NOON + 380, "agent"),  # after 180 s exactly: still within
        said(NOON + 500),
        said(NOON + 680.5, "agent"),  # half a second too late
        to_people=NOON + 5,
    )
    night = visit(NIGHT, said(NIGHT), said(NIGHT + 60, "agent"), to_people=NIGHT, resolved=False)
    alone = visit(NOON, said(NOON), to_people=NOON, resolved=False)
    found = told([day, night, alone], [rating(5), rating(4), rating(3)])
    assert found == {
        "average_response": (pytest.approx((30 + 180 + 180.5 + 60) / 4), 4),
        "average_response_feige": (pytest.approx((30 + 180 + 180.5) / 3), 3),
        "first_response_feige": (25.0, 1),  # the night's does not count, and nobody answered the third
        "reply_3min_messages": (3 / 6, 6),
        "reply_3min_rounds": (2 / 5, 5),
        "satisfaction": (pytest.approx(2 / 3), 3),
        "resolution": (pytest.approx(1 / 3), 3),
        "answered_by_bot": (1 / 5, 5),
    }


def test_a_fast_clock_stretches_seconds_and_shortens_the_three_minutes() -> None:
    quick = visit(
        NOON, said(NOON), said(NOON + 3, "agent"), said(NOON + 10), said(NOON + 13.1, "agent"), to_people=NOON
    )
    found = told([quick], speed=60.0)
    assert found["average_response"] == (pytest.approx(183.0), 2)
    assert found["reply_3min_rounds"] == (0.5, 2)

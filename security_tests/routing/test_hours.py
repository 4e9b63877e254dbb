"""HOURS-1: whatever a shop's plan, it is open exactly when its spans say so, and tells when it opens next."""

from datetime import timedelta
from time import monotonic
from typing import Any, Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from security_tests.profiles import examples
from security_tests.routing.hours import DAYS, Plan, Span, date_in_china
from suites.lab import Lab, LabShop

NEAR_S: Final = 0.5  # how near to an edge of the plan the clock is moved
EXACT_S: Final = 0.001


def _time(seconds: int) -> str:
    return (
        "24:00"
        if seconds == 86400
        else f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{seconds % 7:03}"
    )


def _spans(edges: list[int], night: bool) -> tuple[Span, ...]:
    """Spans of one day that do not overlap; the last may run into the next day."""
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    spans = [(_time(start), _time(end)) for start, end in pairs]
    if night and spans and edges[0] > 0:
        spans[-1] = (spans[-1][0], _time(edges[0] - 1)) if len(pairs) == 1 else spans[-1]
    return tuple(spans)


DAY: Final = st.builds(_spans, st.lists(st.integers(0, 86400), max_size=6, unique=True).map(sorted), st.booleans())
WEEK: Final = st.fixed_dictionaries(dict.fromkeys(DAYS, DAY))
AHEAD: Final = st.dictionaries(st.integers(-1, 9), DAY, max_size=3)  # dates with a plan of their own, days from today


class Clock:
    """The target's business time, as exactly as it can be known from outside."""

    def __init__(self, lab: Lab, shop: LabShop) -> None:
        self._run, self._shop = lab.loop.run_until_complete, shop
        self.jump(0.0)

    def jump(self, seconds: float) -> None:
        """Let it go ahead."""
        self._asked = monotonic()
        answer = self._run(self._shop.api("advanceClock", who="operator", body={"advance_s": seconds}))
        self._told, self._heard = float(answer.body["now"]), monotonic()

    def now(self) -> float:
        """What it shows, at least: it told its time before we heard of it."""
        return self._told + monotonic() - self._heard

    def at_most(self) -> float:
        """What it shows, at most."""
        return self._told + monotonic() - self._asked


@pytest.mark.promise("HOURS-1")
def test_a_shop_is_open_exactly_when_its_plan_says_so(lab: Lab) -> None:
    lab.need("contract", "clock")
    shop: LabShop = lab.loop.run_until_complete(lab.shop(agents=1))
    clock = Clock(lab, shop)

    def told(operation: str, **more: Any) -> dict[str, Any]:
        return dict(lab.loop.run_until_complete(shop.api(operation, **more)).body)

    def compare(plan: Plan, before: float, seen: dict[str, Any]) -> None:
        after = clock.at_most()
        assume(not any(before - EXACT_S <= edge <= after + EXACT_S for edge in plan.edges(before)))
        opening = plan.next_opening(before)
        assert seen["open"] is plan.is_open(before), f"at {before} under {plan.body()}"
        if plan.is_open(before):
            assert before - EXACT_S <= seen["next_opening"] <= after + EXACT_S
        else:
            assert seen["next_opening"] == pytest.approx(opening, abs=EXACT_S), f"at {before} under {plan.body()}"

    @settings(max_examples=examples(4.0))
    @given(WEEK, AHEAD, st.integers(0, 20))
    def holds(week: dict[str, Any], ahead: dict[int, Any], which: int) -> None:
        today = date_in_china(clock.now())
        plan = Plan(week, {(today + timedelta(days=days)).isoformat(): spans for days, spans in ahead.items()})
        before = clock.now()
        compare(plan, before, told("putBusinessHours", body=plan.body()))
        edges = [edge for edge in plan.edges(clock.now()) if edge > clock.now() + 2 * NEAR_S]
        if edges:
            for side in (-NEAR_S, 0.0):
                clock.jump(max(0.0, edges[which % len(edges)] + side - clock.now()))
                before = clock.now()
                compare(plan, before, told("getBusinessHours"))

    holds()

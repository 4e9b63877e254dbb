"""The verdict at its boundaries: below 60 s, above 95 %, and never on too little."""

import pytest

from reference_service.domain.trial_verdict import FEWEST, WHY, Figures, judge

GOOD = Figures(rounds=100, wait_us=100 * 30_000_000, ratings=100, satisfied=99)


def test_fast_and_satisfying_passes() -> None:
    assert judge(GOOD) == []


@pytest.mark.parametrize(("wait_us", "reasons"), [(6_000_000_000 - 1, []), (6_000_000_000, ["too_slow"])])
def test_the_average_must_be_below_60_seconds_to_the_microsecond(wait_us: int, reasons: list[str]) -> None:
    assert judge(GOOD._replace(wait_us=wait_us)) == reasons


@pytest.mark.parametrize(("satisfied", "reasons"), [(95, ["not_satisfied"]), (96, [])])
def test_more_than_95_percent_must_be_satisfied(satisfied: int, reasons: list[str]) -> None:
    assert judge(GOOD._replace(satisfied=satisfied)) == reasons


def test_too_few_are_never_a_pass() -> None:
    assert judge(Figures()) == ["too_few_rounds", "too_few_ratings"]
    few = Figures(rounds=FEWEST - 1, wait_us=0, ratings=FEWEST - 1, satisfied=FEWEST - 1)
    assert judge(few) == ["too_few_rounds", "too_few_ratings"]
    assert judge(Figures(rounds=FEWEST, wait_us=0, ratings=FEWEST, satisfied=FEWEST)) == []


def test_every_reason_is_told_at_once() -> None:
    assert judge(Figures(100, 100 * 60_000_000, 100, 0)) == ["too_slow", "not_satisfied"]


def test_at_a_business_speed_the_same_wait_is_judged_longer() -> None:
    assert judge(GOOD, speed=2.0) == ["too_slow"]
    assert judge(GOOD._replace(wait_us=GOOD.wait_us - 1), speed=2.0) == []


def test_every_reason_has_words_in_both_languages() -> None:
    assert all(zh and en for zh, en in WHY.values())
    assert len(WHY) == 4


def test_figures_without_a_case_are_none() -> None:
    assert (Figures().average_s, Figures().csat) == (None, None)
    assert (GOOD.average_s, GOOD.csat) == (30.0, 0.99)

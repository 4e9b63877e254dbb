"""Licences and certificates: verified by number, anew after a change, and only until their last day is over."""

import datetime
from typing import Any

import pytest

from reference_service.domain import qualification
from reference_service.domain.qualification import CERTIFICATES, Certificate, Qualification, over_at
from reference_service.domain.refusal import Refusal
from reference_service.domain.shelves import shelf

MIDNIGHT_AFTER = datetime.datetime(2026, 12, 31, 16, tzinfo=datetime.UTC).timestamp()  # 2027-01-01 00:00 in China


def licence(stage: Any, number: str = "9133") -> Qualification:
    stage._do(lambda c: qualification.submit(stage.floor, number, c))
    kept: Qualification = shelf(stage.floor, Qualification)[""]
    return kept


def certificate(stage: Any, number: str = "F1", expires_on: str = "2026-12-31") -> Certificate:
    stage._do(lambda c: qualification.submit_certificate(stage.floor, "food", number, expires_on, c))
    kept: Certificate = shelf(stage.floor, Certificate)["food"]
    return kept


def decide(stage: Any, submitted: Any, number: str, verified: bool = True) -> None:
    stage._do(lambda c: qualification.decide(stage.floor, submitted, number, verified, "看过", c))


def test_the_operator_decides_about_the_number_that_was_looked_at(stage: Any) -> None:
    submitted = licence(stage)
    with pytest.raises(Refusal, match="number_changed"):
        decide(stage, submitted, "other")
    assert submitted.state == "submitted"
    decide(stage, submitted, "9133", verified=False)
    assert (submitted.state, submitted.decided_at, submitted.why) == ("rejected", 1000.0, "看过")
    with pytest.raises(Refusal, match="not_found"):
        decide(stage, None, "9133")


def test_another_number_must_be_verified_anew_and_the_same_again_stays_verified(stage: Any) -> None:
    decide(stage, licence(stage), "9133")
    assert licence(stage).state == "verified"
    assert licence(stage, "9134").state == "submitted"


@pytest.mark.parametrize(
    ("number", "expires_on", "state"),
    [("F1", "2026-12-31", "verified"), ("F2", "2026-12-31", "submitted"), ("F1", "2027-12-31", "submitted")],
)
def test_a_changed_certificate_must_be_verified_anew(stage: Any, number: str, expires_on: str, state: str) -> None:
    decide(stage, certificate(stage), "F1")
    assert certificate(stage, number, expires_on).state == state


@pytest.mark.parametrize(("now", "holds"), [(MIDNIGHT_AFTER - 0.001, True), (MIDNIGHT_AFTER, False)])
def test_a_certificate_holds_through_its_last_day_in_china(stage: Any, now: float, holds: bool) -> None:
    submitted = certificate(stage)
    assert not submitted.holds(now)
    decide(stage, submitted, "F1")
    assert submitted.holds(now) is holds


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13-01", "tomorrow"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        over_at(text)


def test_all_categories_but_general_need_a_certificate() -> None:
    assert set(CERTIFICATES) == set(qualification.Category.__args__) - {"general"}  # type: ignore[attr-defined]

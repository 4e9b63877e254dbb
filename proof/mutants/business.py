"""Sins of the shop's business: complaints, incidents, figures, scores, grades, readiness and trials."""

from typing import Any

from proof.mutant import instead, mutant, ran
from reference_service.domain import (
    clockwork,
    complaint_clock,
    complaints,
    coupons,
    emergency_scripts,
    figures,
    grades,
    incidents,
    qualification,
    readiness,
    response_times,
    scores,
    trial_verdict,
    trials,
)
from reference_service.domain.changes import Changes
from reference_service.domain.complaint import Complaint
from reference_service.domain.records import Message, Person
from reference_service.domain.world import ShopFloor, Thread, World

DAY_S = 86_400.0


@mutant("COMPLAINT-1", suite="contract")
def closes_silently() -> None:
    """Lets a complaint be closed though nobody has answered the customer."""
    honest = complaints.may_not_close

    def may_not_close(world: World, complaint: Complaint, by: Person, now: float) -> complaints.Refusal | None:
        why = honest(world, complaint, by, now)
        if why == "not_contacted":
            ran()
            return None
        return why

    instead(complaints, "may_not_close", may_not_close)


@mutant("COMPLAINT-1", suite="contract")
def lets_the_48_hours_pass() -> None:
    """Has no clock for complaints."""

    def strike(*_: Any) -> None:
        ran()

    clockwork.CLOCKS[complaint_clock.CLOCK] = strike


@mutant("INCIDENT-1", suite="contract")
def waits_for_an_acknowledgement_for_ever() -> None:
    """Has no clock for incidents."""

    def strike(*_: Any) -> None:
        ran()

    clockwork.CLOCKS[incidents.CLOCK] = strike


@mutant("INCIDENT-1", suite="contract")
def knows_nine_scenes() -> None:
    """Has lost its other emergency scripts."""
    ran()
    for name in list(emergency_scripts.SCRIPTS)[9:]:
        del emergency_scripts.SCRIPTS[name]


@mutant("METRIC-1", suite="contract")
def counts_a_note_as_an_answer() -> None:
    """Ends a customer's wait with what agents tell each other."""
    honest = response_times.answers

    def answers(message: Message) -> bool:
        if message.private and not honest(message):
            ran()
        return message.private or honest(message)

    instead(response_times, "answers", answers)


@mutant("METRIC-1", suite="contract")
def counts_the_night() -> None:
    """Takes every hour for one of the day's figures."""

    def in_working_hours(_: float) -> bool:
        ran()
        return True

    instead(figures, "in_working_hours", in_working_hours)


@mutant("METRIC-1", suite="contract")
def calls_three_stars_satisfied() -> None:
    """Counts 3, 4 and 5 stars as satisfied, on the dashboard alone."""

    def satisfaction(p: figures.Past) -> figures.Figure:
        ran()
        return figures._share("satisfaction", (rating.stars >= 3 for rating in p.ratings))

    planted = tuple(satisfaction if each is figures.satisfaction else each for each in figures.FORMULAS)
    instead(figures, "FORMULAS", planted)


@mutant("SCORE-1", suite="contract")
def scores_everybody_as_fast() -> None:
    """Gives every agent all points for speed."""

    def speed_points(_: float) -> float:
        ran()
        return 1.0

    instead(scores, "speed_points", speed_points)


@mutant("SCORE-1", suite="contract")
def rewards_an_order_of_the_day_after() -> None:
    """Counts an order within two days."""
    ran()
    instead(scores, "CONVERTS_S", 2 * DAY_S)


@mutant("VIP-1", suite="contract")
def calls_a_first_buyer_a_vip() -> None:
    """Makes a VIP of who bought once."""

    def grade(visits: int, account: grades.Account) -> grades.Grade:
        if account.bought >= 1:
            ran()
            return "vip"
        return "new" if visits <= 1 and account.orders == 0 else "regular"

    instead(grades, "grade", grade)


@mutant("VIP-1", suite="contract")
def gives_its_coupon_at_every_order() -> None:
    """Forgets that it has sent the coupon."""
    honest = coupons._offer

    def offer(world: World, known: Any, thread: Thread, changes: Changes) -> None:
        if known.customer.coupon:
            ran()
            known.customer.coupon = ""
        honest(world, known, thread, changes)

    instead(coupons, "_offer", offer)


@mutant("READY-1", suite="contract")
def goes_live_without_a_trial() -> None:
    """Leaves the trial off its checklist."""

    def trial(_: ShopFloor) -> readiness.Missing | None:
        ran()
        return None

    instead(readiness, "_trial", trial)


@mutant("READY-1", suite="contract")
def takes_an_expired_certificate() -> None:
    """Asks whether a certificate was verified, and not until when it holds."""

    def holds(self: qualification.Certificate, _: float) -> bool:
        ran()
        return self.state == "verified"

    instead(qualification.Certificate, "holds", holds)


@mutant("TRIAL-1", suite="contract")
def is_content_with_95_percent() -> None:
    """Passes a trial with exactly the share that must be exceeded."""

    def judge(found: trial_verdict.Figures, speed: float = 1.0) -> list[trial_verdict.Reason]:
        reasons = trial_verdict.judge(found, speed)
        if "not_satisfied" in reasons and found.satisfied * 100 == trial_verdict.SATISFIED_PERCENT * found.ratings:
            ran()
            reasons.remove("not_satisfied")
        return reasons

    instead(trials, "judge", judge)


@mutant("TRIAL-1", suite="contract")
def ends_no_trial() -> None:
    """Waits for somebody to judge a trial."""

    def strike(*_: Any) -> None:
        ran()

    clockwork.CLOCKS[trials.CLOCK] = strike

"""Sins of the shop's business, from complaints and incidents over figures and the bot to what is kept."""

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from proof.mutant import instead, mutant, ran
from reference_service.api import history, operator
from reference_service.domain import (
    announcing,
    articles,
    bot,
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
    retention,
    scores,
    top_questions,
    trial_verdict,
    trials,
)
from reference_service.domain.changes import Changes
from reference_service.domain.chronicle import Happened
from reference_service.domain.complaint import Complaint
from reference_service.domain.records import Message, Person
from reference_service.domain.world import ShopFloor, Thread, World
from reference_service.shell import courier
from reference_service.shell.engine import Engine
from reference_service.storage import search

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


@mutant("KNOW-1", suite="contract")
def misses_the_best() -> None:
    """Leaves the best article out of what it found."""
    honest = search.Index.find

    def find(
        self: search.Index, query: str, limit: int, at: float, kind: articles.Kind | None = None
    ) -> list[search.Found]:
        found = honest(self, query, limit, at, kind)
        if found:
            ran()
        return found[1:]

    instead(search.Index, "find", find)


@mutant("KNOW-1", suite="contract")
def begins_the_week_on_tuesday() -> None:
    """Counts a week's questions from Tuesday on."""
    honest = top_questions.monday

    def monday(at: float) -> float:
        ran()
        return honest(at - DAY_S) + DAY_S

    instead(top_questions, "monday", monday)


@mutant("FAQ-1", suite="contract")
def answers_only_while_the_bot_is_on() -> None:
    """Knows promoted questions, and is silent where the bot is off."""
    honest = bot.at_once

    def at_once(asked: bot.Asked, exact: Sequence[articles.Article], settings: bot.Bot) -> bot.Decision | None:
        if settings.mode == "off":
            ran()
            return bot.Silent()
        return honest(asked, exact, settings)

    instead(bot, "at_once", at_once)


@mutant("BOT-1", suite="contract")
def keeps_who_wants_a_person() -> None:
    """Does not hear that a customer asks for a person."""
    honest = bot.doubt

    def doubt(asked: bot.Asked, settings: bot.Bot) -> bot.Why | None:
        why = honest(asked, settings)
        if why == "requested":
            ran()
            return None
        return why

    instead(bot, "doubt", doubt)


@mutant("BOT-1", suite="contract")
def repeats_itself() -> None:
    """Gives the same answer again to who was not helped by it."""
    honest = bot._answer

    def answer(asked: bot.Asked, found: Sequence[articles.Article], none: bot.Why) -> bot.Decision:
        if asked.last:
            ran()
        return honest(asked._replace(last=""), found, none)

    instead(bot, "_answer", answer)


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


@mutant("EVENTS-1", suite="contract")
def drops_what_it_could_not_deliver() -> None:
    """Writes no dead letter."""
    honest = announcing.failed

    def failed(
        floor: ShopFloor, delivery: announcing.Delivery, why: str, now: float, plan: Sequence[float], changes: Changes
    ) -> announcing.DeadLetter | None:
        letter = honest(floor, delivery, why, now, plan, changes)
        if letter is not None:
            ran()
            changes.remove(letter)
        return letter

    instead(announcing, "failed", failed)


@mutant("EVENTS-1", suite="contract")
def sends_a_new_id_each_time() -> None:
    """Names each attempt anew, so that nobody can tell a second from a further event."""
    honest, turn = courier.Courier._attempt, count(1)

    async def attempt(self: courier.Courier, webhook: announcing.Webhook, delivery: announcing.Delivery) -> str:
        if delivery.attempt:
            ran()
            delivery = type(delivery)(
                **{name: getattr(delivery, name) for name in delivery.__struct_fields__}
                | {"event": f"{delivery.event}-{next(turn)}"}
            )
        return await honest(self, webhook, delivery)

    instead(courier.Courier, "_attempt", attempt)


@mutant("RECORD-1", suite="contract")
def leaves_notes_out_of_the_replay() -> None:
    """Shows a trainee only what the customer has seen."""
    honest = history.in_order

    def in_order(messages: list[Message], happened: list[Happened]) -> list[Message | Happened]:
        if any(message.private for message in messages):
            ran()
        return honest([message for message in messages if not message.private], happened)

    instead(history, "in_order", in_order)


@mutant("RETAIN-1", suite="contract")
def purges_what_is_held() -> None:
    """Knows no legal hold of a conversation."""
    honest = retention.is_due

    def is_due(thread: Thread, moment: float) -> bool:
        held, thread.conversation.legal_hold = thread.conversation.legal_hold, False
        due = honest(thread, moment)
        thread.conversation.legal_hold = held
        if held and due:
            ran()
        return due

    instead(retention, "is_due", is_due)


@mutant("TESTDATA-1", suite="contract")
def removes_every_shop() -> None:
    """Removes, with the test data, everything else."""
    honest = operator.remove

    async def remove(engine: Engine, floors: Iterable[ShopFloor]) -> Any:
        chosen = list(floors)
        if chosen and all(floor.shop.test for floor in chosen):
            ran()
            chosen = list(engine.world.floors.values())
        return await honest(engine, chosen)

    instead(operator, "remove", remove)

"""Sins against routing, the queue, the clocks and the hours that the security suite's state machine sees."""

import random
from collections.abc import Sequence

from proof.mutant import mutant, ran
from reference_service.domain import (
    assigning,
    complaint_clock,
    complaints,
    handing,
    happenings,
    hours,
    queueing,
    reactions,
    routing,
    tiers,
    turns,
)
from reference_service.domain.changes import Changes
from reference_service.domain.complaint import Complaint
from reference_service.domain.grades import Profile
from reference_service.domain.queueing import Queue, Standing
from reference_service.domain.records import Message, Person
from reference_service.domain.refusal import Refusal
from reference_service.domain.routing_rules import RoutingRule, To
from reference_service.domain.world import Desk, ShopFloor, Thread, Turn, World


@mutant("ROUTE-1", suite="security")
def keeps_the_place_of_who_is_served() -> None:
    """Leaves whoever is let in from the queue standing there, too."""
    honest = assigning.let_queue_in

    def let_queue_in(floor: ShopFloor, changes: Changes) -> None:
        before = list(floor.queue)
        honest(floor, changes)
        for thread in before:
            if not floor.queue.has(thread):
                ran()
                floor.queue.put(thread, 2)
                return

    assigning.let_queue_in = let_queue_in


@mutant("ROUTE-2", suite="security")
def hands_on_to_the_full() -> None:
    """Lets people hand a conversation to a colleague whose capacity is used up."""

    def able(desk: Desk) -> None:
        if not routing.has_room(desk):
            ran()
        elif not routing.is_present(desk):
            raise Refusal("not_able", "uncertified, not online, or without a device")

    handing.able = able


@mutant("ROUTE-3", suite="security")
def forgets_high_spenders() -> None:
    """Passes over the rule that leads high spenders to senior agents."""
    _passes_over("senior")


@mutant("ROUTE-3", suite="security")
def forgets_the_dedicated() -> None:
    """Passes over the rule that leads VIPs to their agents."""
    _passes_over("dedicated")


@mutant("ROUTE-7", suite="security")
def forgets_the_last_agent() -> None:
    """Passes over the rule that leads a returning customer to the agent they know."""
    _passes_over("last_agent")


def _passes_over(to: To) -> None:
    honest = routing._chosen

    def chosen(rule: RoutingRule, profile: Profile, able: Sequence[Desk]) -> Sequence[Desk]:
        found = honest(rule, profile, able)
        if rule.to == to and found:
            ran()
            return []
        return found

    routing._chosen = chosen


@mutant("ROUTE-4", suite="security")
def serves_the_newest_first() -> None:
    """Lets in whoever came last."""

    def head(self: Queue) -> Thread | None:
        waiting = list(self)
        if len(waiting) > 1:
            ran()
        return waiting[-1] if waiting else None

    Queue.head = head  # type: ignore[method-assign]


@mutant("ROUTE-4", suite="security")
def lets_nobody_rise() -> None:
    """Leaves everybody in the tier they began in, however long they wait."""

    def standing(begin: int, since: float, now: float, age_s: float) -> Standing:
        if begin and since + age_s <= now:
            ran()
            return Standing(begin, None)
        return Standing(begin, since + age_s if begin else None)

    queueing.standing = standing


@mutant("ROUTE-5", suite="security")
def draws_lots() -> None:
    """Chooses by chance among those a rule leads to."""
    chance = random.Random()

    def least(desk: Desk) -> tuple[int, int, str]:
        ran()
        return chance.randrange(1000), 0, desk.person.id

    routing._least = least


@mutant("ROUTE-6", suite="security")
def gives_to_those_away() -> None:
    """Gives work to whoever has a device, at their desk or not."""

    def is_present(desk: Desk) -> bool:
        if desk.availability() == "away":
            ran()
        return desk.person.certified and desk.availability() != "offline" and bool(desk.devices)

    routing.is_present = is_present


@mutant("ROUTE-6", suite="security")
def gives_to_the_uncertified() -> None:
    """Asks nobody for a certificate."""

    def is_present(desk: Desk) -> bool:
        if not desk.person.certified:
            ran()
        return desk.availability() == "online" and bool(desk.devices)

    routing.is_present = is_present


@mutant("TIER-1", suite="security")
def warns_before_it_is_time() -> None:
    """Lets the clocks strike three seconds early."""
    honest = tiers.next_at

    def next_at(turn: Turn) -> float | None:
        due = honest(turn)
        if due is None:
            return None
        ran()
        return due - 3.0

    tiers.next_at = next_at


@mutant("TIER-1", suite="security")
def takes_a_template_for_an_answer() -> None:
    """Stops all the clocks when the shop says something by itself."""

    def hear(thread: Thread, message: Message) -> None:
        if message.scene and thread.turn is not None:
            ran()
            thread.turn.heard = thread.turn.answered = True

    turns._hear = hear


@mutant("HOURS-1", suite="security")
def reads_the_hours_in_utc() -> None:
    """Takes a shop's hours for those of Greenwich."""

    def local(at: float) -> int:
        ran()
        return round(at * 1e6)

    hours._local = local


@mutant("UNREAD-1", suite="security")
def reminds_of_what_was_read() -> None:
    """Never hears that an agent has read something."""

    def read(_: World, __: happenings.AgentRead, ___: Changes) -> None:
        ran()

    reactions.REACTIONS[happenings.AgentRead] = (read,)


@mutant("COMPLAINT-1", suite="security")
def closes_silently() -> None:
    """Lets a complaint be closed before anybody has spoken with the customer."""
    honest = complaints.may_not_close

    def may_not_close(world: World, complaint: Complaint, by: Person, now: float) -> str | None:
        why = honest(world, complaint, by, now)
        if why == "not_contacted":
            ran()
            return None
        return why

    complaints.may_not_close = may_not_close  # type: ignore[assignment]


@mutant("COMPLAINT-1", suite="security")
def lets_complaints_lie() -> None:
    """Never takes a complaint to the supervisors."""
    honest = complaint_clock.next_step

    def next_step(complaint: Complaint) -> complaint_clock.Step | None:
        step = honest(complaint)
        if step is not None and step.to in ("supervisor", "admin"):
            ran()
            return complaint_clock.Step(complaint.due_at, "breach")
        return step

    complaint_clock.next_step = next_step

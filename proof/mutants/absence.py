"""Sins against agents who are not there, what was laid aside, and what the bot has; the routing machine sees them."""

from typing import Literal

from proof.mutant import instead, mutant, ran
from reference_service.domain import (
    assigning,
    bot,
    bot_visits,
    clockwork,
    lifecycle,
    presence,
    routing,
    shifts,
    snoozing,
)
from reference_service.domain.articles import Article
from reference_service.domain.changes import Changes
from reference_service.domain.dispatching import changed, tell
from reference_service.domain.records import Person
from reference_service.domain.world import Desk, ShopFloor, Thread, World


@mutant("ROUTE-6", suite="security")
def waits_for_ever_for_a_lost_device() -> None:
    """Leaves everything with an agent whose device never came back."""
    honest = presence.gone

    def gone(world: World, now: float, window_s: float) -> list[Desk]:
        if honest(world, now, window_s):
            ran()
        return []

    instead(presence, "gone", gone)


@mutant("ROUTE-6", suite="security")
def takes_everything_as_the_device_is_lost() -> None:
    """Does not wait for a lost device at all."""
    honest = presence.gone

    def gone(world: World, now: float, _: float) -> list[Desk]:
        found = honest(world, now, -1.0)
        if found:
            ran()
        return found

    instead(presence, "gone", gone)


@mutant("ROUTE-1", suite="security")
def takes_away_what_was_laid_aside() -> None:
    """Hands on what an agent who goes has laid aside, too."""
    honest = assigning.hand_on

    def hand_on(floor: ShopFloor, desk: Desk, reason: Literal["offline", "gone"], changes: Changes) -> None:
        for thread in list(desk.snoozed.values()):
            ran()
            assigning.withdraw(floor, thread, reason, changes)
            assigning.route(floor, thread, "reassigned", changes)
        honest(floor, desk, reason, changes)

    instead(assigning, "hand_on", hand_on)


@mutant("ROUTE-2", suite="security")
def wakes_beyond_the_capacity() -> None:
    """Gives what wakes back to its agent, whatever else they have taken meanwhile."""
    honest = snoozing.wake

    def wake(world: World, thread: Thread, changes: Changes) -> None:
        desk = world.floor_of(thread).desks.get(thread.conversation.agent_id or "")
        if desk is None or not routing.is_present(desk) or routing.has_room(desk):
            honest(world, thread, changes)
            return
        ran()
        world.agenda.cancel(snoozing.CLOCK, thread.conversation.id)
        desk.held[thread.conversation.id] = desk.snoozed.pop(thread.conversation.id)
        lifecycle.move(thread.conversation, "wake", desk.person.id)
        changes.keep(thread.conversation)
        tell(desk, changed(thread), changes)

    instead(snoozing, "wake", wake)


@mutant("ROUTE-1", suite="security")
def sleeps_for_ever() -> None:
    """Never wakes what was laid aside."""

    def strike(_: World, __: str, ___: Changes) -> None:
        ran()

    clockwork.CLOCKS[snoozing.CLOCK] = strike


@mutant("ROUTE-6", suite="security")
def knows_no_shifts() -> None:
    """Takes everybody for being on shift."""
    honest = shifts.on

    def on(person: Person, at: float) -> bool:
        if not honest(person, at):
            ran()
        return True

    instead(shifts, "on", on)


@mutant("BOT-1", suite="security")
def keeps_what_it_cannot_answer() -> None:
    """Lets the bot keep silent where it has no answer, instead of handing over."""
    honest = bot._answer

    def answer(asked: bot.Asked, articles: list[Article], none: bot.Why) -> bot.Decision:
        decision = honest(asked, articles, none)
        if isinstance(decision, bot.HandOver):
            ran()
            return bot.Silent()
        return decision

    instead(bot, "_answer", answer)


@mutant("BOT-1", suite="security")
def lets_the_bot_keep_silent() -> None:
    """Hands over to nobody, however long the bot says nothing."""

    def strike(_: World, __: str, ___: Changes) -> None:
        ran()

    clockwork.CLOCKS[bot_visits.CLOCK] = strike

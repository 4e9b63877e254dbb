"""Sins of what clocks and rules do by themselves: scenes, reminders, limits, hours, big sales, presence."""

from collections.abc import Callable, Sequence
from typing import Any

from proof.mutant import instead, mutant, ran
from reference_service.domain import (
    auto_replies,
    big_sale,
    clockwork,
    configuring,
    happenings,
    hours,
    reminders,
    routing,
    silence,
    speaking,
    staff,
    tiers,
    waiting,
)
from reference_service.domain.auto_replies import AutoReplies
from reference_service.domain.changes import Changes
from reference_service.domain.grades import Profile
from reference_service.domain.reactions import REACTIONS
from reference_service.domain.records import Message, Sender
from reference_service.domain.routing_rules import RoutingRule
from reference_service.domain.world import Desk, ShopFloor, Thread, Unread, World

Reaction = Callable[..., None]


def _hears(happening: type, reaction: Reaction) -> None:
    """From now on one more reaction to that happening, after all others."""
    REACTIONS[happening] = (*REACTIONS[happening], reaction)


def _deaf(happening: type, reaction: Reaction) -> None:
    """From now on that reaction hears nothing of that happening."""

    def nothing(*_: Any) -> None:
        ran()

    REACTIONS[happening] = tuple(nothing if each is reaction else each for each in REACTIONS[happening])


@mutant("AUTO-1", suite="contract")
def greets_every_message() -> None:
    """Says its welcome at each message of a customer."""

    def greet(world: World, wrote: happenings.CustomerWrote, changes: Changes) -> None:
        scene = configuring.setting(world.floor_of(wrote.thread), AutoReplies).welcome
        if scene.enabled and len(wrote.thread.visit) > 1:
            ran()
            speaking.say(world, wrote.thread, scene.text, "welcome", changes)

    _hears(happenings.CustomerWrote, greet)


@mutant("AUTO-1", suite="contract")
def signs_as_an_agent() -> None:
    """Passes what the shop says by itself off as a person's words."""
    honest = speaking.append

    def append(
        thread: Thread,
        sender: Sender,
        agent_id: str | None,
        text: str,
        shown: str,
        client_msg_id: str | None,
        now: float,
    ) -> Message:
        if sender == "bot":
            ran()
        return honest(thread, "agent" if sender == "bot" else sender, agent_id, text, shown, client_msg_id, now)

    instead(speaking, "append", append)


@mutant("AUTO-1", suite="contract")
def asks_who_has_read() -> None:
    """Asks whether a reply was seen that the customer has read."""
    _deaf(happenings.CustomerRead, reminders.seen)


@mutant("AUTO-1", suite="contract")
def closes_who_waits() -> None:
    """Closes a visit for silence though the silent one is the shop."""
    honest = silence._ends_at

    def ends_at(world: World, thread: Thread) -> float | None:
        found = honest(world, thread)
        after_s = configuring.setting(world.floor_of(thread), silence.AutoClose).after_s
        if found is None and after_s is not None and thread.visit and thread.conversation.state == "open":
            ran()
            return thread.visit[-1].created_at + after_s
        return found

    instead(silence, "_ends_at", ends_at)
    _hears(happenings.CustomerWrote, silence.watch)


@mutant("UNREAD-1", suite="contract")
def reminds_of_what_was_read() -> None:
    """Takes no notice of a read mark."""
    _deaf(happenings.AgentRead, reminders.read)


@mutant("UNREAD-1", suite="contract")
def reminds_early() -> None:
    """Reminds after three quarters of the time."""
    honest = reminders._begin

    def begin(world: World, thread: Thread, message: Message) -> None:
        honest(world, thread, message)
        assert thread.unread is not None
        ran()
        due = message.created_at + 0.75 * (thread.unread.due - message.created_at)
        thread.unread = Unread(thread.unread.seq, due)
        world.agenda.bring_forward(reminders.CLOCK, thread.conversation.id, due)

    instead(reminders, "_begin", begin)


@mutant("UNREAD-1", suite="contract")
def reminds_again_and_again() -> None:
    """Sets the clock anew when it has reminded."""
    honest = reminders.strike

    def strike(world: World, key: str, changes: Changes) -> None:
        honest(world, key, changes)
        thread = world.threads.get(key)
        if thread is not None and thread.unread is not None and thread.unread.due <= changes.at:
            ran()
            thread.unread = Unread(thread.unread.seq, changes.at + 60)
            world.agenda.set(reminders.CLOCK, key, changes.at + 60)

    clockwork.CLOCKS[reminders.CLOCK] = strike


@mutant("TIER-1", suite="contract")
def breaches_a_second_early() -> None:
    """Every limit but a warning's is a second too short."""
    honest = tiers.plan

    def plan(limits: tiers.ResponseTiers) -> tuple[tiers.Step, ...]:
        ran()
        return tuple(
            step._replace(after_s=step.after_s - 1) if step.stage == "breached" else step for step in honest(limits)
        )

    instead(tiers, "plan", plan)


@mutant("TIER-1", suite="contract")
def takes_a_bots_word_for_a_persons() -> None:
    """Lets an automatic message stop every clock."""

    def heard(_: World, spoke: happenings.BotSpoke, __: Changes) -> None:
        if spoke.thread.turn is not None:
            ran()
            spoke.thread.turn.answered = True

    _hears(happenings.BotSpoke, heard)


@mutant("HOURS-1", suite="contract")
def keeps_open_a_tenth_longer() -> None:
    """Closes a tenth of a second late."""
    honest = hours._edges

    def edges(span: hours.Span) -> tuple[int, int]:
        ran()
        start, end = honest(span)
        return start, end + 100_000

    instead(hours, "_edges", edges)


@mutant("HOURS-1", suite="contract")
def keeps_londons_time() -> None:
    """Reads the plan as if the shop were in London."""

    def local(at: float) -> int:
        ran()
        return round(at * 1e6)

    instead(hours, "_local", local)


@mutant("HOURS-1", suite="contract")
def forgets_the_template() -> None:
    """Is open at every hour, as far as its words go."""

    def always(_: hours.BusinessHours, __: float) -> bool:
        ran()
        return True

    instead(auto_replies, "open_at", always)


@mutant("BIGSALE-1", suite="contract")
def greets_before_the_sale() -> None:
    """Takes a sale that is switched on for one that has begun."""

    def active(sale: big_sale.BigSale, _: float) -> bool:
        ran()
        return sale.enabled

    instead(auto_replies, "active", active)


@mutant("BIGSALE-1", suite="contract")
def never_sends_spares_home() -> None:
    """Goes on giving work to spare agents after the sale."""
    honest = staff.call_spares

    def call_spares(floor: ShopFloor, on: bool, changes: Changes) -> None:
        if on:
            honest(floor, on, changes)
        else:
            ran()

    instead(staff, "call_spares", call_spares)


@mutant("BIGSALE-1", suite="contract")
def has_no_place_for_the_eleventh() -> None:
    """Forgets whoever comes when ten are waiting."""
    honest = waiting.join

    def join(floor: ShopFloor, thread: Thread, changes: Changes) -> None:
        honest(floor, thread, changes)
        if len(floor.queue) > 10:
            ran()
            floor.queue.remove(thread)

    instead(waiting, "join", join)


@mutant("ROUTE-6", suite="contract")
def gives_to_who_is_away() -> None:
    """Minds a device and no word of its agent."""
    honest = routing.is_present

    def is_present(desk: Desk) -> bool:
        if desk.devices and not honest(desk):
            ran()
        return bool(desk.devices)

    instead(routing, "is_present", is_present)


@mutant("ROUTE-7", suite="contract")
def forgets_faces() -> None:
    """Never asks who served a customer last."""
    honest = routing.decide

    def decide(rules: Sequence[RoutingRule], profile: Profile, able: Sequence[Desk]) -> routing.Decision:
        if profile.last_agent is not None:
            ran()
        return honest(rules, profile._replace(last_agent=None), able)

    instead(routing, "decide", decide)

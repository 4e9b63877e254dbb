"""Reminders of what was not read: the agent's of a customer's message, the customer's of a reply (R6.2, UNREAD-1).

The agent's clock runs from the first message that is neither read nor answered, or from the moment they were given it;
it fires once, on all their devices. The customer's runs from the newest reply that they have neither read nor answered,
and says the scene `unread`, which is off until the shop wants it. Both are divided by the business speed.
"""

from collections.abc import Iterable
from typing import Annotated, ClassVar, Final

import msgspec

from reference_service.domain import auto_replies, configuring, happenings
from reference_service.domain.auto_replies import AutoReplies
from reference_service.domain.changes import Changes
from reference_service.domain.dispatches import UnreadReminder
from reference_service.domain.dispatching import tell
from reference_service.domain.records import Message, Record
from reference_service.domain.world import Thread, Unread, World

CLOCK: Final = "unread"
CUSTOMERS: Final = "unread_by_customer"
Seconds = Annotated[float, msgspec.Meta(ge=1, le=86400)]


class UnreadReminders(msgspec.Struct, frozen=True):
    """After how many seconds of its business a shop reminds: its agent, its customer."""

    unread_after_s: Seconds = 60.0
    customer_after_s: Seconds = 300.0


class Reminded(Record, kw_only=True):
    """The last reminder of a conversation: of the message with this seq, and when."""

    KEY: ClassVar[tuple[str, ...]] = ("conversation_id",)

    conversation_id: str
    seq: int
    at: float


def wrote(world: World, wrote: happenings.CustomerWrote, _: Changes) -> None:
    """A message begins to be unread, where its conversation has an agent."""
    thread = wrote.thread
    thread.waits_for_customer = None
    if thread.unread is None and thread.conversation.agent_id is not None:
        _begin(world, thread, wrote.message)


def given(world: World, assigned: happenings.Assigned, _: Changes) -> None:
    """What the new agent has not read begins to be unread by them."""
    _anew(world, assigned.thread)


def read(world: World, happened: happenings.AgentRead | happenings.MessageRecalled, _: Changes) -> None:
    """What is unread now: the first message after the mark that was not taken back."""
    if happened.thread.unread is not None:
        _anew(world, happened.thread)


def replied(world: World, replied: happenings.AgentReplied, changes: Changes) -> None:
    """Whoever replies has read; now the customer may leave it unread."""
    thread, floor = replied.thread, world.floor_of(replied.thread)
    thread.unread = None
    if configuring.setting(floor, AutoReplies).unread.enabled:
        after = configuring.setting(floor, UnreadReminders).customer_after_s / world.speed
        thread.waits_for_customer = changes.at + after
        world.agenda.bring_forward(CUSTOMERS, thread.conversation.id, changes.at + after)


def seen(_: World, read: happenings.CustomerRead, changes: Changes) -> None:
    """The customer has read what we replied."""
    thread = read.thread
    if thread.waits_for_customer is not None:
        thread.waits_for_customer = None
        thread.conversation.seen_at = changes.at
        changes.keep(thread.conversation)


def over(_: World, happened: happenings.Released | happenings.Resolved, __: Changes) -> None:
    """Nobody has it any more."""
    happened.thread.unread = None
    if isinstance(happened, happenings.Resolved):
        happened.thread.waits_for_customer = None


def strike(world: World, key: str, changes: Changes) -> None:
    """The agent's clock of clockwork.py: due, or moved on since it was set."""
    thread = world.threads.get(key)
    unread = thread.unread if thread else None
    if thread is None or unread is None:
        return
    if unread.due > changes.at:
        world.agenda.set(CLOCK, key, unread.due)
        return
    conversation = thread.conversation
    desk = world.floor_of(thread).desks[conversation.agent_id or ""]
    changes.keep(Reminded(conversation_id=conversation.id, seq=unread.seq, at=changes.at))
    messages = sum(message.sender == "customer" and message.seq >= unread.seq for message in thread.visit)
    tell(desk, UnreadReminder(conversation.id, unread.seq, messages, changes.at), changes)


def strike_customers(world: World, key: str, changes: Changes) -> None:
    """The customer's clock of clockwork.py: due, or moved on since it was set."""
    thread = world.threads.get(key)
    due = thread.waits_for_customer if thread else None
    if thread is None or due is None:
        return
    if due > changes.at:
        world.agenda.set(CUSTOMERS, key, due)
        return
    thread.waits_for_customer = None
    auto_replies.say(world, thread, "unread", changes)


def restore(world: World, reminded: Iterable[Reminded]) -> None:
    """After a restart: what is unread is known from the visit, the mark and the last reminder."""
    for thread in world.threads.values():
        if thread.conversation.agent_id is not None:
            _anew(world, thread)
            _restore_customers(world, thread)
    for last in reminded:
        thread = world.threads[last.conversation_id]
        known = thread.unread is not None and thread.unread.seq == last.seq
        if known and thread.conversation.assigned_at < last.at:  # or it was given to somebody since
            world.agenda.cancel(CLOCK, last.conversation_id)


def _anew(world: World, thread: Thread) -> None:
    first = None
    for message in reversed(thread.visit):
        if message.seq <= thread.conversation.read_to or (message.sender == "agent" and not message.private):
            break
        if message.sender == "customer" and message.status != "recalled":
            first = message
    if first is None:
        thread.unread = None
    elif thread.unread is None or thread.unread.seq != first.seq:
        _begin(world, thread, first)


def _begin(world: World, thread: Thread, message: Message) -> None:
    after = configuring.setting(world.floor_of(thread), UnreadReminders).unread_after_s / world.speed
    due = max(message.created_at, thread.conversation.assigned_at) + after
    thread.unread = Unread(message.seq, due)
    world.agenda.bring_forward(CLOCK, thread.conversation.id, due)


def _restore_customers(world: World, thread: Thread) -> None:
    floor = world.floor_of(thread)
    said = [message for message in thread.visit if not message.private and message.sender in ("customer", "agent")]
    if not configuring.setting(floor, AutoReplies).unread.enabled or not said or said[-1].sender != "agent":
        return
    if thread.conversation.seen_at < said[-1].created_at:
        due = said[-1].created_at + configuring.setting(floor, UnreadReminders).customer_after_s / world.speed
        thread.waits_for_customer = due
        world.agenda.bring_forward(CUSTOMERS, thread.conversation.id, due)

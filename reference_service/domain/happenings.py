"""What can happen in a shop: features react to these (reactions.py), never to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from reference_service.domain.records import Availability, Message
from reference_service.domain.world import Desk, ShopFloor, Thread

if TYPE_CHECKING:
    from reference_service.domain.complaint import Complaint
    from reference_service.domain.customers import Known
    from reference_service.domain.going_live import Live
    from reference_service.domain.incidents import Incident
    from reference_service.domain.orders import Purchase
    from reference_service.domain.ratings import Rating
    from reference_service.domain.trials import Trial


class Opened(NamedTuple):
    """A visit began with a customer's first message; `again` when the customer had written before."""

    thread: Thread
    again: bool


class CustomerWrote(NamedTuple):
    """A customer's message is part of the conversation, which is with the bot, an agent or in the queue by now."""

    thread: Thread
    message: Message


class CustomerRead(NamedTuple):
    """The customer has read up to the platform's place."""

    thread: Thread
    place: int


class CustomerEntered(NamedTuple):
    """The customer opened the chat, without a word so far; `thread` is None where they never wrote."""

    floor: ShopFloor
    customer: str
    thread: Thread | None


class MessageRecalled(NamedTuple):
    """A message was taken back by whoever sent it."""

    thread: Thread
    message: Message


class AgentReplied(NamedTuple):
    """A person's reply was accepted."""

    thread: Thread
    message: Message
    desk: Desk


class BotSpoke(NamedTuple):
    """An automatic message was accepted; its `scene` says which."""

    thread: Thread
    message: Message


class HandedOver(NamedTuple):
    """The bot gives a conversation to people, by itself or because a person (`by`) wants it; it is routed next."""

    thread: Thread
    why: str  # as domain/bot.py names it
    by: str


class ReplySettled(NamedTuple):
    """The fate of a reply or automatic message is known, or in doubt: see its status."""

    thread: Thread
    message: Message


class AgentRead(NamedTuple):
    """An agent has read up to a seq."""

    thread: Thread
    desk: Desk
    seq: int


class Queued(NamedTuple):
    """A conversation waits for an agent."""

    thread: Thread
    position: int


class Assigned(NamedTuple):
    """A conversation is an agent's now; `reason` as in conversation.assigned, `by` who wanted it: "" the rules."""

    thread: Thread
    desk: Desk
    reason: str
    by: str = ""


class Released(NamedTuple):
    """A conversation is no longer this agent's; where it went is told by what happens next."""

    thread: Thread
    desk: Desk
    reason: str


class Transferred(NamedTuple):
    """A conversation went on from an agent: `to` another, or None into the queue; `by` as in Assigned."""

    thread: Thread
    desk: Desk
    to: str | None
    reason: str
    by: str


class Resolved(NamedTuple):
    """A visit is over. `desk` held it; None where nobody did. `reason`: agent, admin, supervisor, silence, bot.

    `by` is the person, "" where nobody in particular.
    """

    thread: Thread
    desk: Desk | None
    reason: str
    by: str = ""


class Reopened(NamedTuple):
    """A visit began that a person wanted and not the customer; who has it is told next."""

    thread: Thread
    by: str


class Snoozed(NamedTuple):
    """A conversation is laid aside until a moment; it stays the agent's."""

    thread: Thread
    desk: Desk
    until: float
    by: str


class Woke(NamedTuple):
    """A snooze has ended; the conversation is its agent's again, or where it went is told next."""

    thread: Thread


class Labelled(NamedTuple):
    """A person set the conversation's priority or tags."""

    thread: Thread
    by: str


class Noted(NamedTuple):
    """A private note is part of the conversation: no reply, and nothing of it reaches the customer."""

    thread: Thread
    message: Message


class Edited(NamedTuple):
    """Its writer put another text in a message's place, before it left or in a private note."""

    thread: Thread
    message: Message


class CustomerDescribed(NamedTuple):
    """People wrote something else on a customer: tags, or the agent named for them."""

    known: Known


class TierBreached(NamedTuple):
    """A response clock ran out at this moment for the turn that began with `seq`: instant, professional or human."""

    thread: Thread
    tier: str
    seq: int
    at: float


class AvailabilitySet(NamedTuple):
    """An agent is online, away or offline now."""

    desk: Desk
    to: Availability


class Came(NamedTuple):
    """An agent's first device is connected."""

    desk: Desk


class Went(NamedTuple):
    """An agent is gone: offline, or without a device for longer than the resume window."""

    desk: Desk
    reason: Literal["offline", "gone"]


class Rated(NamedTuple):
    """A customer's rating of a visit was taken, the visit's only one."""

    thread: Thread
    rating: Rating


class SettingPut(NamedTuple):
    """A setting of a shop was replaced; the new one is in force."""

    floor: ShopFloor
    shape: type[msgspec.Struct]


class OrderMoved(NamedTuple):
    """An order is further than before; `known` is its customer, None where nobody told whose it is."""

    floor: ShopFloor
    order: Purchase
    known: Known | None


class TrialEnded(NamedTuple):
    """A trial run is over and judged."""

    floor: ShopFloor
    trial: Trial


class WentLive(NamedTuple):
    """A shop is live from now on."""

    floor: ShopFloor
    live: Live


class BecameVip(NamedTuple):
    """A customer is a VIP from this order on (VIP-1)."""

    floor: ShopFloor
    known: Known


class IncidentChanged(NamedTuple):
    """An incident is as it says now: opened, acknowledged, breached, resolved."""

    floor: ShopFloor
    incident: Incident
    what: str


class ComplaintSuggested(NamedTuple):
    """A customer's words sound like a complaint, and none is open: people decide."""

    thread: Thread
    message: Message


class ComplaintChanged(NamedTuple):
    """A complaint is as it says now: opened, noted, contacted, escalated, breached, closed, told."""

    floor: ShopFloor
    complaint: Complaint
    what: str


class Forgotten(NamedTuple):
    """A conversation is purged as a whole: whoever remembers anything of it forgets it now."""

    thread: Thread


Happening = (
    Opened
    | CustomerWrote
    | CustomerRead
    | CustomerEntered
    | MessageRecalled
    | AgentReplied
    | BotSpoke
    | HandedOver
    | ReplySettled
    | AgentRead
    | Queued
    | Assigned
    | Released
    | Transferred
    | Resolved
    | Reopened
    | Snoozed
    | Woke
    | Labelled
    | Noted
    | Edited
    | CustomerDescribed
    | TierBreached
    | AvailabilitySet
    | Came
    | Went
    | Rated
    | OrderMoved
    | TrialEnded
    | WentLive
    | BecameVip
    | IncidentChanged
    | ComplaintSuggested
    | ComplaintChanged
    | Forgotten
    | SettingPut
)

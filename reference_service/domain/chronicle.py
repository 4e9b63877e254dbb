"""What happened to a conversation, row by row: its audit, its replay, and what the figures are counted from (RECORD-1).

What was said is in the messages already; nothing is written here for each message.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Final, NamedTuple

import msgspec

from reference_service.domain import happenings
from reference_service.domain.changes import Changes
from reference_service.domain.dispatching import tags_of
from reference_service.domain.records import Record
from reference_service.domain.world import Thread

CUSTOMER: Final = "customer"
SERVICE: Final = "service"  # the actor where rules or a clock decided

_encode = msgspec.json.Encoder().encode


class Happened(Record, kw_only=True):
    """One thing that happened; `n` is dense in the conversation, `seq` its newest message's then.

    `actor` is a person's id, "customer" or "service"; `detail` is a JSON object whose fields follow from `kind`.
    """

    KEY: ClassVar[tuple[str, ...]] = ("conversation_id", "n")

    conversation_id: str
    n: int
    shop_id: str
    at: float
    seq: int
    kind: str
    actor: str
    detail: str


class Entry(NamedTuple):
    """What to write of a happening."""

    thread: Thread
    kind: str
    actor: str
    detail: dict[str, object]


def opened(what: happenings.Opened) -> Entry:
    """A visit began with the customer's message."""
    return Entry(
        what.thread, "opened", CUSTOMER, {"again": what.again, "visit_from": what.thread.conversation.visit_from}
    )


def reopened(what: happenings.Reopened) -> Entry:
    """A visit began because a person wanted it."""
    return Entry(what.thread, "reopened", what.by, {"visit_from": what.thread.conversation.visit_from})


def queued(what: happenings.Queued) -> Entry:
    """It waits."""
    return Entry(what.thread, "queued", SERVICE, {"position": what.position})


def assigned(what: happenings.Assigned) -> Entry:
    """An agent has it."""
    detail: dict[str, object] = {"agent_id": what.desk.person.id, "reason": what.reason}
    return Entry(what.thread, "assigned", what.by or SERVICE, detail)


def released(what: happenings.Released) -> Entry:
    """An agent has it no more."""
    detail: dict[str, object] = {"agent_id": what.desk.person.id, "reason": what.reason}
    return Entry(what.thread, "released", SERVICE, detail)


def handed_over(what: happenings.HandedOver) -> Entry:
    """The bot gave it to people."""
    return Entry(what.thread, "handed_over", what.by or SERVICE, {"why": what.why})


def transferred(what: happenings.Transferred) -> Entry:
    """It went on from an agent to another, or to the queue."""
    detail: dict[str, object] = {"from": what.desk.person.id, "to": what.to, "reason": what.reason}
    return Entry(what.thread, "transferred", what.by or SERVICE, detail)


def resolved(what: happenings.Resolved) -> Entry:
    """The visit is over."""
    detail: dict[str, object] = {"agent_id": what.desk and what.desk.person.id, "reason": what.reason}
    return Entry(what.thread, "resolved", what.by or SERVICE, detail)


def snoozed(what: happenings.Snoozed) -> Entry:
    """It is laid aside."""
    return Entry(what.thread, "snoozed", what.by, {"agent_id": what.desk.person.id, "until": what.until})


def woke(what: happenings.Woke) -> Entry:
    """Its snooze has ended."""
    return Entry(what.thread, "woke", SERVICE, {})


def labelled(what: happenings.Labelled) -> Entry:
    """Its priority or tags are others."""
    conversation = what.thread.conversation
    return Entry(what.thread, "labelled", what.by, {"priority": conversation.priority, "tags": tags_of(conversation)})


def recalled(what: happenings.MessageRecalled) -> Entry:
    """A message was taken back."""
    sender = what.message.agent_id if what.message.sender == "agent" else what.message.sender
    return Entry(what.thread, "recalled", sender or SERVICE, {"seq": what.message.seq})


def edited(what: happenings.Edited) -> Entry:
    """A message reads otherwise."""
    return Entry(what.thread, "edited", what.message.agent_id or SERVICE, {"seq": what.message.seq})


def entered(what: happenings.CustomerEntered) -> Entry | None:
    """The customer opened the chat."""
    return Entry(what.thread, "entered", CUSTOMER, {}) if what.thread else None


def breached(what: happenings.TierBreached) -> Entry:
    """A response clock ran out."""
    return Entry(what.thread, "breached", SERVICE, {"tier": what.tier, "seq": what.seq, "at": what.at})


def read(what: happenings.AgentRead) -> Entry:
    """Its agent has read up to a seq."""
    return Entry(what.thread, "read", what.desk.person.id, {"seq": what.seq})


def rated(what: happenings.Rated) -> Entry:
    """The customer rated the visit."""
    detail: dict[str, object] = {"stars": what.rating.stars, "agent_id": what.rating.agent_id}
    return Entry(what.thread, "rated", CUSTOMER, detail)


ENTRIES: Final[dict[type, Callable[[Any], Entry | None]]] = {
    happenings.Opened: opened,
    happenings.Reopened: reopened,
    happenings.Queued: queued,
    happenings.Assigned: assigned,
    happenings.Released: released,
    happenings.HandedOver: handed_over,
    happenings.Transferred: transferred,
    happenings.Resolved: resolved,
    happenings.Snoozed: snoozed,
    happenings.Woke: woke,
    happenings.Labelled: labelled,
    happenings.MessageRecalled: recalled,
    happenings.Edited: edited,
    happenings.CustomerEntered: entered,
    happenings.TierBreached: breached,
    happenings.AgentRead: read,
    happenings.Rated: rated,
}


def write(changes: Changes) -> None:
    """Keep a row of everything that has happened since the last call and belongs here; called by settle."""
    for happening in changes.happened[changes.written :]:
        entry = ENTRIES.get(type(happening))
        if entry is not None and (made := entry(happening)) is not None:
            _keep(made, changes)
    changes.written = len(changes.happened)


def _keep(entry: Entry, changes: Changes) -> None:
    thread = entry.thread
    thread.happened += 1
    changes.keep(
        Happened(
            conversation_id=thread.conversation.id,
            n=thread.happened,
            shop_id=thread.conversation.shop_id,
            at=changes.at,
            seq=thread.seq,
            kind=entry.kind,
            actor=entry.actor,
            detail=_encode(entry.detail).decode(),
        )
    )

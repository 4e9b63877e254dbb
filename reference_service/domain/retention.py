"""How long messages are kept, and what a purge takes away (RETAIN-1, R6.4); pure.

Kept for at least 180 days. Older messages of a resolved conversation are purged from the oldest on; with the last one
the conversation goes, and everything that hangs on it. Of a purged message only the hash of its id remains (GATEWAY-6).
A legal hold on a conversation or on the whole shop stops all that, and so does an open complaint. Customers and orders:
forgetting.py.
"""

from collections.abc import Sequence
from typing import Annotated, Final, NamedTuple

import msgspec

from reference_service.domain.changes import Changes, Purge
from reference_service.domain.configuring import setting
from reference_service.domain.happenings import Forgotten
from reference_service.domain.records import Logged
from reference_service.domain.world import ShopFloor, Thread, World

DAY_S: Final = 86400.0
CLOCK: Final = "retention"
JOB: Final = "retention"  # the purge
NIGHT: Final = "night"  # the purge, and what follows it (shell/night.py)
QUIET_S: Final = 20 * 3600.0  # the daily run is at 04:00 in China: 20:00 UTC


class Retention(msgspec.Struct, frozen=True):
    """How many days a shop keeps messages, and customers with orders; and whether a legal hold stops every purge."""

    days: Annotated[int, msgspec.Meta(ge=180, le=36_500)] = 180
    legal_hold: bool = False
    customer_days: Annotated[int, msgspec.Meta(ge=180, le=36_500)] = 1095  # trades are kept for three years


class Old(NamedTuple):
    """What a purge must know of a message."""

    seq: int
    created_at: float
    agent_id: str | None
    client_msg_id: str | None
    platform_id: str | None


class LogPlace(NamedTuple):
    """An event of a dispatch log and what it is about; `seq` is None where it is about no message."""

    agent_id: str
    s: int
    conversation_id: str
    seq: int | None


class EventPlace(NamedTuple):
    """An outbound event and what it is about: a conversation or a message of it, or a customer."""

    id: str
    shop_id: str
    conversation_id: str | None
    seq: int | None
    customer: str | None


def next_run(now: float) -> float:
    """The next 04:00 in China after now."""
    return ((now - QUIET_S) // DAY_S + 1) * DAY_S + QUIET_S


def restore(world: World, now: float) -> None:
    """Set the daily clock."""
    world.agenda.set(CLOCK, "", next_run(now))


def strike(world: World, key: str, changes: Changes) -> None:
    """The clock of clockwork.py: it is time for the nightly run."""
    world.agenda.set(CLOCK, key, next_run(changes.at))
    changes.jobs.append(NIGHT)


def before(floor: ShopFloor, now: float) -> float:
    """Messages created before this moment may go; one exactly as old as the shop keeps them may not."""
    kept = setting(floor, Retention)
    return 0.0 if kept.legal_hold else now - kept.days * DAY_S


def is_due(thread: Thread, moment: float) -> bool:
    """Whether a conversation has messages from before a moment that may go."""
    conversation = thread.conversation
    oldest = conversation.kept_from or conversation.opened_at
    over = conversation.state == "resolved" and not thread.outbox and not thread.complaint
    return over and not conversation.legal_hold and oldest < moment


def purge(world: World, thread: Thread, oldest: Sequence[Old], moment: float, changes: Changes) -> int:
    """Take away the messages from before a moment, up to the first that is not; how many went.

    `oldest` are the conversation's oldest messages in order; where they all go the conversation goes as well, unless a
    newer one shows that they were not all.
    """
    if not oldest or not is_due(thread, moment):
        return 0
    gone = next((place for place, old in enumerate(oldest) if old.created_at >= moment), len(oldest))
    conversation = thread.conversation
    if gone == len(oldest) and oldest[-1].seq == thread.seq:
        _forget(world, thread, oldest, changes)
        return gone
    if gone == len(oldest):
        gone -= 1  # there are more, and what follows the purged ones is not seen yet
    conversation.kept_from = oldest[gone].created_at
    if gone:
        conversation.purged_to = oldest[gone - 1].seq
        _clear(world, thread, oldest[:gone])
        changes.purges.append(Purge(conversation.id, conversation.purged_to))
    changes.keep(conversation)
    return gone


def tells_of_purged(world: World, place: EventPlace) -> bool:
    """Whether an outbound event does."""
    if place.conversation_id is not None:
        return is_stale(world, LogPlace("", 0, place.conversation_id, place.seq))
    floor = world.floors.get(place.shop_id)
    return place.customer is not None and floor is not None and place.customer not in floor.customers


def is_stale(world: World, place: LogPlace) -> bool:
    """Whether an event of a dispatch log tells of what was purged."""
    thread = world.threads.get(place.conversation_id)
    return thread is None or (place.seq is not None and place.seq <= thread.conversation.purged_to)


def sweep(world: World, places: Sequence[LogPlace], changes: Changes) -> int:
    """Take events that tell of what was purged out of the logs; how many went. A log's numbers are never used again."""
    newest: dict[str, int] = {}
    for place in places:
        if is_stale(world, place):
            changes.removed.append((Logged, (place.agent_id, place.s)))
            newest[place.agent_id] = max(newest.get(place.agent_id, 0), place.s)
    for agent_id, s in newest.items():
        if (person := world.people.get(agent_id)) is not None:
            person.swept = max(person.swept, s)
            changes.keep(person)
    return len(changes.removed)


def _forget(world: World, thread: Thread, oldest: Sequence[Old], changes: Changes) -> None:
    conversation, floor = thread.conversation, world.floor_of(thread)
    _clear(world, thread, oldest)
    changes.purges.append(Purge(conversation.id, None))
    changes.tell(Forgotten(thread))
    del world.threads[conversation.id], floor.threads[conversation.platform_id]


def _clear(world: World, thread: Thread, gone: Sequence[Old]) -> None:
    upto = gone[-1].seq
    thread.visit = [message for message in thread.visit if message.seq > upto]
    thread.told = {agent_id: seq for agent_id, seq in thread.told.items() if seq > upto}
    for old in gone:
        thread.own.discard(old.platform_id or "")
        if thread.answering == old.platform_id:
            thread.answering = ""
        desk = world.desk(old.agent_id or "")
        if desk is not None and old.client_msg_id is not None:
            desk.sent.pop(old.client_msg_id, None)

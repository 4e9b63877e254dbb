"""Sessions of devices: starting fresh, resuming by replay of the durable log, and the sealed id that allows it."""

import asyncio
import contextlib

from reference_service import tokens
from reference_service.api import frames
from reference_service.domain import presence
from reference_service.domain.dispatching import customer_of, customer_read, frame, snoozed_until, tags_of
from reference_service.domain.reading import unread
from reference_service.domain.world import Desk, Thread
from reference_service.shell.engine import Engine
from reference_service.shell.hub import Link
from reference_service.storage.reader import Reader

RESTARTING = 1012
DISMISS_S = 1.0
SESSION_S = 30 * 86400.0  # how long a session id is genuine; whether it can still be resumed is the window's to say


async def start(engine: Engine, desk: Desk, device: str) -> Link:
    """A fresh device: `ready` with the state as it is now, then every event after it."""
    link = _link(engine, desk, device, desk.s)
    ready = _ready(engine, desk, device)
    await _connect(engine, desk, link)
    link.open([ready])
    return link


async def resume(engine: Engine, desk: Desk, device: str, s: int) -> Link | None:
    """A device that was cut: the events after s, `resumed`, then live ones; None when that cannot be (SYNC-1)."""
    settings = engine.settings
    if not presence.resumable(engine.world, desk, device, s, engine.clock.now(), settings.resume_window_s):
        return None
    missed = replay(engine.reader, desk.person.id, s, settings.max_replay)
    if missed is None:
        return None
    # The reader sees commits only: events still on their way to the disk come live, through the link.
    newest = s + len(missed)
    link = _link(engine, desk, device, newest)
    await _connect(engine, desk, link)
    link.open([*missed, frames.write(frames.Resumed(len(missed), newest))])
    return link


def replay(reader: Reader, agent_id: str, since: int, limit: int) -> list[str] | None:
    """The dispatch frames after `since`, each following the one before; None where that cannot be promised."""
    missed = reader.log(agent_id, since, limit + 1)
    if len(missed) > limit or any(entry.s != since + place for place, entry in enumerate(missed, 1)):
        return None
    return [frame(entry.s, entry.t, entry.d) for entry in missed]


def session_id(engine: Engine, desk: Desk, device: str) -> str:
    """A sealed name of agent and device; nothing about it is stored."""
    claims = tokens.Claims("session", desk.person.id, engine.clock.real() + SESSION_S, device)
    return tokens.issue(engine.key, claims)


def device_of(engine: Engine, desk: Desk, session: str) -> str | None:
    """The device a session id was made for; None when it is another agent's, or not ours (SYNC-4)."""
    claims = tokens.read(engine.key, session, "session", engine.clock.real())
    return claims.device if claims and claims.person == desk.person.id else None


def has_room(engine: Engine, desk: Desk, device: str) -> bool:
    """Whether one more device of this agent may connect (LIMIT-1)."""
    person, settings = desk.person, engine.settings
    room = engine.hub.has_room(person.id, person.shop_id, device, settings.max_devices, settings.max_shop_devices)
    if not room:
        engine.limits.hits["devices"] += 1
    return room


def end(engine: Engine, link: Link) -> None:
    """The connection of a link has ended."""
    desk = engine.world.desk(link.agent_id)
    if engine.hub.remove(link) and desk is not None:
        presence.device_off(desk, link.device, engine.clock.now())


def acked(desk: Desk, link: Link, s: int) -> bool:
    """A device has shown everything up to s; False where it was never told that much."""
    if s <= link.s:
        desk.acked[link.device] = max(s, desk.acked.get(link.device, 0))
    return s <= link.s


async def dismiss(engine: Engine) -> None:
    """Before a stop: not ready any more; tell every device to come back, and wait a moment until they have heard it."""
    engine.stopping = True
    for link in engine.hub.all():
        link.send(frames.write(frames.Reconnect("restarting")))
        link.close(RESTARTING)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DISMISS_S):
            await engine.hub.empty()


def _link(engine: Engine, desk: Desk, device: str, s: int) -> Link:
    person, settings = desk.person, engine.settings
    return Link(person.id, person.shop_id, device, s, engine.clock.real(), settings.max_unread_frames)


async def _connect(engine: Engine, desk: Desk, link: Link) -> None:
    engine.hub.add(link)
    changes = engine.begin()
    presence.device_on(engine.world, desk, link.device, changes)
    try:
        await engine.keep(changes)
    except BaseException:
        end(engine, link)
        raise


def _ready(engine: Engine, desk: Desk, device: str) -> str:
    held = standing(desk)
    return frames.write(
        frames.Ready(
            session_id(engine, desk, device),
            desk.person.id,
            desk.s,
            desk.acked.get(device, 0),
            desk.person.capacity,
            desk.availability(),
            heads={one.conversation_id: one.seq for one in held},
            conversations=held,
        )
    )


def standing(desk: Desk) -> list[frames.Held]:
    """What is an agent's now, as a fresh device is told (SYNC-2)."""
    return [_held(thread) for thread in (*desk.held.values(), *desk.snoozed.values())]


def _held(thread: Thread) -> frames.Held:
    conversation = thread.conversation
    return frames.Held(
        conversation_id=conversation.id,
        seq=thread.seq,
        customer=customer_of(thread),
        state=conversation.state,
        version=conversation.version,
        priority=conversation.priority,
        tags=tags_of(conversation),
        snoozed_until=snoozed_until(conversation),
        visit_from=conversation.visit_from,
        read_to=conversation.read_to,
        unread=unread(thread),
        customer_read=customer_read(conversation),
    )

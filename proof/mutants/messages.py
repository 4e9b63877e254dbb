"""Sins against delivery, order, synchronisation and sending that the contract suite sees."""

import asyncio
import re
from itertools import count
from typing import Final

from proof.mutant import mutant, ran
from reference_service import tokens
from reference_service.api import sessions
from reference_service.domain import outbox, reading, replies
from reference_service.domain.changes import Changes, Dispatched
from reference_service.domain.dispatches import AgentRead
from reference_service.domain.dispatching import tell
from reference_service.domain.records import Message
from reference_service.domain.replies import Accepted, Refused, Said
from reference_service.domain.world import Desk, Thread
from reference_service.shell import hub as hubs
from reference_service.shell.engine import Engine
from reference_service.shell.hub import Link
from reference_service.storage.reader import Reader

_CUSTOMERS: Final = re.compile(r'"t":"message\.created".*"sender":"customer"')


@mutant("DELIVERY-1", suite="contract")
def tells_one_device_only() -> None:
    """Tells an event to one of an agent's devices."""

    def dispatch(hub: hubs.Hub, event: Dispatched) -> None:
        links = list(hub.of(event.agent_id))
        if len(links) > 1:
            ran()
        for link in links[:1]:
            link.dispatch(event.s, event.frame)

    hubs.dispatch = dispatch


@mutant("DELIVERY-2", suite="contract")
def sends_nothing() -> None:
    """Says that a reply was sent and sends none."""

    def enqueue(thread: Thread, message: Message, changes: Changes) -> None:  # noqa: ARG001
        ran()
        message.status = "sent"
        changes.keep(message)

    outbox.enqueue = enqueue


@mutant("DELIVERY-3", suite="contract")
def tells_strangers() -> None:
    """Shows every customer's message to an agent of another shop as well."""
    once = Engine.release

    def release(self: Engine, changes: Changes) -> None:
        once(self, changes)
        for event in changes.dispatched:
            home = self.world.people[event.agent_id].shop_id
            strangers = [link for link in self.hub.all() if self.world.people[link.agent_id].shop_id != home]
            if _CUSTOMERS.search(event.frame):
                for link in strangers[:1]:
                    ran()
                    link.send(event.frame)

    Engine.release = release  # type: ignore[method-assign]


@mutant("ORDER-1", suite="contract")
def orders_by_arrival_alone() -> None:
    """Shows a late arrival where it came, not at the platform's place."""
    placed = Reader.by_place

    def by_place(self: Reader, conversation_id: str, after: int, limit: int) -> list[Message] | None:
        right, came = placed(self, conversation_id, after, limit), self.messages(conversation_id, after, limit)
        if right != came:
            ran()
        return came

    Reader.by_place = by_place  # type: ignore[method-assign]


@mutant("SYNC-1", suite="contract")
def replays_one_page() -> None:
    """Replays a thousand events of a gap and says that this was all."""
    whole = sessions.replay

    def replay(reader: Reader, agent_id: str, since: int, limit: int) -> list[str] | None:
        missed = whole(reader, agent_id, since, limit)
        if missed and len(missed) > 1000:
            ran()
        return missed and missed[:1000]

    sessions.replay = replay


@mutant("SYNC-1", suite="contract")
def resumes_places_it_never_reached() -> None:
    """Resumes whatever place a device names, as if there were no gap."""
    strict = sessions.resume

    async def resume(engine: Engine, desk: Desk, device: str, s: int) -> Link | None:
        if s > desk.s:
            ran()
        return await strict(engine, desk, device, min(s, desk.s))

    sessions.resume = resume


@mutant("SYNC-2", suite="contract")
def forgets_read_marks() -> None:
    """Tells the devices of a read mark and does not keep it."""

    def mark(thread: Thread, desk: Desk, seq: int, changes: Changes) -> None:
        ran()
        tell(desk, AgentRead(thread.conversation.id, seq, reading.unread(thread)), changes)

    reading.mark = mark


@mutant("SYNC-3", suite="contract")
def tells_one_in_ten_late() -> None:
    """Lets one message in ten wait a second."""
    once, turn = hubs.dispatch, count(1)

    def dispatch(hub: hubs.Hub, event: Dispatched) -> None:
        if _CUSTOMERS.search(event.frame) and next(turn) % 10 == 0:
            ran()
            asyncio.get_running_loop().call_later(1.0, _send, hub, event)
        else:
            once(hub, event)

    hubs.dispatch = dispatch


def _send(hub: hubs.Hub, event: Dispatched) -> None:
    for link in hub.of(event.agent_id):
        link.send(event.frame)


@mutant("SYNC-4", suite="contract")
def resumes_for_whoever_asks() -> None:
    """Goes on with a session for any agent who names it."""
    owners: dict[str, Desk] = {}
    strict = sessions.resume

    def device_of(engine: Engine, desk: Desk, session: str) -> str | None:
        claims = tokens.read(engine.key, session, "session", engine.clock.real())
        owner = engine.world.desk(claims.person) if claims else None
        if claims is None or owner is None:
            return None
        if owner is not desk:
            ran()
        owners[desk.person.id] = owner
        return claims.device

    async def resume(engine: Engine, desk: Desk, device: str, s: int) -> Link | None:
        return await strict(engine, owners.pop(desk.person.id, desk), device, s)

    sessions.device_of, sessions.resume = device_of, resume


@mutant("SEND-1", suite="contract")
def sends_each_retry_anew() -> None:
    """Knows no client_msg_id again."""
    strict = replies._before

    def before(desk: Desk, client_msg_id: str, said: Said) -> Accepted | Refused | None:
        if strict(desk, client_msg_id, said) is not None:
            ran()
        return None

    replies._before = before


@mutant("SEND-1", suite="contract")
def takes_any_text_for_a_retry() -> None:
    """Answers another text under a known client_msg_id as if it were the first."""
    strict = replies._before

    def before(desk: Desk, client_msg_id: str, said: Said) -> Accepted | Refused | None:
        found = strict(desk, client_msg_id, said)
        if isinstance(found, Refused):
            ran()
            sent = desk.sent[client_msg_id]
            return Accepted(client_msg_id, sent.id, sent.seq, True)
        return found

    replies._before = before

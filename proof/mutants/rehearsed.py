"""Sins that a short rehearsal sees: in delivery, order, routing, the filter and the signature."""

import asyncio
import re
from collections.abc import Callable, Mapping
from itertools import count
from types import ModuleType

from proof.mutant import mutant, ran
from reference_service.api import sessions
from reference_service.domain import outbox, replies, routing, speaking
from reference_service.domain.changes import Changes, Dispatched
from reference_service.domain.events import Kind
from reference_service.domain.records import Message
from reference_service.domain.world import Desk, Thread, World
from reference_service.filtering import judging
from reference_service.filtering.words import Direction, WordFilter
from reference_service.platforms import doudian, open_im
from reference_service.shell import hub as hubs
from reference_service.shell.engine import Engine
from reference_service.storage.journal import Journal
from reference_service.storage.reader import Reader

_CUSTOMERS_MESSAGE = re.compile(r'"t":"message\.created".*"conversation_id":"([^"]+)".*"sender":"customer"')


@mutant("GATEWAY-4", scenario="proof-kill")
def acks_before_commit() -> None:
    """Answers at once and commits in bigger groups a little later, for speed."""
    commit = Journal.add

    def add(self: Journal, changes: Changes) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        if changes.rows:
            ran()
        loop.call_later(0.3, commit, self, changes)
        done = loop.create_future()
        done.set_result(None)
        return done

    Journal.add = add  # type: ignore[method-assign]


@mutant("SYNC-1")
def loses_on_reconnect() -> None:
    """Replays only the newer half of what a device missed."""
    whole = sessions.replay

    def replay(reader: Reader, agent_id: str, since: int, limit: int) -> list[str] | None:
        missed = whole(reader, agent_id, since, limit)
        if missed and len(missed) > 1:
            ran()
        return missed and missed[len(missed) // 2 :]

    sessions.replay = replay


@mutant("DELIVERY-1")
def pushes_twice() -> None:
    """Writes one event in fifty to the device once more."""

    def again(hub: hubs.Hub, event: Dispatched) -> None:
        for link in hub.of(event.agent_id):
            link.send(event.frame)

    _every(50, again)


@mutant("ORDER-1")
def swaps_two() -> None:
    """Holds one message in ten back until the next of its conversation has overtaken it."""
    once, turn, held = hubs.dispatch, count(1), dict[str, Dispatched]()

    def let_go(hub: hubs.Hub, conversation: str) -> None:
        if late := held.pop(conversation, None):
            for link in hub.of(late.agent_id):
                link.send(late.frame)

    def dispatch(hub: hubs.Hub, event: Dispatched) -> None:
        found = _CUSTOMERS_MESSAGE.search(event.frame)
        if not found:
            once(hub, event)
        elif found[1] in held:
            ran()
            once(hub, event)
            let_go(hub, found[1])
        elif next(turn) % 10 == 0:
            held[found[1]] = event
            asyncio.get_running_loop().call_later(0.5, let_go, hub, found[1])
        else:
            once(hub, event)

    hubs.dispatch = dispatch


@mutant("TENANT-1")
def pushes_across_shops() -> None:
    """Tells one message in fifty to an agent of another shop too."""
    once, turn = Engine.release, count(1)

    def release(self: Engine, changes: Changes) -> None:
        once(self, changes)
        for event in changes.dispatched:
            if _CUSTOMERS_MESSAGE.search(event.frame) and next(turn) % 50 == 0:
                home = self.world.people[event.agent_id].shop_id
                strangers = [link for link in self.hub.all() if self.world.people[link.agent_id].shop_id != home]
                for link in strangers[:1]:
                    ran()
                    link.send(event.frame)

    Engine.release = release  # type: ignore[method-assign]


@mutant("ROUTE-1")
def assigns_to_two() -> None:
    """Tells a colleague, too, that one conversation in ten is theirs."""
    once, turn = Engine.release, count(1)

    def release(self: Engine, changes: Changes) -> None:
        once(self, changes)
        for event in changes.dispatched:
            if '"t":"conversation.assigned"' in event.frame and next(turn) % 10 == 0:
                shop = self.world.people[event.agent_id].shop_id
                colleagues = [link for link in self.hub.all() if self.world.people[link.agent_id].shop_id == shop]
                for link in [link for link in colleagues if link.agent_id != event.agent_id][:1]:
                    ran()
                    link.send(event.frame)

    Engine.release = release  # type: ignore[method-assign]


@mutant("FILTER-1")
def bypasses_the_filter() -> None:
    """Looks only at short replies."""
    strict = judging.check

    def check(words: WordFilter, text: str, direction: Direction) -> judging.Judged:
        if direction == "to_customer" and len(text) > 20:
            if words.find(text):
                ran()
            return judging.Judged("pass", text, [])
        return strict(words, text, direction)

    judging.check = check


@mutant("FILTER-5")
def sends_what_it_blocked() -> None:
    """Refuses a reply to the agent's face and sends it all the same."""
    honest = replies.reply

    def reply(
        world: World,
        desk: Desk,
        conversation_id: str,
        text: str,
        client_msg_id: str,
        changes: Changes,
        kind: Kind = "text",
        ref: str = "",
    ) -> replies.Accepted | replies.Refused:
        result = honest(world, desk, conversation_id, text, client_msg_id, changes, kind, ref)
        if isinstance(result, replies.Refused) and result.code == "blocked":
            ran()
            thread = world.threads[conversation_id]
            sent = speaking.append(thread, "agent", desk.person.id, text, text, client_msg_id, changes.at)
            outbox.enqueue(thread, sent, changes)
        return result

    replies.reply = reply


@mutant("ROUTE-2", scenario="proof-scarce")
def exceeds_capacity() -> None:
    """Never minds how many conversations an agent has."""
    honest = routing.has_room

    def has_room(desk: Desk) -> bool:
        if not honest(desk):
            ran()
        return True

    routing.has_room = has_room


@mutant("GATEWAY-1")
def leaves_the_signature_unchecked() -> None:
    """Takes whatever is pushed."""
    for hook in (open_im, doudian):
        _believe_all(hook)


def _believe_all(hook: ModuleType) -> None:
    honest = hook.genuine

    def genuine(apps: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> bool:
        if not honest(apps, headers, body):
            ran()
        return True

    hook.genuine = genuine  # type: ignore[attr-defined]


@mutant("DELIVERY-2")
def drops_a_reply() -> None:
    """Forgets to send one accepted reply in forty."""
    faithful, turn = outbox.enqueue, count(1)

    def enqueue(thread: Thread, message: Message, changes: Changes) -> None:
        if next(turn) % 40:
            faithful(thread, message, changes)
        else:
            ran()
            message.status = "sent"
            changes.keep(message)

    outbox.enqueue = enqueue


@mutant("SYNC-3")
def pushes_some_late() -> None:
    """Lets 3 % of messages wait two seconds."""
    once, turn = hubs.dispatch, count(1)

    def late(hub: hubs.Hub, event: Dispatched) -> None:
        for link in hub.of(event.agent_id):
            link.send(event.frame)

    def dispatch(hub: hubs.Hub, event: Dispatched) -> None:
        if _CUSTOMERS_MESSAGE.search(event.frame) and next(turn) % 33 == 0:
            ran()
            asyncio.get_running_loop().call_later(2.0, late, hub, event)
        else:
            once(hub, event)

    hubs.dispatch = dispatch


def _every(n: int, sin: Callable[[hubs.Hub, Dispatched], None]) -> None:
    """Commit a sin after every n-th customer's message that is pushed."""
    once, turn = hubs.dispatch, count(1)

    def dispatch(hub: hubs.Hub, event: Dispatched) -> None:
        once(hub, event)
        if _CUSTOMERS_MESSAGE.search(event.frame) and next(turn) % n == 0:
            ran()
            sin(hub, event)

    hubs.dispatch = dispatch

"""What a customer did on the platform becomes messages of a conversation (GATEWAY-6, GATEWAY-7, ORDER-1)."""

import hashlib
from typing import Literal

from reference_service.domain import (
    assigning,
    bot_visits,
    customers,
    dispatches,
    happenings,
    orders,
    outbox,
    ratings,
    snoozing,
    visits,
)
from reference_service.domain.changes import Changes
from reference_service.domain.dispatching import message_event, tell
from reference_service.domain.events import Echoed, Entered, Event, Ordered, Rated, Read, Recalled, Written
from reference_service.domain.recalls import take_back
from reference_service.domain.records import Conflict, Conversation, Message, Taken
from reference_service.domain.world import ShopFloor, Thread, World
from reference_service.filtering import judging

Taking = Literal["taken", "again", "conflict", "ignored"]


def take(world: World, event: Event, changes: Changes) -> Taking:
    """Handle one genuine event; whatever comes back, the platform is told of success once the changes are durable."""
    platform, open_id, app = event.account
    floor = world.accounts.get((platform, open_id))
    if floor is None or floor.shop.client_key != app:
        return "ignored"
    match event:
        case Written():
            return _receive(world, floor, event, changes)
        case Echoed():
            return _echo(world, floor, event, changes)
        case Recalled():
            return _recall(world, floor, event, changes)
        case Read():
            return _read(floor, event, changes)
        case Rated():
            return _rate(world, floor, event, changes)
        case Ordered():
            return _order(world, floor, event, changes)
        case Entered():
            return _enter(world, floor, event, changes)


def hashes(shop_id: str, written: Written) -> tuple[str, str]:
    """The identity of a message and of what it says, 32 hex digits each."""
    said = (written.customer, written.conversation, written.kind, written.text, written.place)
    shown = (*said, written.ref) if written.ref else said
    return _hash(f"{shop_id}\0{written.message}"), _hash("\0".join(map(str, shown)))


def _receive(world: World, floor: ShopFloor, written: Written, changes: Changes) -> Taking:
    if (before := _handled(world, *hashes(floor.shop.id, written), changes)) is not None:
        return before
    thread = floor.threads.get(written.conversation)
    reason = "reopened" if thread else "new"
    if thread is None:
        thread = _open(world, floor, written, changes)
    elif thread.conversation.state == "snoozed":
        snoozing.wake(world, thread, changes)
    message = _append(floor, thread, written, changes)
    desk = floor.desks.get(thread.conversation.agent_id or "")
    if desk is not None:
        tell(desk, message_event(message), changes)
    elif thread.conversation.state == "resolved":
        visits.begin(thread, message.seq)
        customers.meet(floor, thread, judged_nick(floor, written), changes)
        changes.tell(happenings.Opened(thread, reason == "reopened"))
        if bot_visits.takes(floor):
            bot_visits.greet(thread, changes)
        else:
            assigning.route(floor, thread, reason, changes)
        visits.tell_begun(floor, thread, reason == "reopened", changes)
    changes.tell(happenings.CustomerWrote(thread, message))
    return "taken"


def _handled(world: World, id_hash: str, body_hash: str, changes: Changes) -> Taking | None:
    """How an id that was handled before counts now; a new one is handled from here on (GATEWAY-6)."""
    if (known := world.taken.get(id_hash)) is not None:
        if known == body_hash:
            return "again"
        changes.keep(Conflict(id_hash=id_hash, body_hash=body_hash, at=changes.at))
        return "conflict"
    world.taken[id_hash] = body_hash
    changes.keep(Taken(id_hash=id_hash, body_hash=body_hash))
    return None


def _open(world: World, floor: ShopFloor, written: Written, changes: Changes) -> Thread:
    number = world.next_number("conversations", changes)
    conversation = Conversation(
        id=f"cv{number}",
        number=number,
        shop_id=floor.shop.id,
        platform_id=written.conversation,
        customer=written.customer,
        nick=judged_nick(floor, written),
        state="resolved",  # until its first message is routed
        agent_id=None,
        opened_at=changes.at,
        waits_since=changes.at,
        visit_from=1,
    )
    thread = Thread(conversation)
    floor.threads[conversation.platform_id] = world.threads[conversation.id] = thread
    return thread


def judged_nick(floor: ShopFloor, written: Written) -> str:
    """The customer's name as agents may see it; "" where the filter blocks it (FILTER-1)."""
    return judging.check(floor.words, written.nick, "to_agent").text or ""


def _append(floor: ShopFloor, thread: Thread, written: Written, changes: Changes) -> Message:
    text, index = written.words(), written.place
    judged = judging.check(floor.words, text, "to_agent")
    thread.seq += 1
    message = Message(
        conversation_id=thread.conversation.id,
        seq=thread.seq,
        sender="customer",
        agent_id=None,
        platform_id=written.message,
        client_msg_id=None,
        text=text,
        shown=judged.text,
        masked=judged.action == "mask",
        index=index,
        late=index is not None and index < thread.top_index,
        status="received",
        created_at=changes.at,
        kind=written.sort(),
        ref=written.ref,
    )
    thread.answering = written.message
    thread.top_index = max(thread.top_index, -1 if index is None else index)
    thread.visit.append(message)
    changes.keep(message)
    return message


def _echo(world: World, floor: ShopFloor, echo: Echoed, changes: Changes) -> Taking:
    thread = floor.threads.get(echo.conversation)
    if thread is None:
        return "ignored"
    # Echoes count in the platform's numbering too, but they never make a customer's message late.
    return outbox.echoed(world, thread, echo.message, echo.text, changes)


def _recall(world: World, floor: ShopFloor, recalled: Recalled, changes: Changes) -> Taking:
    for thread in _candidates(floor, recalled):
        for message in thread.visit:
            if message.platform_id == recalled.message and message.status != "recalled":
                take_back(world, thread, message, changes)
                return "taken"
    return "ignored"


def _candidates(floor: ShopFloor, recalled: Recalled) -> list[Thread]:
    # open-im names the message only: without a conversation all open ones of the shop are looked through.
    named = floor.threads.get(recalled.conversation)
    return [named] if named else list(floor.threads.values())


def _read(floor: ShopFloor, read: Read, changes: Changes) -> Taking:
    thread = floor.threads.get(read.conversation)
    if thread is None or read.place is None or read.place <= thread.conversation.customer_read:
        return "ignored"
    thread.conversation.customer_read = read.place
    changes.keep(thread.conversation)
    desk = floor.desks.get(thread.conversation.agent_id or "")
    if desk is not None:
        tell(desk, dispatches.Read(thread.conversation.id, read.place), changes)
    changes.tell(happenings.CustomerRead(thread, read.place))
    return "taken"


def _enter(world: World, floor: ShopFloor, entered: Entered, changes: Changes) -> Taking:
    identity, said = _hash(f"{floor.shop.id}\0entry\0{entered.entry}"), _hash(entered.customer)
    if entered.entry and (before := _handled(world, identity, said, changes)) is not None:
        return before
    changes.tell(happenings.CustomerEntered(floor, entered.customer, floor.threads.get(entered.conversation)))
    return "taken"


def _rate(world: World, floor: ShopFloor, rated: Rated, changes: Changes) -> Taking:
    thread = floor.threads.get(rated.conversation)
    if thread is None:
        return "ignored"
    identity, said = _hash(f"{floor.shop.id}\0rating\0{rated.rating}"), _hash(f"{rated.conversation}\0{rated.stars}")
    if (before := _handled(world, identity, said, changes)) is not None:
        return before
    # Under another id the same visit cannot be rated twice: the first rating stands.
    return "taken" if ratings.rate(world, thread, rated.stars, changes) else "ignored"


def _order(world: World, floor: ShopFloor, ordered: Ordered, changes: Changes) -> Taking:
    said = (ordered.customer, ordered.step, ordered.amount, ordered.case, ordered.refund, ordered.refunded)
    identity = _hash(f"{floor.shop.id}\0order\0{ordered.message}\0{ordered.order}")
    if ordered.message and (before := _handled(world, identity, _hash("\0".join(map(str, said))), changes)) is not None:
        return before
    return "taken" if orders.move(floor, ordered, changes) else "again"


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

"""What a customer did on the platform becomes messages of a conversation (GATEWAY-6, GATEWAY-7, ORDER-1)."""

import hashlib
from typing import Literal

from reference_service.domain import assigning, outbox
from reference_service.domain.changes import Changes
from reference_service.domain.dispatching import Read, Recalled, message_event, tell
from reference_service.domain.events import Content, Envelope
from reference_service.domain.records import Conflict, Conversation, Message, Taken
from reference_service.domain.world import ShopFloor, Thread, World
from reference_service.filtering import judging

Taking = Literal["taken", "again", "conflict", "ignored"]


def take(world: World, envelope: Envelope, content: Content, now: float, changes: Changes) -> Taking:
    """Handle one genuine event; whatever comes back, the platform is answered 200 once the changes are durable."""
    ours = envelope.from_user_id if envelope.event == "im_send_msg" else envelope.to_user_id
    floor = world.by_open_id.get(ours)
    if floor is None or floor.shop.client_key != envelope.client_key:
        return "ignored"
    match envelope.event:
        case "im_receive_msg":
            return _receive(world, floor, envelope, content, now, changes)
        case "im_send_msg":
            return _echo(world, floor, content, changes)
        case "im_recall_msg":
            return _recall(floor, content, changes)
        case "im_message_read":
            return _read(floor, content, changes)
    return "ignored"


def hashes(shop_id: str, envelope: Envelope, content: Content) -> tuple[str, str]:
    """The identity of a message and of what it says, 32 hex digits each."""
    said = (envelope.from_user_id, content.conversation_short_id, content.message_type, content.text, content.index)
    return _hash(f"{shop_id}\0{content.server_message_id}"), _hash("\0".join(map(str, said)))


def _receive(
    world: World, floor: ShopFloor, envelope: Envelope, content: Content, now: float, changes: Changes
) -> Taking:
    id_hash, body_hash = hashes(floor.shop.id, envelope, content)
    if (known := world.taken.get(id_hash)) is not None:
        if known == body_hash:
            return "again"
        changes.keep(Conflict(id_hash=id_hash, body_hash=body_hash, at=now))
        return "conflict"
    world.taken[id_hash] = body_hash
    changes.keep(Taken(id_hash=id_hash, body_hash=body_hash))
    thread = floor.threads.get(content.conversation_short_id)
    reason = "reopened" if thread else "new"
    if thread is None:
        thread = _open(world, floor, envelope, content, now, changes)
    message = _append(floor, thread, content, now, changes)
    desk = floor.desks.get(thread.conversation.agent_id or "")
    if desk is not None:
        tell(desk, message_event(message), changes)
    elif thread.conversation.state == "resolved":
        thread.conversation.visit_from = message.seq
        thread.visit = [message]
        assigning.route(floor, thread, reason, now, changes)
    return "taken"


def _open(world: World, floor: ShopFloor, envelope: Envelope, content: Content, now: float, changes: Changes) -> Thread:
    number = world.next_number("conversations", changes)
    nick = next((user.nick_name for user in content.user_infos if user.open_id == envelope.from_user_id), "")
    conversation = Conversation(
        id=f"cv{number}",
        number=number,
        shop_id=floor.shop.id,
        platform_id=content.conversation_short_id,
        customer=envelope.from_user_id,
        nick=judging.check(floor.words, nick, "to_agent").text or "",
        state="resolved",  # until its first message is routed
        agent_id=None,
        opened_at=now,
        waits_since=now,
        visit_from=1,
    )
    thread = Thread(conversation)
    floor.threads[conversation.platform_id] = world.threads[conversation.id] = thread
    return thread


def _append(floor: ShopFloor, thread: Thread, content: Content, now: float, changes: Changes) -> Message:
    judged = judging.check(floor.words, content.words(), "to_agent")
    index = content.place()
    thread.seq += 1
    message = Message(
        conversation_id=thread.conversation.id,
        seq=thread.seq,
        sender="customer",
        agent_id=None,
        platform_id=content.server_message_id,
        client_msg_id=None,
        text=content.words(),
        shown=judged.text,
        masked=judged.action == "mask",
        index=index,
        late=index is not None and index < thread.top_index,
        status="received",
        created_at=now,
    )
    thread.top_index = max(thread.top_index, -1 if index is None else index)
    thread.visit.append(message)
    changes.keep(message)
    return message


def _echo(world: World, floor: ShopFloor, content: Content, changes: Changes) -> Taking:
    thread = floor.threads.get(content.conversation_short_id)
    if thread is None:
        return "ignored"
    # Echoes count in the platform's numbering too, but they never make a customer's message late.
    return outbox.echoed(world, thread, content.server_message_id, content.text, changes)


def _recall(floor: ShopFloor, content: Content, changes: Changes) -> Taking:
    for thread in _candidates(floor, content):
        for message in thread.visit:
            if message.platform_id == content.server_message_id and message.status != "recalled":
                message.status, message.shown = "recalled", None
                changes.keep(message)
                desk = floor.desks.get(thread.conversation.agent_id or "")
                if desk is not None:
                    event = Recalled(thread.conversation.id, message.id, message.seq, message.platform_id)
                    tell(desk, event, changes)
                return "taken"
    return "ignored"


def _candidates(floor: ShopFloor, content: Content) -> list[Thread]:
    # im_recall_msg carries only server_message_id: without a conversation all open ones of the shop are looked through.
    named = floor.threads.get(content.conversation_short_id)
    return [named] if named else list(floor.threads.values())


def _read(floor: ShopFloor, content: Content, changes: Changes) -> Taking:
    thread, index = floor.threads.get(content.conversation_short_id), content.place()
    desk = floor.desks.get(thread.conversation.agent_id or "") if thread else None
    if thread is None or desk is None or index is None:
        return "ignored"
    tell(desk, Read(thread.conversation.id, index), changes)
    return "taken"


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

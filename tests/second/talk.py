"""What customers and agents say to each other, and take back (SEND-1, ORDER-1, GATEWAY-6, GATEWAY-7)."""

from typing import Any, Final

from tests.second import outbox, routing, scenes
from tests.second.state import Conversation, Json, Message, Person, Refused, Shop, World, numbers

KINDS: Final = {
    "image": "image", "user_local_image": "image", "video": "video", "user_local_video": "video",
    "product_card": "product_card", "order_card": "order_card",
}  # fmt: skip
Written = dict[str, Any]  # content of im_receive_msg, checked by webhook.py


def take(world: World, shop: Shop, customer: str, nick: str, written: Written) -> None:
    """A customer's message; the same id again changes nothing, and with another body it is a conflict."""
    kind = written.get("message_type", "text")
    said = written.get("text", "") if kind == "text" else written.get("text") or f"[{kind}]"
    body = (customer, written["conversation_short_id"], kind, said, written["index"])
    key = (shop.id, written["server_message_id"])
    if (before := world.handled.setdefault(key, body)) is not body:
        if before != body:
            world.conflicts.append(key)
        return
    conversation = shop.conversations.get(written["conversation_short_id"])
    reason = "reopened" if conversation else "new"
    if conversation is None:
        conversation = _begin(world, shop, customer, written["conversation_short_id"])
    _append(world, conversation, said, KINDS.get(kind, "text"), written)
    if conversation.agent is not None:
        conversation.agent.tell(*conversation.messages[-1].event())
    begun = conversation.state == "resolved"
    if begun:
        conversation.visit_from, conversation.visits = conversation.seq, conversation.visits + 1
        conversation.said.clear()
        conversation.nick = shop.words.check(nick, "to_agent").text or ""
        routing.route(world, conversation, reason)
        _tell_begun(world, conversation, reason)
    scenes.wrote(world, conversation, begun)


def _begin(world: World, shop: Shop, customer: str, platform_id: str) -> Conversation:
    number = next(numbers)
    conversation = Conversation(f"c-{number}", number, shop, platform_id, customer, "", world.clock.now())
    shop.conversations[platform_id] = world.conversations[conversation.id] = conversation
    return conversation


def _append(world: World, conversation: Conversation, text: str, kind: str, written: Written) -> None:
    index = written["index"]
    shown = conversation.shop.words.check(text, "to_agent").text
    late = index is not None and index < conversation.top_index
    platform_id = written["server_message_id"]
    conversation.add(
        "customer", text, shown, world.clock.now(), platform_id=platform_id, index=index, late=late, kind=kind
    )
    conversation.answering = platform_id
    conversation.top_index = max(conversation.top_index, -1 if index is None else index)


def _tell_begun(world: World, conversation: Conversation, reason: str) -> None:
    told = {
        "conversation_id": conversation.id, "state": conversation.state, "customer": conversation.who(),
        "agent_id": conversation.agent and conversation.agent.id, "at": world.clock.now(),
    }  # fmt: skip
    known = [each for each in conversation.shop.agents.values() if each.role == "supervisor" and each.links]
    if reason == "reopened" and conversation.last is not None:
        known.append(conversation.last)
    for person in dict.fromkeys(known):
        if person is not conversation.agent:
            person.tell("conversation.created" if reason == "new" else "conversation.reopened", told)


def echo(shop: Shop, platform_conversation: str, platform_id: str, text: str) -> None:
    """Something was sent in the shop's name: proof for the reply on its way, never a customer's message."""
    conversation = shop.conversations.get(platform_conversation)
    if conversation is None or platform_id in conversation.own or not conversation.outbox:
        return
    head = conversation.outbox[0]
    if head.step == "calling" and head.status != "sent" and head.shown == text:
        outbox.echoed(head, platform_id)


def recalled(shop: Shop, platform_id: str) -> None:
    """The platform tells that a message was taken back; it names no conversation."""
    for conversation in shop.conversations.values():
        for message in conversation.visit:
            if message.platform_id == platform_id and message.status != "recalled":
                outbox.take_back(message)
                return


def customer_read(shop: Shop, platform_conversation: str, index: int | None) -> None:
    """The customer has read up to a place."""
    conversation = shop.conversations.get(platform_conversation)
    before = -1 if conversation is None or conversation.customer_read is None else conversation.customer_read
    if conversation is None or index is None or index <= before:
        return
    conversation.customer_read = index
    if conversation.agent is not None:
        conversation.agent.tell("message.read", {"conversation_id": conversation.id, "index": index})


def say(world: World, person: Person, conversation_id: str, new: Json) -> tuple[Message, bool]:
    """A reply, or a note among the shop's people; and whether it was so before. Raises Refused."""
    text, private = new["text"], bool(new.get("private", False))
    said = (conversation_id, text, new.get("kind", "text"), new.get("ref", ""), private)
    if (before := person.sent.get(new["client_msg_id"])) is not None:
        if before[0] != said:
            raise Refused("client_msg_id_reused")
        return before[1], True
    conversation = of_shop(world, person, conversation_id)
    if not private and conversation.agent is not person:
        raise Refused("not_assignee")
    shown = conversation.shop.words.check(text, "to_agent" if private else "to_customer").text
    if shown is None:
        raise Refused("blocked")
    message = conversation.add(
        "agent", text, shown, world.clock.now(), agent=person, client_msg_id=new["client_msg_id"], kind=said[2],
        ref=said[3], private=private, status="received" if private else "pending",
    )  # fmt: skip
    person.sent[new["client_msg_id"]] = said, message
    if not private:
        outbox.put(message)
    if conversation.agent is not None:
        conversation.agent.tell(*message.event())
    return message, False


def recall(world: World, person: Person, conversation_id: str, seq: int) -> Message:
    """Take one's own message back, or ask the platform to. Raises Refused."""
    conversation = of_shop(world, person, conversation_id)
    if not 0 < seq <= conversation.seq:
        raise Refused("not_found", "no such message")
    message = conversation.messages[seq - 1]
    if seq < conversation.visit_from and message not in conversation.outbox:
        raise Refused("wrong_state", "it belongs to a visit that is over")
    if message.sender != "agent" or message.agent is not person:
        raise Refused("not_author")
    if message.private and message.status != "recalled":
        outbox.take_back(message)
    elif message.step == "queued" and message.status == "pending":
        conversation.outbox.remove(message)
        message.step = ""
        outbox.take_back(message)
    elif message.status == "sent" and not message.step:
        outbox.put(message)
    else:
        raise Refused("wrong_state", f"it is {message.status}")
    return message


def transfer(world: World, person: Person, conversation: Conversation, to: Person | None, note: str) -> None:
    """Hand on what an agent has, with a note to whoever comes next. Raises Refused."""
    if conversation.state != "open":
        raise Refused("wrong_state", f"it is {conversation.state}")
    if to is not None and conversation.agent is to:
        raise Refused("wrong_state", "they have it")
    if to is not None:
        routing.able(to)
    if note:
        shown = conversation.shop.words.check(note, "to_agent").text
        if shown is None:
            raise Refused("blocked")
        author = person if person.role != "admin" else None
        message = conversation.add("agent", note, shown, world.clock.now(), agent=author, private=True)
        if conversation.agent is not None:
            conversation.agent.tell(*message.event())
    routing.pass_on(world, conversation, to, "transferred")


def mark(world: World, person: Person, conversation_id: str, seq: int) -> Json:
    """Its agent has read up to a seq; a mark never goes back. Raises Refused."""
    conversation = of_shop(world, person, conversation_id)
    if conversation.agent is not person:
        raise Refused("not_assignee")
    if seq > conversation.seq:
        raise Refused("bad_seq", f"the newest is {conversation.seq}")
    moved = seq > conversation.read_to
    conversation.read_to = max(seq, conversation.read_to)
    told = {"conversation_id": conversation.id, "seq": conversation.read_to, "unread": conversation.unread}
    if moved:
        person.tell("conversation.read", told)
    return told


def resolve(world: World, person: Person, conversation_id: str) -> Conversation:
    """Its agent finishes the visit, or whoever leads the shop's work. Raises Refused."""
    conversation = of_shop(world, person, conversation_id)
    if person.role == "agent" and conversation.state != "resolved" and conversation.agent is not person:
        raise Refused("not_assignee")
    routing.resolve(conversation)
    return conversation


def of_shop(world: World, person: Person, conversation_id: str) -> Conversation:
    """A conversation of one's own shop; another's looks like none. Raises Refused."""
    conversation = world.conversations.get(conversation_id)
    if conversation is None or conversation.shop is not person.shop:
        raise Refused("not_found")
    return conversation

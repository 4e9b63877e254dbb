"""Who has which conversation: the last agent, else the least load, else the queue; and what goes on when one leaves."""

from typing import Final

from tests.second.scenes import queueing
from tests.second.state import Conversation, Json, Person, Refused, Shop, World

SETTLED: Final = ("sent", "failed", "in_doubt")


def hindrances(agent: Person) -> list[str]:
    """Why routing gives an agent nothing; empty where it may."""
    why = {
        "supervisor": agent.role != "agent", "uncertified": not agent.certified,
        "offline": agent.availability == "offline", "away": agent.availability == "away",
        "no_device": not agent.links, "full": len(agent.held) >= agent.capacity, "spare": agent.spare,
    }  # fmt: skip
    return [name for name, true in why.items() if true]


def route(world: World, conversation: Conversation, reason: str, but: Person | None = None) -> None:
    """Give a conversation that nobody has to an agent, or let it wait; `but` does not get it now."""
    shop = conversation.shop
    agent = None if shop.queue else _pick(shop, conversation, but)
    if agent is not None:
        assign(conversation, agent, reason)
        return
    conversation.state, conversation.agent = "queued", None
    conversation.version += 1
    conversation.waits_since = world.clock.now()
    shop.queue.append(conversation)
    waiting = len(shop.queue)
    told = {"conversation_id": conversation.id, "position": waiting, "waiting": waiting, "tier": "normal"}
    for each in shop.agents.values():
        if each.links:
            each.tell("queue.position", told)
    queueing(world, conversation)


def let_in(shop: Shop) -> None:
    """Whoever waits longest, as long as somebody is able."""
    while shop.queue and (agent := _pick(shop, shop.queue[0], None)):
        assign(shop.queue.pop(0), agent, "queue")


def assign(conversation: Conversation, agent: Person, reason: str) -> None:
    """Hand it to an agent, with what they were never told of the visit, and what became of the rest."""
    conversation.state, conversation.agent = "open", agent
    conversation.version += 1
    agent.held.append(conversation)
    known = conversation.told.get(agent, 0)
    agent.tell("conversation.assigned", _assigned(conversation, agent, reason, known))
    for message in conversation.visit:
        if message.seq > known:
            agent.tell(*message.event())
        if message.status == "recalled":
            agent.tell("message.recalled", message.gone())
        elif message.seq <= known and message.status in SETTLED and message.agent is not agent:
            agent.tell("message.updated", message.fate(""))


def withdraw(conversation: Conversation) -> Person | None:
    """Take it from its agent, who is returned, or out of the queue; another move must follow at once."""
    agent = conversation.agent
    if conversation.state == "queued":
        conversation.shop.queue.remove(conversation)
    if agent is not None:
        agent.held.remove(conversation)
        conversation.told[agent] = conversation.seq
        conversation.last, conversation.agent = agent, None
    return agent


def able(agent: Person) -> None:
    """Raises Refused not_able or no_room."""
    if not agent.present:
        raise Refused("not_able", "uncertified, not online, or without a device")
    if len(agent.held) >= agent.capacity:
        raise Refused("no_room", f"the capacity of {agent.capacity} is used up")


def pass_on(world: World, conversation: Conversation, to: Person | None, reason: str) -> None:
    """From whoever has it to an able agent, or None to whom the rules choose but the giver."""
    giver = withdraw(conversation)
    if to is not None:
        assign(conversation, to, reason)
    else:
        route(world, conversation, reason, giver)
    if giver is not None and giver is not to:
        giver.tell("conversation.transferred", _transferred(conversation, giver, reason))
    let_in(conversation.shop)


def hand_on(world: World, agent: Person, reason: str) -> None:
    """Each conversation of an agent who is gone goes to somebody else, once."""
    for conversation in list(agent.held):
        withdraw(conversation)
        route(world, conversation, "reassigned")
        agent.tell("conversation.transferred", _transferred(conversation, agent, reason))


def resolve(conversation: Conversation) -> None:
    """Finish the visit; there is room for the queue then."""
    if conversation.state == "resolved":
        return
    agent = withdraw(conversation)
    conversation.state = "resolved"
    conversation.version += 1
    if agent is not None:
        agent.tell("conversation.resolved", {"conversation_id": conversation.id, "agent_id": agent.id})
    let_in(conversation.shop)


def set_availability(world: World, agent: Person, to: str) -> None:
    """online lets the queue in, away keeps what is held, offline hands everything on."""
    if agent.availability == to:
        return
    agent.availability = to
    agent.tell("agent.availability", {"agent_id": agent.id, "availability": to, "capacity": agent.capacity})
    if to == "offline":
        hand_on(world, agent, "offline")
    let_in(agent.shop)


def _pick(shop: Shop, conversation: Conversation, but: Person | None) -> Person | None:
    free = [agent for agent in shop.agents.values() if agent is not but and not hindrances(agent)]
    if conversation.last in free:
        return conversation.last
    return min(free, key=lambda agent: len(agent.held), default=None)


def _assigned(conversation: Conversation, agent: Person, reason: str, known: int) -> Json:
    standing = conversation.standing()
    kept = ("conversation_id", "customer", "seq", "version", "priority", "tags", "visit_from", "read_to")
    return {name: standing[name] for name in (*kept, "customer_read")} | {
        "agent_id": agent.id, "capacity": agent.capacity, "load": len(agent.held), "reason": reason, "told_to": known,
    }  # fmt: skip


def _transferred(conversation: Conversation, giver: Person, reason: str) -> Json:
    to = conversation.agent and conversation.agent.id
    return {"conversation_id": conversation.id, "from_agent_id": giver.id, "to_agent_id": to, "reason": reason}

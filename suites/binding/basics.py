"""What every target must do: lend a shop, sign agents in, and pass one message each way, word for word."""

from urllib.parse import urlsplit

from history.tokens import token
from suites.binding.bench import Bench
from suites.binding.line import Wrong
from suites.customer import Said
from suites.desk import Desk
from targets.interface import Agent, Event, Sent, Shop

_AGENTS = 2
_OF_A_DEVICE = ("cursor", "resumed", "events", "reply", "resolve", "availability", "close", "cut")
_TOKENS = 12  # in one text


async def shop(bench: Bench) -> str:
    """Lend a shop with agents; the platform can push to its webhook."""
    wanted = min(_AGENTS, bench.lab.limits.max_agents)
    bench.shop = await bench.lab.shop(agents=wanted)
    made, staff = bench.shop.target, bench.shop.agents
    if not isinstance(made, Shop) or made.id != bench.shop.spec.id:
        raise Wrong(f"shop() gave {made!r}", f"give Shop({bench.shop.spec.id!r}, your own id, the webhook's URL)")
    if len(staff) != wanted or not all(isinstance(each, Agent) for each in staff):
        raise Wrong(f"agents(shop, {wanted}) gave {len(staff)}", "give that many, or lower limits.max_agents")
    if len({each.id for each in staff}) != len(staff):
        raise Wrong("two agents have the same id", "each agent is a person of their own")
    return f"shop {made.target_id}, {len(staff)} agents; the platform may push to {urlsplit(made.webhook_url).netloc}"


async def login(bench: Bench) -> str:
    """An agent signs in on one device and goes online."""
    bench.desk = await bench.shop.desk(0, "1", online=False)
    if missing := [name for name in _OF_A_DEVICE if not hasattr(bench.desk.device, name)]:
        raise Wrong(
            f"the device that connect() gave has no `{', '.join(missing)}`", "see Device in targets/interface.py"
        )
    await bench.desk.availability("online")
    return f"agent {bench.agent.id} is online"


async def inbound(bench: Bench) -> str:
    """A customer's message is told, whole and once, with the platform's id."""
    bench.customer = await bench.shop.customer()
    said = await bench.customer.say("请问在吗")
    event = await _told_of(bench.desk, said)
    bench.conversation, bench.event = event.conversation, event
    wrong_types = [name for name in ("conversation", "target_id") if not isinstance(getattr(event, name), str)]
    if wrong_types or not event.conversation:
        raise Wrong(
            f"the event's {wrong_types or 'conversation'} is no text: {event}", "ids are opaque text: use str(...)"
        )
    if event.platform_id is None:
        return "told; the target keeps no platform ids, so messages are known by the token in their text"
    return f"told, by the platform's id, in conversation {event.conversation}"


async def _told_of(desk: Desk, said: Said) -> Event:
    """The event of that message, or what is wrong with what was told instead."""
    token_ = said.text.rpartition(" ")[2]
    event = await desk.until(
        lambda each: each.platform_id == said.message or token_ in (each.text or ""), f"the message {said.text!r}"
    )
    if event.sender != "customer" or event.kind not in ("message", "withheld"):
        raise Wrong(
            f"it was told as {event.kind} of {event.sender}", "a customer's message is kind message, sender customer"
        )
    if event.platform_id not in (None, said.message):
        do = "platform_id is the platform's server_message_id, digit for digit; None where the target does not keep it"
        raise Wrong(f"platform_id is {event.platform_id!r}, the platform's is {said.message!r}", do)
    if event.text != said.text:
        do = "yield the text as it is; where the target's filter did that, take the word off its list"
        raise Wrong(f"the customer wrote {said.text!r}, told was {event.text!r}", do)
    return event


async def outbound(bench: Bench) -> str:
    """A reply reaches the customer once and whole, also when it is sent again with the same client_id."""
    sent = await bench.desk.reply(bench.conversation, "您好")
    if not isinstance(sent, Sent) or sent.outcome != "ok":
        raise Wrong(f"reply() gave {sent}", "`ok` is a reply that the target has accepted; see rule 3")
    text, own_id = bench.desk.last_text, bench.desk.last_id
    got = await bench.customer.receives(text.rpartition(" ")[2])
    if got.text != text:
        raise Wrong(f"sent was {text!r}, the customer received {got.text!r}", "send the text as it is")
    again = await bench.desk.reply(bench.conversation, text, client_id=own_id, exact=True)
    await bench.desk.reply(bench.conversation, "还在")
    await bench.customer.receives(bench.desk.last_text)
    if len(bench.customer.got(text)) != 1 or again.outcome == "unknown":
        do = "hand client_id to the target as its idempotency key; the same again is the same message"
        raise Wrong(f"sent again ({again.outcome}), it came {len(bench.customer.got(text))} times", do)
    return f"received once, whole; sent again with its id: {again.outcome}, and not received again"


async def echo(bench: Bench) -> str:
    """The platform's echo of a reply is not told as something the customer wrote."""
    await bench.desk.reply(bench.conversation, "马上为您查询")
    text = bench.desk.last_text
    await bench.customer.receives(text)
    await bench.passed()
    told = [each.sender for each in bench.desk.events if text in (each.text or "")]
    if "customer" in told:
        raise Wrong(
            "the echo of our own reply was told as the customer's message", "tell them apart: sender is who wrote it"
        )
    return f"the reply is told as {told[0]}'s" if told else "the reply is not told on the device that sent it"


async def devices(bench: Bench) -> str:
    """A second device of the same agent is told the same."""
    second = await bench.shop.desk(0, "2")
    said = await bench.customer.say("两台设备都能看到吗")
    first_, second_ = await bench.desk.sees(said), await second.sees(said)
    await second.close()
    if (first_.conversation, first_.target_id, first_.seq) != (second_.conversation, second_.target_id, second_.seq):
        do = "conversation, target_id and seq are the target's, the same on every device"
        raise Wrong(
            f"the devices were told of different messages: {first_._replace(raw=b'')}, {second_._replace(raw=b'')}", do
        )
    return "both devices were told, of the same message"


async def words(bench: Bench) -> str:
    """The tokens by which texts are known pass the filter, both ways."""
    names = " ".join(token(bench.lab.spec.number, sender, 7) for sender in range(2, 2 + _TOKENS))
    await _told_of(bench.desk, await bench.customer.say(names))
    sent = await bench.desk.reply(bench.conversation, names)
    if sent.outcome != "ok":
        raise Wrong(f"a reply of {_TOKENS} tokens: {sent}", "let letters-only tokens of 16 pass the target's filter")
    text = bench.desk.last_text
    if (got := await bench.customer.receives(text.rpartition(" ")[2])).text != text:
        raise Wrong(
            f"sent was {text!r}, received {got.text!r}", "let letters-only tokens of 16 pass the target's filter"
        )
    return f"{_TOKENS} tokens each way came through as they were"

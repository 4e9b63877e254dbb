"""Every frame is asyncapi.yaml's, and their order is the session grammar's, on whole recorded sessions."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from contract_tests.dealings import visit
from suites.grammar import Written, breaches
from suites.lab import Lab, LabShop
from suites.labs import Labs
from suites.wire import Wire, connect

GREETING = ("hello", "identify", "ready")


async def token(shop: LabShop, agent: int = 0) -> str:
    """An agent's access token."""
    shop.lab.need("contract")
    return str(await cast(Any, shop.lab.target).bearer(shop.agents[agent]))


async def fresh(shop: LabShop, device: str = "w1", agent: int = 0) -> Wire:
    """A device of our own, past its `ready`."""
    wire = await connect(shop.lab)
    await wire.until("hello")
    await wire.say("identify", token=await token(shop, agent), device_id=device)
    await wire.until("ready")
    return wire


def ops(session: Sequence[Written]) -> list[str]:
    """The ops of a session, in order."""
    return [each.op for each in session]


def flawless(*wires: Wire) -> None:
    """Fail where a frame is none of asyncapi.yaml's, or stands where the grammar has no place for it."""
    for wire in wires:
        assert wire.strange == []
        assert breaches(wire.session) == []
        assert wire.session[0].op == "hello"


async def refused(wire: Wire) -> None:
    """A frame from nobody is answered by an error, or by the end of the connection."""
    if wire.session[-1].op == "closed":
        return
    await wire.say("heartbeat", s=0)
    try:
        assert (await wire.until("error"))["d"]["code"] == "not_identified"
    except AssertionError:
        if wire.session[-1].op != "closed":
            raise


@pytest.mark.promise("SYNC-1")
async def test_a_session_with_everything_a_device_may_say_keeps_the_grammar(lab: Lab) -> None:
    lab.need("contract")
    shop = await lab.shop()
    desk, wire = await shop.desk(), await fresh(shop)
    came = await visit(shop, desk)
    told = await wire.dispatched("message.created")
    about = {"conversation_id": came.conversation}
    await wire.say("ack", s=wire.s)
    await wire.say("read", **about, seq=told["seq"])
    await wire.dispatched("conversation.read")
    await wire.say("typing", **about)
    await wire.say("heartbeat", s=wire.s)
    await wire.until("heartbeat_ack")
    await wire.say("send", **about, text="您好", client_msg_id="m1")
    await wire.until("sent")
    await wire.say("send", **about, text="另一句", client_msg_id="m1")  # the same id with another text
    assert (await wire.until("error"))["d"]["code"] == "client_msg_id_reused"
    await wire.say("read", **about, seq=9999)
    assert (await wire.until("error"))["d"]["code"] == "bad_seq"
    await wire.say("send", conversation_id="no-such", text="您好", client_msg_id="m2")
    assert (await wire.until("error"))["d"]["client_msg_id"] == "m2"
    await wire.say("resolve", **about, client_msg_id="m3")
    await wire.until("sent")
    await wire.dispatched("conversation.resolved")
    await wire.leave()
    flawless(wire)
    assert {"identify", "ack", "read", "typing", "heartbeat", "send", "resolve"} <= set(ops(wire.session))


@pytest.mark.promise("SYNC-1")
async def test_a_cut_device_is_replayed_what_it_missed_before_resumed(lab: Lab) -> None:
    lab.need("contract")
    shop = await lab.shop()
    desk, first = await shop.desk(), await fresh(shop)
    came = await visit(shop, desk)
    await first.dispatched("message.created")
    session, seen = first.ready["session_id"], first.s
    await first.cut()
    missed = [await came.customer.say("还在吗") for _ in range(3)]
    for said in missed:
        await desk.sees(said)
    again = await connect(lab)
    await again.until("hello")
    await again.say("resume", token=await token(shop), session_id=session, s=seen)
    resumed = await again.until("resumed")
    assert resumed["d"]["replayed"] == len([each for each in again.session if each.op == "dispatch"])
    texts = [each.d["text"] for each in again.session if each.op == "dispatch" and "text" in each.d]
    assert texts == [said.text for said in missed]
    after = await came.customer.say("又一句")
    assert (await again.dispatched("message.created", text=after.text))["text"] == after.text
    await again.leave()
    flawless(first, again)


@pytest.mark.promise("SYNC-1")
async def test_a_session_that_is_none_is_told_so_and_the_device_begins_anew(lab: Lab) -> None:
    lab.need("contract")
    shop = await lab.shop()
    wire = await connect(lab)
    await wire.until("hello")
    await wire.say("resume", token=await token(shop), session_id="nonsense", s=5)
    assert (await wire.until("invalid_session"))["d"] == {"resumable": False}
    await wire.say("identify", token=await token(shop), device_id="w1")
    await wire.until("ready")
    await wire.say("heartbeat", s=wire.s)
    await wire.until("heartbeat_ack")
    await wire.leave()
    flawless(wire)
    assert ops(wire.session)[:5] == ["hello", "resume", "invalid_session", "identify", "ready"]


@pytest.mark.promise("AUTH-1")
async def test_who_does_not_say_who_they_are_is_told_nothing(lab: Lab) -> None:
    lab.need("contract")
    shop = await lab.shop()
    stranger = await connect(lab)
    await stranger.until("hello")
    await stranger.say("identify", token="no token", device_id="w1")
    assert await stranger.closed() == 4001
    early = await connect(lab)
    await early.until("hello")
    await refused(early)
    await visit(shop, await shop.desk())  # told to those who have a name
    await refused(early)
    await early.leave()
    assert {each.op for each in early.session if each.by == "service"} <= {"hello", "error", "closed"}
    flawless(stranger, early)


@pytest.mark.promise("LIMIT-1")
@pytest.mark.parametrize(
    "frame",
    [
        "no json",
        '"text"',
        "[]",
        "{}",
        '{"op": 7}',
        '{"op": "nonsense"}',
        '{"op": "send", "d": {"text": 7}}',
        "[" * 50_000,
    ],
    ids=["no JSON", "a text", "an array", "no op", "a number", "an unknown op", "a wrong type", "depth"],
)
async def test_a_frame_that_is_none_is_refused_and_disturbs_nobody(lab: Lab, frame: str) -> None:
    lab.need("contract")
    shop = await lab.shop()
    desk, wire = await shop.desk(), await fresh(shop)
    await wire.write(frame)
    refused = await wire.refusal()
    assert refused in ("bad_frame", 4002), refused
    came = await visit(shop, desk)
    assert desk.times_seen(came.said) == 1
    flawless(wire)


@pytest.mark.promise("SYNC-1")
async def test_before_a_stop_the_device_is_told_and_its_session_goes_on_after_it(labs: Labs) -> None:
    lab = await labs(service=("--resume-window", "60"))
    lab.need("restart")
    shop = await lab.shop()
    wire = await fresh(shop)
    session, seen = wire.ready["session_id"], wire.s
    ending = asyncio.create_task(wire.closed())
    await lab.restart("stop")
    assert await ending == 1012
    assert ops(wire.session)[-2:] == ["reconnect", "closed"]
    again = await connect(lab)
    await again.until("hello")
    await again.say("resume", token=await token(shop), session_id=session, s=seen)
    await again.until("resumed")
    await again.leave()
    flawless(wire, again)

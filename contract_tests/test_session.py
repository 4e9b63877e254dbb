"""SYNC-4: a resume token works only for its own agent and its own device."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
import msgspec
import pytest

from suites.desk import Desk
from suites.lab import Lab, LabShop
from targets.interface import Agent, TargetError

pytestmark = pytest.mark.promise("SYNC-4")


async def _used_by(shop: LabShop, thief: Agent, cursor: str | None) -> Desk | None:
    """The thief's device with somebody else's cursor; None where it was turned away."""
    try:
        return await shop.desk(thief, resume=cursor)
    except TargetError:
        return None


@pytest.mark.parametrize("whose", ["colleague", "stranger"])
async def test_the_cursor_of_somebody_else_opens_nothing(lab: Lab, whose: str) -> None:
    lab.need("resume")
    shop = await lab.shop(agents=2)
    elsewhere = shop if whose == "colleague" else await lab.shop()
    customer, desk = await shop.customer(), await shop.desk(agent=0)
    first = await customer.say("我的电话是多少来着")
    await desk.sees(first)
    cursor = desk.device.cursor
    await desk.cut()
    missed = await customer.say("只给您看")
    await lab.settled()
    thief = await _used_by(elsewhere, elsewhere.agents[-1], cursor)
    if thief is not None:
        assert not thief.device.resumed, "somebody else's session was resumed"
        own = await (await elsewhere.customer()).say("在吗") if whose == "stranger" else None
        if own is not None:
            await thief.sees(own)
        assert (thief.times_seen(first), thief.times_seen(missed)) == (0, 0)
    back = await desk.again()
    await back.sees(missed)
    assert (back.times_seen(first), back.times_seen(missed)) == (0, 1)


@asynccontextmanager
async def _frames(lab: Lab) -> AsyncIterator["Frames"]:
    async with lab.run.http.ws_connect(f"{lab.run.target_url}/api/v1/ws") as ws:
        made = Frames(ws)
        assert (await made.next())["op"] == "hello"
        yield made


class Frames:
    """A device that speaks the contract's frames as it likes."""

    def __init__(self, ws: "aiohttp.ClientWebSocketResponse[bool]") -> None:
        self.ws = ws

    async def say(self, op: str, **d: object) -> None:
        await self.ws.send_str(msgspec.json.encode({"op": op, "d": d}).decode())

    async def next(self) -> dict[str, Any]:
        message = await self.ws.receive(timeout=10)
        assert message.type is aiohttp.WSMsgType.TEXT, f"closed: {self.ws.close_code} {message.extra or ''}"
        return dict(msgspec.json.decode(message.data))

    async def until(self, *ops: str) -> dict[str, Any]:
        while (frame := await self.next())["op"] not in ops:
            pass
        return frame


async def _token(lab: Lab, agent: Agent) -> str:
    lab.need("contract")
    target: Any = lab.target
    return str(await target.bearer(agent))


async def _session(lab: Lab, agent: Agent, device: str) -> str:
    async with _frames(lab) as frames:
        await frames.say("identify", token=await _token(lab, agent), device_id=device)
        return str((await frames.until("ready"))["d"]["session_id"])


FORGERIES: Final[dict[str, Callable[[str], str]]] = {
    "nothing": lambda _: "",
    "rubbish": lambda _: "在吗",
    "cut short": lambda session: session[:-1],
    "one letter changed": lambda session: session[:10] + ("A" if session[10] != "A" else "B") + session[11:],
    "something behind it": lambda session: session + "x",
    "as long as allowed": lambda _: "s" * 1024,
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_session_id_that_was_not_given_is_invalid(lab: Lab, forgery: str) -> None:
    lab.need("contract")
    shop = await lab.shop()
    session = await _session(lab, shop.agents[0], "d1")
    async with _frames(lab) as frames:
        token = await _token(lab, shop.agents[0])
        await frames.say("resume", token=token, session_id=FORGERIES[forgery](session), s=0)
        assert (await frames.next())["op"] == "invalid_session"
        await frames.say("resume", token=token, session_id=session, s=0)  # the same connection may try again
        assert (await frames.until("resumed", "invalid_session"))["op"] == "resumed"


async def test_an_access_token_is_no_session_id_and_a_session_id_no_access_token(lab: Lab) -> None:
    lab.need("contract")
    shop = await lab.shop()
    token = await _token(lab, shop.agents[0])
    session = await _session(lab, shop.agents[0], "d1")
    async with _frames(lab) as frames:
        await frames.say("resume", token=token, session_id=token, s=0)
        assert (await frames.next())["op"] == "invalid_session"
    async with _frames(lab) as frames:
        await frames.say("resume", token=session, session_id=session, s=0)
        message = await frames.ws.receive(timeout=10)
        assert (message.type, frames.ws.close_code) == (aiohttp.WSMsgType.CLOSE, 4001)


async def test_a_session_belongs_to_one_device_whoever_resumes_it_replaces_it(lab: Lab) -> None:
    lab.need("contract")
    shop = await lab.shop()
    token = await _token(lab, shop.agents[0])
    async with _frames(lab) as first, _frames(lab) as second, _frames(lab) as other:
        await first.say("identify", token=token, device_id="d1")
        ready = await first.until("ready")
        await other.say("identify", token=token, device_id="d2")
        await other.until("ready")
        await second.say("resume", token=token, session_id=ready["d"]["session_id"], s=ready["d"]["s"])
        await second.until("resumed")
        with pytest.raises(AssertionError, match="4003"):
            await asyncio.wait_for(first.until("never"), 10)
        await other.say("heartbeat", s=0)
        assert (await other.until("heartbeat_ack"))["op"] == "heartbeat_ack"


@pytest.mark.promise("SYNC-1")
async def test_a_place_that_was_never_reached_is_invalid(lab: Lab) -> None:
    lab.need("contract")
    shop = await lab.shop()
    session = await _session(lab, shop.agents[0], "d1")
    async with _frames(lab) as frames:
        token = await _token(lab, shop.agents[0])
        await frames.say("resume", token=token, session_id=session, s=9_007_199_254_740_991)
        assert (await frames.next())["op"] == "invalid_session"

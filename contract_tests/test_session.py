"""SYNC-4: a resume token works only for its own agent and its own device."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from suites.desk import Desk
from suites.lab import Lab, LabShop
from suites.wire import Wire, greeted
from targets.interface import Agent, TargetError

pytestmark = pytest.mark.promise("SYNC-4")
PLACES: Final = 5  # in the thief's own list; the first of them may lie before the cursor


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
    await desk.availability("away")  # so that whoever comes next is the thief's own customer
    await desk.cut()
    missed = await customer.say("只给您看")
    await lab.settled()
    thief = await _used_by(elsewhere, elsewhere.agents[-1], cursor)
    if thief is not None:
        if "contract" in lab.offers:  # elsewhere a cursor may be no token, but a place in each one's own list
            assert not thief.device.resumed, "somebody else's session was resumed"
        own = await elsewhere.customer()
        for _ in range(PLACES):
            last = await own.say("在吗")
        await thief.sees(last)
        assert (thief.times_seen(first), thief.times_seen(missed)) == (0, 0)
    back = await desk.again()
    await back.sees(missed)
    assert (back.times_seen(first), back.times_seen(missed)) == (0, 1)


async def _token(lab: Lab, agent: Agent) -> str:
    lab.need("contract")
    target: Any = lab.target
    return str(await target.bearer(agent))


async def _session(lab: Lab, agent: Agent, device: str) -> str:
    async with greeted(lab) as wire:
        return str((await wire.identify(await _token(lab, agent), device))["d"]["session_id"])


async def _invalid(wire: Wire) -> None:
    """It is turned away before anything is told."""
    assert (await wire.until("dispatch", "resumed", "invalid_session"))["op"] == "invalid_session"


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
    async with greeted(lab) as wire:
        token = await _token(lab, shop.agents[0])
        await wire.say("resume", token=token, session_id=FORGERIES[forgery](session), s=0)
        await _invalid(wire)
        await wire.say("resume", token=token, session_id=session, s=0)  # the same connection may try again
        assert (await wire.until("resumed", "invalid_session"))["op"] == "resumed"


async def test_an_access_token_is_no_session_id_and_a_session_id_no_access_token(lab: Lab) -> None:
    lab.need("contract")
    shop = await lab.shop()
    token = await _token(lab, shop.agents[0])
    session = await _session(lab, shop.agents[0], "d1")
    async with greeted(lab) as wire:
        await wire.say("resume", token=token, session_id=token, s=0)
        await _invalid(wire)
    async with greeted(lab) as wire:
        await wire.say("resume", token=session, session_id=session, s=0)
        assert await wire.closed() == 4001


async def test_a_session_belongs_to_one_device_whoever_resumes_it_replaces_it(lab: Lab) -> None:
    lab.need("contract")
    shop = await lab.shop()
    token = await _token(lab, shop.agents[0])
    async with greeted(lab) as first, greeted(lab) as second, greeted(lab) as other:
        ready = await first.identify(token, "d1")
        await other.identify(token, "d2")
        await second.say("resume", token=token, session_id=ready["d"]["session_id"], s=ready["d"]["s"])
        await second.until("resumed")
        assert await first.closed() == 4003
        await other.say("heartbeat", s=0)
        await other.until("heartbeat_ack")


@pytest.mark.promise("SYNC-1")
async def test_a_place_that_was_never_reached_is_invalid(lab: Lab) -> None:
    lab.need("contract")
    shop = await lab.shop()
    session = await _session(lab, shop.agents[0], "d1")
    async with greeted(lab) as wire:
        token = await _token(lab, shop.agents[0])
        await wire.say("resume", token=token, session_id=session, s=9_007_199_254_740_991)
        await _invalid(wire)

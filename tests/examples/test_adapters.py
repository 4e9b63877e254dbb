"""Both adapters of docs/examples bind a real system to the real gateway, and say truly what they cannot know."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import aiohttp
import pytest

from golive.config import TargetConfig
from history.run import App, ShopSpec
from suites.lab import Lab
from suites.opening import open_lab
from suites.setting import Setting
from targets.interface import Closed, Run, Sent, TargetError, Version
from targets.loading import load
from tests.examples.system import ADMIN, PASSWORD, System, running

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SECRETS = {"admin_token": ADMIN, "agent_password": PASSWORD}
ADAPTERS = ["polled_rest", "websocket"]
Bind = Callable[..., AbstractAsyncContextManager[Lab]]


@pytest.fixture(params=ADAPTERS)
def adapter(request: pytest.FixtureRequest) -> str:
    return str(EXAMPLES / f"{request.param}.py")


@pytest.fixture
def bind(adapter: str, tmp_path: Path) -> Bind:
    @contextlib.asynccontextmanager
    async def bound(system: System) -> AsyncIterator[Lab]:
        async with running(system) as url:
            asked = Setting("tiny", TargetConfig(url=url, adapter=adapter), SECRETS)
            async with open_lab(asked, tmp_path) as lab:
                yield lab

    return bound


async def test_a_customer_and_an_agent_talk_through_it(bind: Bind) -> None:
    async with bind(System()) as lab:
        assert lab.version == Version("tiny", "7")
        shop = await lab.shop(agents=1)
        customer, desk = await shop.customer(), await shop.desk()
        said = await customer.say("在吗")
        event = await desk.sees(said)
        assert (event.platform_id, event.text, event.sender) == (said.message, said.text, "customer")
        assert (await desk.reply(event.conversation, "您好")).outcome == "ok"
        await customer.receives(desk.last_text)
        again = await desk.reply(event.conversation, desk.last_text, client_id=desk.last_id, exact=True)
        assert again.outcome == "ok"
        await desk.reply(event.conversation, "再见")
        await customer.receives(desk.last_text)
        assert len(customer.received) == 2  # the same key again was one reply


async def test_a_cut_device_gets_exactly_what_it_missed(bind: Bind) -> None:
    async with bind(System()) as lab:
        shop = await lab.shop(agents=1)
        customer, desk = await shop.customer(), await shop.desk()
        before = await customer.say("一")
        await desk.sees(before)
        await desk.cut()
        missed = await customer.say("二")
        back = await desk.again()
        after = await customer.say("三")
        await back.sees(after)
        assert back.device.resumed
        assert [back.times_seen(each) for each in (before, missed, after)] == [0, 1, 1]


async def test_a_lab_after_another_loses_nothing_at_a_system_that_forgets_nothing(bind: Bind) -> None:
    system = System()
    for _ in range(2):
        async with bind(system) as lab:
            shop = await lab.shop(agents=1)
            customer, desk = await shop.customer(), await shop.desk()
            await desk.sees(await customer.say("在吗"))


async def test_a_system_that_takes_a_push_twice_is_seen_to(bind: Bind) -> None:
    for slips, times in (("", 1), ("forgets ids", 2)):
        async with bind(System(slips)) as lab:
            shop = await lab.shop(agents=1)
            customer, desk = await shop.customer(), await shop.desk()
            await lab.disturb(customer, doubled=True)
            said = await customer.say("在吗")
            await desk.sees(said)
            await lab.settled()
            await desk.sees(await customer.say("还在吗"))
            assert desk.times_seen(said) == times


async def test_a_refusal_is_failed_and_a_system_that_is_gone_is_unknown(adapter: str) -> None:
    spec = ShopSpec(id="s1", name="", open_id="o1", customers=1, agents=1, capacity=15, authorization_code="c")
    target = load(adapter)
    async with aiohttp.ClientSession() as http:
        async with running(System()) as url:
            app = App(client_key="k", client_secret="s")
            await target.open(Run("r1", "http://127.0.0.1:9", url, app, (spec,), 1.0, http, SECRETS))
            (agent,) = await target.agents(await target.shop(spec), 1)
            device = await target.connect(agent, "1", None)
            events = device.events()
            begun = anext(events)
            reading = asyncio.ensure_future(begun)
            assert (await device.reply("nobody's", "您好", "k1")).outcome == "failed"
        assert await device.reply("nobody's", "您好", "k2") == Sent("unknown")
        assert isinstance(await reading, Closed)
        with pytest.raises(TargetError):
            await target.connect(agent, "1", None)

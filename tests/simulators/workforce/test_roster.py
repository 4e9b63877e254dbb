"""Who works in a run, and where the platform pushes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import aiohttp
import pytest
from aiohttp import web

from history.run import ShopSpec
from simulators.workforce.roster import provision, register, webhook
from targets.interface import Agent, Shop, Target, TargetError


def spec(number: int, agents: int) -> ShopSpec:
    return ShopSpec(
        id=f"s{number:02d}",
        name="测试",
        open_id=f"o{number}",
        customers=15,
        agents=agents,
        capacity=15,
        authorization_code="code",
    )


class Staffing:
    """Makes shops and agents, `short` of them too few; knows how many shops were in the making at once."""

    name = "staffing"

    def __init__(self, short: int = 0) -> None:
        self.short = short
        self.now = self.most = 0

    async def shop(self, want: ShopSpec) -> Shop:
        self.now += 1
        self.most = max(self.most, self.now)
        return Shop(want.id, f"t-{want.id}", "http://127.0.0.1/hook")

    async def agents(self, shop: Shop, n: int) -> list[Agent]:
        self.now -= 1
        return [Agent(f"{shop.id}-{number}", shop, 15, "") for number in range(n - self.short)]


async def test_every_shop_gets_its_agents_in_the_order_of_the_specification() -> None:
    target = Staffing()
    staff = await provision(cast(Target, target), [spec(1, 2), spec(2, 1)])
    assert [agent.id for agent in staff] == ["s01-0", "s01-1", "s02-0"]


async def test_at_most_eight_shops_are_made_at_once() -> None:
    target = Staffing()
    await provision(cast(Target, target), [spec(number, 1) for number in range(40)])
    assert target.most <= 8


async def test_too_few_agents_are_refused_by_name_of_shop() -> None:
    with pytest.raises(TargetError, match="target staffing: shop s01 needs 2 agents, it gave 1"):
        await provision(cast(Target, Staffing(short=1)), [spec(1, 2)])


def test_an_application_has_one_webhook() -> None:
    shops = [Shop("s1", "1", "http://a"), Shop("s2", "2", "http://a")]
    assert webhook(shops) == "http://a"
    with pytest.raises(TargetError, match=r"2 webhook URLs \(http://a, http://b\)"):
        webhook([*shops, Shop("s3", "3", "http://b")])


@asynccontextmanager
async def gateway(answer: web.Response) -> AsyncIterator[tuple[str, list[object]]]:
    asked: list[object] = []

    async def accept(request: web.Request) -> web.Response:
        asked.append((request.headers["X-Golive-Key"], await request.json()))
        return answer

    app = web.Application()
    app.router.add_post("/_golive/webhook", accept)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    finally:
        await runner.cleanup()


async def test_the_gateway_is_told_the_webhook() -> None:
    async with gateway(web.json_response({"ok": True})) as (url, asked), aiohttp.ClientSession() as http:
        await register(http, url, "the key", "http://127.0.0.1/hook")
    assert asked == [("the key", {"url": "http://127.0.0.1/hook"})]


async def test_what_the_gateways_probe_found_wrong_is_passed_on() -> None:
    refusal = web.json_response(
        {"ok": False, "why": "the challenge did not come back", "why_zh": "没有返回"}, status=422
    )
    async with gateway(refusal) as (url, _), aiohttp.ClientSession() as http:
        with pytest.raises(
            TargetError, match=r"refused the webhook http://127\.0\.0\.1/hook: the challenge did not come back\n没有"
        ):
            await register(http, url, "the key", "http://127.0.0.1/hook")


async def test_a_gateway_that_is_not_there_is_named() -> None:
    async with gateway(web.Response()) as (url, _):
        pass
    async with aiohttp.ClientSession() as http:
        with pytest.raises(TargetError, match=f"the gateway at {url} cannot be reached"):
            await register(http, url, "the key", "http://127.0.0.1/hook")

"""Too much of anything is refused aloud, and others notice nothing (LIMIT-1, OVERLOAD-1)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import msgspec
import pytest

from reference_service.domain.rates import Rate
from reference_service.settings import Settings

TWO = Rate(per_s=0.1, burst=2)


async def statuses(call: Callable[[], Awaitable[Any]], times: int) -> list[int]:
    return [(await call()).status_code for _ in range(times)]


async def test_a_caller_beyond_the_rate_is_refused_others_are_not_and_time_heals(
    settings: Settings, serve: Any
) -> None:
    async with serve(msgspec.structs.replace(settings, caller_rate=TWO)) as service:
        admin = await service.shop()
        _, agent = await service.agent(admin)
        seen = await statuses(lambda: service.http.get("/api/v1/conversations", headers=agent), 4)
        assert seen == [200, 200, 429, 429]
        refused = await service.http.get("/api/v1/conversations", headers=agent)
        assert (refused.json()["code"], refused.headers["retry-after"]) == ("too_many_requests", "10")
        assert (await service.http.get("/api/v1/conversations", headers=admin)).status_code == 200
        service.engine.clock._offset += 10
        assert await statuses(lambda: service.http.get("/api/v1/conversations", headers=agent), 2) == [200, 429]
        assert service.engine.limits.hits == {"caller_rate": 4}


async def test_a_shop_beyond_its_rate_is_refused_and_the_others_are_not(settings: Settings, serve: Any) -> None:
    async with serve(msgspec.structs.replace(settings, shop_rate=Rate(per_s=0.001, burst=4))) as service:
        noisy = await service.shop("s1")
        _, agent = await service.agent(noisy)  # one
        seen = [await statuses(lambda h=h: service.http.get("/api/v1/sync", headers=h), 3) for h in (agent, noisy)]
        assert seen == [[200, 200, 200], [403, 403, 403]]  # who may not ask at all costs the shop nothing
        assert await statuses(lambda: service.http.get("/api/v1/agents", headers=noisy), 2) == [429, 429]
        quiet = await service.shop("s2")
        assert await statuses(lambda: service.http.get("/api/v1/agents", headers=quiet), 4) == [200] * 4


async def test_requests_without_a_token_are_counted_by_address_and_health_is_never_refused(
    settings: Settings, serve: Any
) -> None:
    async with serve(msgspec.structs.replace(settings, peer_rate=TWO)) as service:
        refresh = {"refresh_token": "x"}
        asked = await statuses(lambda: service.http.post("/api/v1/auth/refresh", json=refresh), 3)
        assert asked == [401, 401, 429]
        assert await statuses(lambda: service.http.get("/healthz"), 3) == [200] * 3


async def test_guesses_of_the_operator_key_are_counted_and_the_right_key_is_never_barred(
    settings: Settings, serve: Any
) -> None:
    async with serve(msgspec.structs.replace(settings, peer_failures=TWO)) as service:
        guess = {"Authorization": "Bearer guess"}
        assert await statuses(lambda: service.http.delete("/api/v1/test-data", headers=guess), 3) == [401, 401, 429]
        right = {"Authorization": "Bearer op"}
        assert (await service.http.delete("/api/v1/test-data", headers=right)).status_code == 200


# Devices.


def token(headers: dict[str, str]) -> str:
    return headers["Authorization"].removeprefix("Bearer ")


async def refused(service: Any, agent: dict[str, str], name: str) -> int | None:
    device = await service.connect()
    await device.say("identify", token=token(agent), device_id=name)
    code: int | None = await device.closed()
    return code


async def test_an_agent_has_so_many_devices_and_one_of_them_may_come_again(settings: Settings, serve: Any) -> None:
    async with serve(msgspec.structs.replace(settings, max_devices=2)) as service:
        admin = await service.shop()
        _, agent = await service.agent(admin)
        _, other = await service.agent(admin)
        first, second = await service.device(agent, "d1"), await service.device(agent, "d2")
        assert await refused(service, agent, "d3") == 4029
        open_now = [await service.device(agent, "d1"), await service.device(other, "d1")]
        assert await first.closed() == 4003
        await second.ws.close()
        await left(service, 2)
        open_now.append(await service.device(agent, "d3"))
        assert not any(device.ws.closed for device in open_now)
        assert service.engine.limits.hits == {"devices": 1}


async def test_a_shop_has_so_many_devices_and_another_shop_its_own(settings: Settings, serve: Any) -> None:
    async with serve(msgspec.structs.replace(settings, max_shop_devices=2)) as service:
        first, second = await service.shop("s1"), await service.shop("s2")
        agents = [(await service.agent(first))[1] for _ in range(3)]
        leaving, staying = await service.device(agents[0]), await service.device(agents[1])
        assert await refused(service, agents[2], "d1") == 4029
        elsewhere = await service.device((await service.agent(second))[1])
        await leaving.ws.close()
        await left(service, 2)
        coming = await service.device(agents[2])
        assert not any(device.ws.closed for device in (staying, elsewhere, coming))


async def left(service: Any, devices: int) -> None:
    """Wait until so many are connected."""
    async with asyncio.timeout(5):
        while len(service.engine.hub.all()) > devices:  # noqa: ASYNC110 - the hub tells nobody
            await asyncio.sleep(0.01)


async def test_who_never_says_their_name_is_closed(settings: Settings, serve: Any) -> None:
    async with serve(msgspec.structs.replace(settings, identify_s=0.05)) as service:
        device = await service.connect()
        assert await device.closed() == 4001
        assert (service.engine.limits.hits["identify"], service.engine.limits.unnamed) == (1, 0)


async def test_connections_without_a_name_are_bounded(settings: Settings, serve: Any) -> None:
    async with serve(msgspec.structs.replace(settings, max_unnamed=1)) as service:
        admin = await service.shop()
        _, agent = await service.agent(admin)
        first = await service.connect()
        assert await (await service.connect()).closed() == 4029
        await first.say("identify", token=token(agent), device_id="d1")
        assert (await first.frame())["op"] == "ready"
        await service.device(agent, "d2")


async def test_a_device_that_talks_too_fast_is_closed_and_its_neighbour_is_not(settings: Settings, serve: Any) -> None:
    async with serve(msgspec.structs.replace(settings, frame_rate=Rate(per_s=0.001, burst=5))) as service:
        admin = await service.shop()
        _, agent = await service.agent(admin)
        fast, slow = await service.device(agent, "d1"), await service.device(agent, "d2")
        for _ in range(5):  # identify was the first of five
            await fast.say("heartbeat")
        assert await fast.closed() == 4008
        assert [frame["op"] for frame in fast.frames].count("heartbeat_ack") == 4
        await slow.say("heartbeat")
        assert (await slow.frame())["op"] == "heartbeat_ack"
        assert service.engine.limits.hits == {"frame_rate": 1}


@pytest.mark.parametrize(
    ("origin", "opens"), [(None, True), ("http://127.0.0.1:{port}", True), ("http://evil.test", False), ("null", False)]
)
async def test_a_page_of_another_site_opens_no_connection(service: Any, origin: str | None, opens: bool) -> None:
    await service.connect()  # so that there is a port
    headers = {} if origin is None else {"Origin": origin.format(port=service._port)}
    url = f"http://127.0.0.1:{service._port}/api/v1/ws"
    if opens:
        async with service.ws.ws_connect(url, headers=headers) as ws:
            assert (await ws.receive_json())["op"] == "hello"
    else:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await service.ws.ws_connect(url, headers=headers)
        assert refusal.value.status == 403


# Answers.


async def test_every_answer_tells_a_browser_to_keep_run_and_guess_nothing(service: Any) -> None:
    admin = await service.shop()
    push = await service.push(service.event("你好"))
    forged = await service.push(service.event("你好"), secret="wrong")
    others = [
        await service.http.get(path, headers=admin)
        for path in ("/api/v1/conversations", "/api/v1/conversations/none", "/healthz", "/openapi.yaml")
    ]
    assert [answer.status_code for answer in (push, forged, *others)] == [200, 401, 200, 404, 200, 200]
    for answer in (push, forged, *others):
        told = {name: answer.headers.get(name) for name in ("cache-control", "x-content-type-options")}
        assert told == {"cache-control": "no-store", "x-content-type-options": "nosniff"}
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


# The inbox.


class Stalled:
    """The journal, holding every commit back until it is let go."""

    def __init__(self, engine: Any) -> None:
        self._journal = engine.journal

    def __enter__(self) -> None:
        self._journal._soon = lambda: None

    def __exit__(self, *_: object) -> None:
        del self._journal._soon
        self._journal._next()


async def push(service: Any, shop: str, times: int) -> list[asyncio.Task[Any]]:
    """Pushes on their way, each as far as it gets."""
    events = [service.event("你好", customer=f"c{number}", shop=shop) for number in range(times)]
    tasks = [asyncio.create_task(service.push(event)) for event in events]
    for _ in range(30):  # the steps of a request until its commit, and not one second
        await asyncio.sleep(0)
    return tasks


async def test_a_noisy_shop_is_refused_and_a_quiet_one_is_not_and_nothing_is_silent(
    settings: Settings, serve: Any
) -> None:
    async with serve(msgspec.structs.replace(settings, inbox=100)) as service:
        first = await service.shop("noisy")
        second = await service.shop("quiet")
        loud = await service.device((await service.agent(first, capacity=1000))[1])
        calm = await service.device((await service.agent(second, capacity=1000))[1])
        with Stalled(service.engine):
            flood = await push(service, "noisy", 300)
            few = await push(service, "quiet", 20)
            assert service.engine.inbox.waiting == 50 + 20
        answers = await asyncio.gather(*flood, *few)
        assert [answer.status_code for answer in answers] == [200] * 50 + [429] * 250 + [200] * 20
        assert {answer.headers.get("retry-after") for answer in answers[50:300]} == {"1"}
        assert service.engine.limits.hits == {"inbox": 250}
        assert len(service.engine.world.floors["noisy"].threads) == 50

        service.engine._tell_ignored_at = 0.0
        service.engine.tick()
        assert (await loud.dispatch("notice.overload"))["refused"] == 250
        await service.write("之后", customer="c999", shop="noisy")  # it has recovered
        await service.write("之后", customer="c999", shop="quiet")
        while (await calm.dispatch("message.created"))["text"] != "之后":
            pass
        assert "notice.overload" not in [frame.get("t") for frame in calm.frames]

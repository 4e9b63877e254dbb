"""Outbound events over real connections: signed, retried, never to where they must not go (EVENTS-1)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest
import standardwebhooks
from aiohttp import web

from reference_service.domain.announcing import DeadLetter, Delivery
from reference_service.settings import Settings
from tests.reference_service.api.conftest import conform

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
FAST = (0.01, 0.02)


class Crm:
    """A shop's other system: `heard` are the requests it got; `script` holds its next answers, then 204."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[tuple[dict[str, str], bytes]] = asyncio.Queue()
        self.script: list[int | Answer] = []
        self.at_once = self.most = 0
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            body = await request.read()
            told = self.script.pop(0) if self.script else 204
            answer = web.Response(status=told) if isinstance(told, int) else await told(request)
            self.heard.put_nowait(({name.lower(): value for name, value in request.headers.items()}, body))
            return answer
        finally:
            self.at_once -= 1

    async def next(self, secret: str) -> tuple[str, dict[str, Any]]:
        """The next request, verified as any receiver would: its id and its body."""
        headers, body = await asyncio.wait_for(self.heard.get(), 10)
        told = standardwebhooks.Webhook(secret).verify(body, headers)
        conform("http", {"$ref": "#/components/schemas/OutboundEvent"}, told)
        return headers["webhook-id"], told


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[Crm]:
    crm = Crm()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", crm.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    crm.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield crm
    await runner.cleanup()


@pytest.fixture
async def crm() -> AsyncIterator[Crm]:
    async with listening() as crm:
        yield crm


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, event_plan_s=FAST, event_timeout_s=0.3)


async def subscribe(service: Any, admin: Any, url: str, *events: str) -> dict[str, Any]:
    body = {"url": url, "events": events or ["conversation.opened"]}
    made = await service.http.post("/api/v1/webhooks", json=body, headers=admin)
    assert made.status_code == 201, made.text
    told: dict[str, Any] = made.json()
    return told


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - a commit tells nobody but its own command
            await asyncio.sleep(0.01)


def waiting(service: Any) -> int:
    return len(service.engine.reader.rows(Delivery))


async def dead(service: Any, admin: Any, webhook: dict[str, Any]) -> list[dict[str, Any]]:
    """The dead letters, once there are any."""
    await until(lambda: bool(service.engine.reader.rows(DeadLetter)))
    got = await service.http.get(f"/api/v1/webhooks/{webhook['id']}/dead-letters", headers=admin)
    items: list[dict[str, Any]] = got.json()["items"]
    return items


async def test_an_event_is_delivered_once_signed_and_then_gone(service: Any, crm: Crm) -> None:
    admin = await service.shop()
    made = await subscribe(service, admin, crm.url, "message.created")
    await service.write("你好")
    event, told = await crm.next(made["secret"])
    assert (event, told["type"], told["data"]["text"]) == ("evt1", "message.created", "你好")
    await until(lambda: waiting(service) == 0)
    assert crm.heard.empty()
    listed = (await service.http.get("/api/v1/webhooks", headers=admin)).json()["items"]
    assert listed == [{name: value for name, value in made.items() if name != "secret"}]
    assert listed[0]["waiting"] == 0


async def test_an_error_is_tried_again_under_the_same_id_with_a_new_signature(service: Any, crm: Crm) -> None:
    admin = await service.shop()
    made = await subscribe(service, admin, crm.url)
    crm.script = [500, 302]
    await service.write("你好")
    attempts = [await crm.next(made["secret"]) for _ in range(3)]
    assert attempts[0] == attempts[1] == attempts[2]
    await until(lambda: waiting(service) == 0)
    assert crm.heard.empty()


async def test_after_the_plan_it_is_a_dead_letter_and_can_be_sent_again(service: Any, crm: Crm) -> None:
    admin = await service.shop()
    made = await subscribe(service, admin, crm.url)
    crm.script = [500] * (len(FAST) + 1)
    await service.write("你好")
    (letter,) = await dead(service, admin, made)
    sent = [await crm.next(made["secret"]) for _ in range(3)]
    assert (letter["event"], letter["attempts"], letter["why"]) == (sent[0][0], 3, "answered 500")
    path = f"/api/v1/webhooks/{made['id']}/redeliver"
    again = await service.http.post(path, json={"events": ["evt0"]}, headers=admin)
    assert again.json() == {"redelivered": 0}
    again = await service.http.post(path, json={"events": [letter["event"]]}, headers=admin)
    assert again.json() == {"redelivered": 1}
    assert await crm.next(made["secret"]) == sent[0]
    await until(lambda: waiting(service) == 0)
    assert service.engine.reader.rows(DeadLetter) == []
    assert (await service.http.post(path, json={}, headers=admin)).json() == {"redelivered": 0}


async def test_who_is_slow_or_not_there_delays_nobody_else(service: Any, crm: Crm) -> None:
    admin = await service.shop()
    forever = asyncio.Event()

    async def never(_: web.Request) -> web.StreamResponse:
        await forever.wait()
        return web.Response()

    async with listening() as slow:
        slow.script = [never] * 100
        stuck = await subscribe(service, admin, slow.url)
        gone = await subscribe(service, admin, "http://127.0.0.1:9/nobody")
        quick = await subscribe(service, admin, crm.url)
        for number in range(20):
            await service.write("你好", customer=f"c{number}")
        assert len({(await crm.next(quick["secret"]))[0] for _ in range(20)}) == 20
        await until(lambda: waiting(service) == 0)
        forever.set()
    whys = {one.webhook_id: one.why for one in service.engine.reader.rows(DeadLetter)}
    assert whys == {stuck["id"]: "no answer in time", gone["id"]: "ClientConnectorError"}


async def test_one_webhook_is_asked_so_many_things_at_once(settings: Settings, serve: Any, crm: Crm) -> None:
    go = asyncio.Event()

    async def hold(_: web.Request) -> web.StreamResponse:
        await go.wait()
        return web.Response()

    async with serve(msgspec.structs.replace(settings, events_at_once_each=3, event_timeout_s=30.0)) as service:
        admin = await service.shop()
        await subscribe(service, admin, crm.url)
        crm.script = [hold] * 10
        for number in range(10):
            await service.write("你好", customer=f"c{number}")
        await until(lambda: crm.at_once == 3)
        go.set()
        await until(lambda: waiting(service) == 0)
        assert (crm.most, crm.heard.qsize()) == (3, 10)


async def test_a_redirect_is_not_followed(service: Any, crm: Crm) -> None:
    admin = await service.shop()
    async with listening() as inside:

        async def elsewhere(_: web.Request) -> web.StreamResponse:
            raise web.HTTPTemporaryRedirect(inside.url)

        crm.script = [elsewhere] * 3
        made = await subscribe(service, admin, crm.url)
        await service.write("你好")
        assert [letter["why"] for letter in await dead(service, admin, made)] == ["answered 307"]
        assert inside.heard.empty()


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://metadata.test/", "http://localhost.evil.test/", "ftp://x/"]
)
async def test_a_host_that_the_operator_did_not_name_is_refused(service: Any, url: str) -> None:
    admin = await service.shop()
    body = {"url": url, "events": ["conversation.opened"]}
    refused = await service.http.post("/api/v1/webhooks", json=body, headers=admin)
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_address")


@pytest.mark.parametrize("test_hooks", [True, False])
async def test_a_name_that_leads_inside_is_not_connected_to(
    settings: Settings, serve: Any, crm: Crm, monkeypatch: pytest.MonkeyPatch, test_hooks: bool
) -> None:
    """The name is allowed; what it resolves to is not: loopback without test hooks, a private address with them."""
    leads = "10.255.255.1" if test_hooks else "127.0.0.1"
    loop = asyncio.get_running_loop()
    resolve = loop.getaddrinfo

    async def resolved(host: Any, port: Any, **more: Any) -> Any:
        return await resolve(leads if host == "crm.example.com" else host, port, **more)

    monkeypatch.setattr(loop, "getaddrinfo", resolved)
    named = msgspec.structs.replace(settings, allow_hosts=frozenset({"crm.example.com"}), test_hooks=test_hooks)
    async with serve(named) as service:
        admin = await service.shop()
        made = await subscribe(service, admin, f"http://crm.example.com:{crm.url.split(':')[2]}")
        await service.write("你好")
        assert [letter["why"] for letter in await dead(service, admin, made)] == ["address not permitted"]
        assert crm.heard.empty()


async def test_a_real_name_of_this_machine_leads_here_only_where_the_address_is_named_too(
    settings: Settings, serve: Any, crm: Crm
) -> None:
    """`localhost` has more than one address on most machines: none of them may be the way in."""
    here = crm.url.replace("127.0.0.1", "localhost")
    name = msgspec.structs.replace(settings, allow_hosts=frozenset({"localhost"}), test_hooks=False)
    async with serve(name) as service:
        admin = await service.shop()
        made = await subscribe(service, admin, here)
        await service.write("你好")
        assert [letter["why"] for letter in await dead(service, admin, made)] == ["address not permitted"]
        assert crm.heard.empty()
    async with serve(msgspec.structs.replace(name, allow_hosts=frozenset({"localhost", "127.0.0.1"}))) as service:
        await service.write("在吗", customer="c2", message="@m9==")
        assert (await crm.next(made["secret"]))[1]["type"] == "conversation.opened"


async def test_what_waited_outlives_a_restart(settings: Settings, serve: Any, crm: Crm) -> None:
    later = msgspec.structs.replace(settings, event_plan_s=(0.5,))
    async with serve(later) as service:
        admin = await service.shop()
        made = await subscribe(service, admin, crm.url)
        crm.script = [500]
        await service.write("你好")
        first = await crm.next(made["secret"])
        await until(lambda: [one.attempt for one in service.engine.reader.rows(Delivery)] == [1])
    async with serve(later) as service:
        assert await crm.next(made["secret"]) == first
        await until(lambda: waiting(service) == 0)


async def test_a_removed_webhook_or_shop_hears_nothing_more(service: Any, crm: Crm) -> None:
    admin = await service.shop("s1")
    other = await service.shop("s2")
    held = asyncio.Event()

    async def hold(_: web.Request) -> web.StreamResponse:
        await held.wait()
        return web.Response(status=500)

    crm.script = [hold, hold]
    made = await subscribe(service, admin, crm.url)
    await subscribe(service, other, crm.url)
    await service.write("你好", shop="s1")
    await service.write("你好", shop="s2")
    await until(lambda: crm.at_once == 2)
    gone = await service.http.delete(f"/api/v1/webhooks/{made['id']}", headers=admin)
    assert gone.status_code == 204
    assert (await service.http.delete("/api/v1/shops/s2", headers={"Authorization": "Bearer op"})).status_code == 204
    held.set()
    await until(lambda: crm.heard.qsize() == 2)
    await asyncio.sleep(sum(FAST) * 3)  # longer than the whole plan
    assert (crm.heard.qsize(), waiting(service), service.engine.reader.rows(DeadLetter)) == (2, 0, [])
    assert (await service.http.get("/api/v1/webhooks", headers=admin)).json() == {"items": []}


async def test_a_shop_has_ten_webhooks_at_most(service: Any, crm: Crm) -> None:
    admin = await service.shop()
    for _ in range(10):
        await subscribe(service, admin, crm.url)
    body = {"url": crm.url, "events": ["conversation.opened"]}
    refused = await service.http.post("/api/v1/webhooks", json=body, headers=admin)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many")


async def test_dead_letters_are_paged_and_go_after_their_time(service: Any, crm: Crm) -> None:
    admin = await service.shop()
    made = await subscribe(service, admin, crm.url)
    crm.script = [500] * 9
    for number in range(3):
        await service.write("你好", customer=f"c{number}")
    await until(lambda: len(service.engine.reader.rows(DeadLetter)) == 3)
    path = f"/api/v1/webhooks/{made['id']}/dead-letters"
    first = (await service.http.get(path, params={"limit": 2}, headers=admin)).json()
    rest = (await service.http.get(path, params={"limit": 2, "after": first["next"]}, headers=admin)).json()
    assert [one["event"] for one in first["items"] + rest["items"]] == ["evt1", "evt2", "evt3"]
    assert rest["next"] is None
    await service.engine.travel(32 * 86400.0)
    assert (await service.http.get(path, headers=admin)).json() == {"items": [], "next": None}

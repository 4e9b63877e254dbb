"""Registering the webhook: proven by a challenge, on loopback, or not at all."""

from typing import Any

import pytest
from aiohttp import web


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "the body must be"),
        (b'{"url":"x","more":1}', "the body must be"),
        (b'{"url":"http:///hook"}', "is no http:// or https:// URL"),
        (b'{"url":"ftp://127.0.0.1/"}', "is no http:// or https:// URL"),
        (
            b'{"url":"http://192.0.2.1/hook"}',
            "pushes go to loopback only; allow another host by its name in GOLIVE_ALLOW",
        ),
        (b'{"url":"http://127.0.0.1.example.com/"}', "pushes go to loopback only"),
        (b'{"url":"http://127.0.0.1:1/"}', "did not answer the probe: no connection: connection refused"),
        (b'{"url":"http://127.0.0.1:99999/"}', "is no URL"),
        (b'{"url":"http://[::1/"}', "is no URL"),
    ],
)
async def test_a_webhook_that_cannot_be_is_refused_with_the_reason(bench: Any, body: bytes, why: str) -> None:
    async with bench(register=False) as b:
        answer = await b.post("/_golive/webhook", body)
        assert (answer["status"], answer["ok"]) == (422, False)
        assert why in answer["why"]


async def test_a_webhook_must_answer_its_own_challenge(bench: Any) -> None:
    async def parrot(_: web.Request) -> web.Response:
        return web.Response(text='{"challenge":1}')

    app = web.Application()
    app.router.add_post("/hook", parrot)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with bench(register=False) as b:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        answer = await b.post("/_golive/webhook", {"url": url})
        assert answer["why"].startswith(
            f"{url} did not answer the probe as it must, but with HTTP 200: '{{\"challenge\":1}}'"
        )
        proven = await b.post("/_golive/webhook", {"url": b.target.url})
        assert (proven["status"], proven["ok"]) == (200, True)
    await runner.cleanup()


async def test_a_host_beyond_loopback_is_pushed_to_once_it_is_allowed(bench: Any) -> None:
    async with bench(register=False) as b, bench(register=False, allow=["127.1"]) as allowing:
        url = b.target.url.replace("127.0.0.1", "127.1")  # a name to the rule, though the system resolves it to here
        assert "GOLIVE_ALLOW" in (await b.post("/_golive/webhook", {"url": url}))["why"]
        assert (await allowing.post("/_golive/webhook", {"url": url}))["ok"]


async def test_health_counts_what_is_there(bench: Any) -> None:
    async with bench(register=False, retry_s=(60.0,)) as b:
        kept = [await b.customer(name) for name in ("c1", "c2")]  # one that is dropped is closed
        async with b.http.get(f"{b.url}/_golive/health") as answer:
            assert await answer.json() == {"pending": 2, "customers": 2, "conversations": len(kept), "not_stubbed": {}}

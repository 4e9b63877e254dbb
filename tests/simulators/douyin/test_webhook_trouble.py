"""A webhook that cannot be proven is explained in both languages, by what really happened to a real probe."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from yarl import URL

from golive import certs
from simulators.douyin.webhook_client import WebhookClient
from simulators.douyin.webhook_trouble import trouble
from targets.platform import Request

LIMIT_S = 0.5
Handler = Callable[[web.Request], Awaitable[web.Response]]


@contextlib.asynccontextmanager
async def site(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[URL]:
    app = web.Application()
    app.router.add_post("/hook", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    try:
        yield URL(f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}/hook")
    finally:
        await runner.cleanup()


async def told(url: URL, trust: ssl.SSLContext | None = None) -> str:
    """Both languages of what a probe of this URL comes to."""
    with contextlib.closing(WebhookClient(LIMIT_S, trust)) as client:
        outcome = await client.post(url, Request({}, b"{}"))
    found = trouble(url, outcome, LIMIT_S)
    assert str(url) in found.zh
    assert str(url) in found.en
    return f"{found.zh}\n{found.en}"


def answering(status: int, text: str = "", **headers: str) -> Handler:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(status=status, text=text, headers=headers)

    return handle


@pytest.mark.parametrize(
    ("handler", "zh", "en"),
    [
        (answering(302, Location="http://192.0.2.1/"), "不跟随跳转", "HTTP 302. The platform follows no redirect"),
        (answering(200, "<html>OK</html>"), "不是平台对验证推送要求的答复", "HTTP 200: '<html>OK</html>'"),
        (answering(404), "检查 URL 路径", "No webhook takes POSTs at that path"),
        (answering(401), "白名单", "let it pass logins"),
        (answering(500), "系统出错", "see its log"),
        (answering(200, "x" * 200_000), "超过 64 KiB", "did not end within 64 KiB"),
    ],
)
async def test_what_it_answers_instead_is_explained(handler: Handler, zh: str, en: str) -> None:
    async with site(handler) as url:
        said = await told(url)
    assert zh in said
    assert en in said


async def test_a_mute_webhook_is_explained() -> None:
    forever = asyncio.Event()

    async def mute(_: web.Request) -> web.Response:
        await forever.wait()
        return web.Response()

    async with site(mute) as url:
        said = await told(url)
        forever.set()
    assert "0.5 秒内没有答复" in said
    assert "nothing within 0.5 s, then it was cut" in said


async def test_a_closed_port_and_an_unknown_name_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "nothing listens on that port" in await told(URL("http://127.0.0.1:1/hook"))
    assert "nothing listens on that port" in await told(URL("http://localhost:1/hook"))

    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    said = await told(URL("http://staging.invalid/hook"))
    assert "解析不了该域名" in said
    assert "finds no address for that name" in said


def contexts(folder: Path, *hosts: str, now: datetime | None = None) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and a client's side of `golive certs`."""
    made = certs.make(folder, hosts, now or datetime.now(UTC))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(made.cert, made.key)
    return server, ssl.create_default_context(cafile=str(made.ca))


async def test_certificates_are_verified_and_what_is_wrong_with_them_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, trust = contexts(tmp_path / "a")
    async with site(answering(200, "no proof"), server) as url:
        assert "不是平台对验证推送要求的答复" in await told(url, trust)
        for distrust in (None, contexts(tmp_path / "b")[1]):
            said = await told(url, distrust)
            assert "no connection: its TLS certificate is not trusted" in said
            assert "--target-ca" in said
        said = await told(url.with_scheme("http"))
        assert "wants https://" in said
    monkeypatch.setattr(certs, "ALWAYS", ())
    server, trust = contexts(tmp_path / "other", "staging.example.com")
    async with site(answering(200), server) as url:
        assert "not valid for '127.0.0.1'" in await told(url, trust)
    monkeypatch.undo()
    expired, trust = contexts(tmp_path / "c", now=datetime.now(UTC) - timedelta(weeks=certs.WEEKS, days=1))
    async with site(answering(200), expired) as url:
        assert "certificate has expired" in await told(url, trust)


async def test_tls_to_a_plain_port_is_explained() -> None:
    async with site(answering(200)) as url:
        said = await told(url.with_scheme("https").with_port(url.port))
    assert "TLS 握手失败" in said
    assert "the port may speak plain http" in said

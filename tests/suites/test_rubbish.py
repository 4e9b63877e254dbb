"""A target that answers with what is no JSON and no frame has broken its promise: that is no error of the test."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from suites.api import Api
from suites.story import Story
from suites.wire import Wire

RUBBISH: dict[str, str | bytes] = {"text": "{", "bytes": b"{}", "list": "[1]"}


async def answers(_: web.Request) -> web.Response:
    return web.Response(body=b"{\xff", content_type="application/json")


async def writes(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    told = RUBBISH[request.query["what"]]
    await (socket.send_bytes(told) if isinstance(told, bytes) else socket.send_str(told))
    await socket.receive()
    return socket


@pytest_asyncio.fixture
async def url() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/ws", writes)
    app.router.add_get("/{rest:.*}", answers)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


async def test_an_answer_that_is_no_json_fails(url: str) -> None:
    async with aiohttp.ClientSession() as http:
        api = Api(http, url, lambda _: pytest.fail("nobody signs in"), {"version"}, Story(), 1.0)
        with pytest.raises(AssertionError, match=r"GET /version answered 200 with application/json that is none: b'\{"):
            await api("version", who="anyone")


@pytest.mark.parametrize("what", RUBBISH)
async def test_a_message_that_is_no_frame_fails(what: str, url: str) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{url}/ws", params={"what": what}) as socket:
        with pytest.raises(AssertionError, match="the service wrote what is no frame"):
            await Wire(socket, 1.0).until("hello")

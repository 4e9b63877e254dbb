"""The harness's doors open with the run's key only, and a body may not take for ever."""

import asyncio
from typing import Any

import aiohttp
import pytest
from yarl import URL

from simulators.douyin.doors import KEY_HEADER, fits
from tests.simulators.douyin.conftest import KEY

PATHS = [
    "/_golive/webhook",
    "/%5fgolive/webhook",
    "/%5Fgolive%2Fwebhook",
    "/x/../_golive/webhook",
]


@pytest.mark.parametrize("given", ["", "another key", KEY + "x", KEY[:-1], "钥匙", "\x00"])
def test_only_the_key_itself_fits(given: str) -> None:
    assert fits(KEY, KEY)
    assert not fits(KEY, given)
    assert not fits("", given), "a run without a key has no such doors"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", [{}, {KEY_HEADER: ""}, {KEY_HEADER: "wrong"}])
async def test_no_way_of_writing_the_path_opens_a_door_without_the_key(
    bench: Any, path: str, headers: dict[str, str]
) -> None:
    async with bench(register=False) as b, aiohttp.ClientSession() as stranger:
        body = {"url": b.target.url}
        async with stranger.post(URL(b.url + path, encoded=True), json=body, headers=headers) as answer:
            assert answer.status in (401, 404)
        customer = await b.customer()
        await customer.ask(op="send", id="1", text="你好")
        async with b.http.get(f"{b.url}/_golive/health") as answer:
            assert (await answer.json())["pending"] > 0, "the webhook was registered"
        async with b.http.post(f"{b.url}/_golive/webhook", json=body) as answer:
            assert answer.status == 200


async def test_health_needs_no_key(bench: Any) -> None:
    async with (
        bench(register=False) as b,
        aiohttp.ClientSession() as stranger,
        stranger.get(f"{b.url}/_golive/health") as answer,
    ):
        assert answer.status == 200


async def test_a_body_that_does_not_come_is_408_and_the_connection_ends(bench: Any) -> None:
    async with bench(register=False, request_s=0.1) as b:
        reader, writer = await asyncio.open_connection("127.0.0.1", URL(b.url).port)
        writer.write(b"POST /im/send/msg/ HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nhalf")
        async with asyncio.timeout(5):
            answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"the body took longer than 0.1 s" in answer
        writer.close()

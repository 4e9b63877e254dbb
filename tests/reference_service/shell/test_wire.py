"""What reaches the port before it is a request: endless heads, slow bodies, what is no HTTP, and bad frames."""

import asyncio
import base64
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from reference_service.app import around
from reference_service.settings import Settings
from reference_service.shell.engine import Engine, running
from reference_service.shell.serving import Server
from reference_service.shell.wire import Wire

HANDSHAKE = (
    b"GET /api/v1/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: " + base64.b64encode(b"0" * 16) + b"\r\nSec-WebSocket-Version: 13\r\n"
)


class Port:
    """The service's port, for raw bytes."""

    def __init__(self, number: int, engine: Engine) -> None:
        self.number, self.engine = number, engine

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.number)

    async def ask(self, said: bytes) -> tuple[int, Any]:
        """Status and JSON body of the answer to these bytes; whatever was not taken is left unsent."""
        reader, writer = await self.open()
        with contextlib.suppress(ConnectionError):
            writer.write(said)
            await writer.drain()
        answer = await asyncio.wait_for(reader.read(), 10)  # until it is closed
        writer.close()
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), msgspec.json.decode(body)


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[Port]:
    settings = Settings(data=tmp_path, operator_key="op", request_s=0.2)
    with socket.create_server(("127.0.0.1", 0)) as free:
        async with running(settings) as engine:
            server = Server(around(engine), settings, engine.limits)
            task = asyncio.create_task(server.serve([free]))
            yield Port(free.getsockname()[1], engine)
            server.should_exit = True
            await task


def problem(status: int, title: str, code: str) -> tuple[int, dict[str, object]]:
    return status, {"type": "about:blank", "title": title, "status": status, "code": code}


TOO_LARGE = problem(431, "Request Header Fields Too Large", "head_too_large")


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"GET /healthz HTTP/1.1\r\nX: " + b"x" * Wire.MAX_HEAD * 9, id="a header without an end"),
        pytest.param(b"GET /" + b"x" * Wire.MAX_HEAD * 9, id="a path without an end"),
        pytest.param(b"GET /healthz HTTP/1.1\r\n" + b"X: y\r\n" * Wire.MAX_HEAD, id="headers without an end"),
        pytest.param(b"GET /healthz HTTP/1.1\r\nX: " + b"x" * Wire.MAX_HEAD + b"\r\n\r\n", id="one whole, too large"),
    ],
)
async def test_a_head_is_bounded(port: Port, head: bytes) -> None:
    assert await port.ask(head) == TOO_LARGE


async def test_a_head_within_the_bound_is_taken(port: Port) -> None:
    filled = b"x" * (Wire.MAX_HEAD - 200)
    asked = b"GET /healthz HTTP/1.1\r\nConnection: close\r\nX: " + filled + b"\r\n\r\n"
    assert await port.ask(asked) == (200, {"status": "ok"})


async def test_requests_one_behind_the_other_are_each_measured_alone(port: Port) -> None:
    body = b"POST /api/v1/auth/login HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (Wire.MAX_HEAD * 2)
    reader, writer = await port.open()
    writer.write((body + b" " * Wire.MAX_HEAD * 2) * 3 + b"GET /healthz HTTP/1.1\r\nX: ")
    for _ in range(3):
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 422 ")
        await reader.readuntil(b"}")
    writer.write(b"x\r\nConnection: close\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 200 ")
    writer.close()


async def test_a_large_body_is_no_large_head(port: Port) -> None:
    head = b"POST /api/v1/auth/login HTTP/1.1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    status, told = await port.ask(head % (Wire.MAX_HEAD * 4) + b" " * Wire.MAX_HEAD * 4)
    assert (status, told["code"]) == (422, "malformed")


TOO_SLOW = problem(408, "Request Timeout", "too_slow")
LOGIN = b"POST /api/v1/auth/login HTTP/1.1\r\nContent-Length: 100\r\n"


@pytest.mark.parametrize("said", [b"", b"GET /hea", LOGIN, LOGIN + b'\r\n{"login"'])
async def test_what_does_not_come_to_its_end_is_ended(port: Port, said: bytes) -> None:
    assert await port.ask(said) == TOO_SLOW
    assert port.engine.limits.hits["slow_request"] == 1


async def test_a_byte_now_and_then_buys_no_time(port: Port) -> None:
    reader, writer = await port.open()
    writer.write(LOGIN + b"\r\n")

    async def drip() -> None:
        while True:
            writer.write(b" ")
            await asyncio.sleep(0.01)

    dripping = asyncio.create_task(drip())
    answer = await asyncio.wait_for(reader.read(), 10)
    dripping.cancel()
    assert answer.startswith(b"HTTP/1.1 408 ")
    writer.close()


async def test_a_connection_kept_open_between_two_requests_is_not_slow(port: Port) -> None:
    reader, writer = await port.open()
    for _ in range(2):
        writer.write(b"GET /healthz HTTP/1.1\r\n\r\n")
        assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 200 ")
        await asyncio.sleep(port.engine.settings.request_s * 2)  # longer than any request may take
    assert port.engine.limits.hits["slow_request"] == 0
    writer.close()


async def test_what_is_no_http_is_a_problem_too(port: Port) -> None:
    assert await port.ask(b"\x16\x03\x01 nonsense\r\n\r\n") == problem(400, "Bad Request", "not_http")


async def framed(port: Port, headers: bytes, frame: bytes) -> bytes:
    """The handshake's answer and what is said after this frame, to the end."""
    reader, writer = await port.open()
    writer.write(HANDSHAKE + headers + b"\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    writer.write(frame)
    answer = await asyncio.wait_for(reader.read(), 15)
    writer.close()
    return head + answer


def close_frame(code: int) -> bytes:
    return b"\x88"[:1] and code.to_bytes(2, "big")


async def test_an_unmasked_frame_ends_the_connection(port: Port) -> None:
    said = await framed(port, b"", b"\x81\x02{}")
    assert said.startswith(b"HTTP/1.1 101 ")
    assert close_frame(1002) in said.rpartition(b"hello")[2]


async def test_a_frame_beyond_the_bound_ends_the_connection(port: Port) -> None:
    too_long = (port.engine.settings.max_body + 1).to_bytes(8, "big")
    said = await framed(port, b"", b"\x81\xff" + too_long + b"0000" + b"x" * 1000)
    assert close_frame(1009) in said.rpartition(b"hello")[2]


async def test_compression_is_never_agreed_to(port: Port) -> None:
    said = await framed(port, b"Sec-WebSocket-Extensions: permessage-deflate\r\n", b"\x81\x02{}")
    assert said.startswith(b"HTTP/1.1 101 ")
    assert b"permessage-deflate" not in said

"""Connections that ask nothing are ended, cost little, and never keep others out."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

from yarl import URL

from simulators.douyin.accepting import Accepting, listening_on
from simulators.douyin.doorkeeper import MAX_HEAD, Doorkeeper

HALF = b"POST /im/send/msg/ HTTP/1.1\r\nHost: x\r\nX-Slow: "


class Echo(asyncio.Protocol):
    """Says what it was given first."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


@contextlib.asynccontextmanager
async def kept(patience_s: float = 60.0, most: int = 1_000_000) -> AsyncIterator[tuple[Doorkeeper, int, list[str]]]:
    told: list[str] = []
    async with listening_on("127.0.0.1", 0, 100) as listening:
        keeper = Doorkeeper(Echo, patience_s, most, told.append)
        accepting = Accepting(listening, keeper, None, told.append)
        try:
            yield keeper, listening.getsockname()[1], told
        finally:
            accepting.close()
            keeper.close()


async def ended(connection: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> bytes:
    """All that still comes, to the end of the connection."""
    heard = b""
    async with asyncio.timeout(5):
        with contextlib.suppress(ConnectionError):
            heard = await connection[0].read()
    await left(connection)
    return heard


async def left(*connections: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
    for _, writer in connections:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def connected(port: int, words: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(words)
    return reader, writer


async def test_the_inside_sees_every_byte_once_the_head_is_whole() -> None:
    async with kept() as (keeper, port, _):
        reader, writer = it = await connected(port)
        request = b"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\nand a body"
        for each in request:
            writer.write(bytes((each,)))
            await writer.drain()
            await asyncio.sleep(0)
        assert await reader.readexactly(len(request) - 2) == request[2:]
        assert keeper.waiting == 0
        await left(it)


async def test_silence_is_ended_without_and_half_a_head_with_an_answer() -> None:
    async with kept(patience_s=0.05) as (keeper, port, _):
        mute, slow = await connected(port), await connected(port, HALF)
        assert await ended(mute) == b""
        assert (await ended(slow)).startswith(b"HTTP/1.1 408 ")
        assert keeper.waiting == 0


async def test_a_head_without_end_is_431_and_no_http_goes_inside_at_once() -> None:
    async with kept() as (_, port, __):
        long = await connected(port, HALF + b"a" * MAX_HEAD)
        assert (await ended(long)).startswith(b"HTTP/1.1 431 ")
        tls_hello = b"\x16\x03\x01\x02\x00"
        other = await connected(port, tls_hello)
        assert await other[0].readexactly(5) == tls_hello
        await left(other)


@contextlib.contextmanager
def no_gaps() -> Iterator[int]:
    """The number of the next descriptor; all below it are taken, whatever other tests have left open."""
    taken = [os.dup(0)]
    try:
        while taken[-1] + 1 < max(map(int, os.listdir("/dev/fd"))):  # listing takes a descriptor, too
            taken.append(os.dup(0))
        yield taken[-1] + 1
    finally:
        for each in taken:
            os.close(each)


async def test_where_descriptors_are_scarce_the_longest_waiting_go_and_a_request_is_served() -> None:
    with no_gaps() as next_one:
        await _scarce(next_one)


async def _scarce(next_one: int) -> None:
    async with kept(most=next_one + 20) as (keeper, port, told):  # both ends of a connection are this process's
        idle = [await connected(port, HALF) for _ in range(12)]
        asking = await connected(port, b"GET / HTTP/1.1\r\n\r\n")
        assert await asking[0].readexactly(18) == b"GET / HTTP/1.1\r\n\r\n"
        assert await ended(idle[0]) == b""
        assert 0 < keeper.waiting < 12
        assert "raise the limit of open files" in told[0]
        await left(asking, *idle[1:])


async def test_where_nobody_waits_a_new_connection_is_refused() -> None:
    async with kept(most=3) as (_, port, told):
        assert await ended(await connected(port, b"GET / HTTP/1.1\r\n\r\n")) == b""
        assert told


async def test_customers_are_served_among_half_open_connections(bench: Any) -> None:
    async with bench() as b:
        port = URL(b.url).port
        idle = [await connected(port, HALF) for _ in range(300)]
        customer = await b.customer()
        assert (await customer.ask(op="send", id="1", text="你好"))["op"] == "accepted"
        await b.target.saw("im_receive_msg", 1)
        await left(*idle)

"""A webhook that misbehaves gets its documented outcome, and other conversations go on meanwhile."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

ANSWERS: dict[str, tuple[bytes, str]] = {  # what it answers, then closes -> the note of the failed push ("" = taken)
    "redirects": (
        b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n",
        "refused 302",
    ),
    "hangs": (b"", "cut"),
    "200 with rubbish": (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<rubbish>", ""),
    "megabytes": (b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + b"x" * 2_000_000, "connection lost"),
    "half an answer": (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<rub", "connection lost"),
    "HTTP/0.9": (b"<html>ok</html>", "connection lost"),
    "headers without end": (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000, "connection lost"),
    "500": (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "refused 500"),
}


@contextlib.asynccontextmanager
async def webhook(bad: bytes) -> AsyncIterator[str]:
    """Proves itself and serves everybody, but answers customer c1's messages badly."""
    handlers: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        handlers.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while await _one(reader, writer):
                    pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        if b"im_receive_msg" in body and b'"ou_c1"' in body:
            writer.write(bad)
            await writer.drain()
            if not bad:
                await reader.read()  # until the gateway cuts
            return False
        answer = b'{"challenge":%d}' % _challenge(body)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)
        await writer.drain()
        return True

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    for task in handlers:
        task.cancel()
    await asyncio.gather(*handlers, return_exceptions=True)


def _challenge(body: bytes) -> int:
    digits = body.partition(b'"challenge":')[2]
    return int(digits.rstrip(b"}") or 0)


@pytest.mark.parametrize("name", ANSWERS)
async def test_its_outcome_is_recorded_and_others_are_served(bench: Any, name: str) -> None:
    bad, note = ANSWERS[name]
    async with webhook(bad) as url, bench(register=False, cut_s=0.3, retry_s=(0.05,)) as b:
        assert (await b.post("/_golive/webhook", {"url": url}))["ok"]
        first, second = await b.customer("c1"), await b.customer("c2")
        await first.ask(op="send", id="1", text="坏")
        ids = [(await second.ask(op="send", id=str(n), text="好"))["message"] for n in range(5)]
        async with asyncio.timeout(5):
            while (await (await b.http.get(f"{b.url}/_golive/health")).json())["pending"]:
                pass
        assert [row[1] for row in b.rows("acknowledged") if row[1] in ids] == ids
        failed = [row[3] for row in b.rows("push_failed")]
        assert failed == ([note, note] if note else [])
        assert len(b.rows("undelivered")) == (1 if note else 0)

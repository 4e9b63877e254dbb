"""Whatever strangers send, the gateway's process stays, says nothing of it in its log, and serves its customers."""

import asyncio
import contextlib
import os
import resource
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from history.run import RunFolder
from tests.simulators.douyin.conftest import make_spec

LINES = b"Host: x\r\n\r\n"
POST = b"POST /im/send/msg/ HTTP/1.1\r\n"
KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
UPGRADE = (
    b"GET /customer HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    + KEY
    + LINES
)
HALF = b"GET /customer HTTP/1.1\r\nHost: x\r\nX-Slow: "
NO_MASK = b"\0\0\0\0"

REQUESTS: dict[str, tuple[bytes, bytes]] = {  # what is sent -> how the answer begins ("" = it is closed without)
    "random bytes": (b"\x00" + os.urandom(500), b"HTTP/1.0 400 "),
    "a TLS hello": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100), b"HTTP/1.0 400 "),
    "an unknown method": (b"GOAWAY / HTTP/1.1\r\n" + LINES, b"HTTP/1.0 400 "),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"HTTP/1.0 400 "),
    "only empty lines": (b"\r\n" * 1000, b""),
    "half a head": (HALF, b"HTTP/1.1 408 "),
    "a header of 31 KB": (b"GET / HTTP/1.1\r\nA: " + b"a" * 31_000 + b"\r\n" + LINES, b"HTTP/1.0 400 "),
    "a header without end": (b"GET / HTTP/1.1\r\nA: " + b"a" * 40_000, b"HTTP/1.1 431 "),
    "3,000 headers": (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 3000 + LINES, b"HTTP/1.0 400 "),
    "a NUL in the path": (b"GET /\x00 HTTP/1.1\r\n" + LINES, b"HTTP/1.0 400 "),
    "a URL that is none": (b"POST http://[::1/ HTTP/1.1\r\n" + LINES, b"HTTP/1.0 400 "),
    "a negative length": (POST + b"Content-Length: -5\r\n" + LINES, b"HTTP/1.0 400 "),
    "two lengths": (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n" + LINES + b"hello", b"HTTP/1.0 400 "),
    "a chunk that is none": (POST + b"Transfer-Encoding: chunked\r\n" + LINES + b"zz\r\n", b"HTTP/1.0 400 "),
    "a body too large": (POST + b"Content-Length: 999999999\r\n" + LINES + b"x" * 300_000, b"HTTP/1.1 413 "),
    "chunks without end": (
        POST + b"Transfer-Encoding: chunked\r\n" + LINES + (b"1000\r\n" + b"x" * 4096 + b"\r\n") * 100,
        b"HTTP/1.1 413 ",
    ),
    "a body that stops": (POST + b"Content-Length: 500\r\n" + LINES + b"half", b"HTTP/1.1 408 "),
    "gzip that is none": (
        POST + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n" + LINES + b"no",
        b"HTTP/1.1 200 ",
    ),
    "no upgrade": (b"GET /customer HTTP/1.1\r\n" + LINES, b"HTTP/1.1 400 "),
    "an upgrade without key": (UPGRADE.replace(KEY, b""), b"HTTP/1.1 400 "),
    "an upgrade with half a key": (UPGRADE.replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"x"), b"HTTP/1.1 400 "),
    "an upgrade to something else": (UPGRADE.replace(b"websocket", b"h2c"), b"HTTP/1.1 400 "),
    "an upgrade elsewhere": (UPGRADE.replace(b"/customer", b"/im/send/msg/"), b"HTTP/1.1 405 "),
    "5,000 requests at once": (
        b"GET /no HTTP/1.1\r\n" + LINES + (b"GET /no HTTP/1.1\r\n" + LINES) * 4999,
        b"HTTP/1.1 405 ",
    ),
}
FRAMES: dict[str, tuple[bytes, int]] = {  # frames after a good upgrade -> the close code
    "random bytes": (b"\xff" * 3000, 1002),
    "reserved bits": (b"\xf1\x80" + NO_MASK, 1002),
    "a length of 2^63": (b"\x81\xff\x7f" + b"\xff" * 7 + NO_MASK, 1009),
    "text that is no UTF-8": (b"\x81\x82" + NO_MASK + b"\xff\xff", 1007),
    "fragments without end": (b"\x01\x80" + NO_MASK + (b"\x00\xfe\x10\x00" + NO_MASK + b"a" * 4096) * 40, 1009),
    "a ping of 4 KB": (b"\x89\xfe\x10\x00" + NO_MASK + b"a" * 4096, 1002),
    "a close of one byte": (b"\x88\x81" + NO_MASK + b"a", 1002),
    "a thousand frames of no JSON": ((b"\x81\x81" + NO_MASK + b"{") * 1000, 4002),
    "a thousand binary frames": ((b"\x82\x81" + NO_MASK + b"{") * 1000, 4002),
    "a thousand empty frames": ((b"\x81\x80" + NO_MASK) * 1000, 4002),
}


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    """Port and process of a real gateway, whose log must be empty in the end."""
    with started(tmp_path, 0) as made:
        yield made
        assert stopped(made[1]) == ""


@contextlib.contextmanager
def started(folder: Path, files: int) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    run = RunFolder(folder / "run")
    run.write_spec(make_spec(request_s=1.0))
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({files}, {files}));" if files else ""
    code = f"{limit}import sys; from simulators.douyin.__main__ import main; sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "--run", str(run.path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert "gateway of run" in process.stdout.readline()
        ready = run.heard("gateway")
        assert ready is not None
        yield ready.port, process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def stopped(process: "subprocess.Popen[str]") -> str:
    """The log of a gateway that ends well."""
    process.terminate()
    assert process.wait(20) == 0
    assert process.stderr is not None
    return process.stderr.read()


@contextlib.asynccontextmanager
async def customer(port: int, name: str = "c1") -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with aiohttp.ClientSession() as http, http.ws_connect(f"http://127.0.0.1:{port}/customer") as ws:
        await ws.send_str(f'{{"op":"hello","customer":"{name}","shop":"s1"}}')
        async with asyncio.timeout(10):
            assert "welcome" in await ws.receive_str()
        yield ws


async def is_served(ws: aiohttp.ClientWebSocketResponse, ref: str) -> None:
    async with asyncio.timeout(10):
        await ws.send_str(f'{{"op":"send","id":"{ref}","text":"还在"}}')
        assert "accepted" in await ws.receive_str()


async def heard(port: int, words: bytes, enough: int) -> bytes:
    """What is answered, up to `enough` bytes or the end of the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    got = b""
    async with asyncio.timeout(10):
        with contextlib.suppress(ConnectionError):
            writer.write(words)
            while len(got) < enough and (more := await reader.read(65536)):
                got += more
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return got


async def test_malformed_requests_get_their_answer_and_disturb_nobody(
    gateway: tuple[int, "subprocess.Popen[str]"],
) -> None:
    port, _ = gateway
    async with customer(port) as other:
        asked = {name: heard(port, words, 13) for name, (words, _) in REQUESTS.items()}
        answers = dict(zip(asked, await asyncio.gather(*asked.values()), strict=True))
        assert {name: answer[:13] for name, answer in answers.items()} == {
            name: begin for name, (_, begin) in REQUESTS.items()
        }
        await is_served(other, "after-all-that")


async def test_malformed_frames_are_closed_with_their_code_and_disturb_nobody(
    gateway: tuple[int, "subprocess.Popen[str]"],
) -> None:
    port, _ = gateway
    async with customer(port) as other:
        for number, (name, (frames, code)) in enumerate(FRAMES.items()):
            answer = await heard(port, UPGRADE + frames, 1_000_000)
            assert b"\x88" in answer, name
            assert code.to_bytes(2) in answer, name
            await is_served(other, f"after-{number}")


@pytest.mark.slow
async def test_ten_thousand_half_open_connections_cost_little_and_end(
    gateway: tuple[int, "subprocess.Popen[str]"],
) -> None:
    port, process = gateway
    before = memory_mib(process.pid)
    with connections(port, 10_000) as (held, _):
        async with customer(port) as ws:
            await is_served(ws, "1")
            assert memory_mib(process.pid) - before < 100
            await asyncio.to_thread(all_end, held)
            await is_served(ws, "2")


@pytest.mark.slow
async def test_with_few_descriptors_a_flood_is_told_and_a_customer_still_comes(tmp_path: Path) -> None:
    with started(tmp_path, 400) as (port, process), connections(port, 3000) as (held, refused):
        async with customer(port) as ws:
            await is_served(ws, "1")
            await asyncio.to_thread(all_end, held)
            await is_served(ws, "2")
        log = stopped(process)
    assert refused < 3000
    assert set(log.splitlines()) == {
        "200 files are open: connections that asked nothing yet must go for new ones; "
        "raise the limit of open files (ulimit -n)"
    }


@contextlib.contextmanager
def connections(port: int, wanted: int) -> Iterator[tuple[list[socket.socket], int]]:
    """So many connections, as far as this process may open files; every second one begins a request."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard - 200)
    held: list[socket.socket] = []
    refused = 0
    try:
        for number in range(most):
            try:
                held.append(socket.create_connection(("127.0.0.1", port), timeout=10))
                if number % 2:
                    held[-1].sendall(HALF)
            except ConnectionError:
                refused += 1
        yield held, refused
    finally:
        for each in held:
            each.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def all_end(held: list[socket.socket]) -> None:
    """Wait until the other end has closed every one; TimeoutError where it does not."""
    for each in held:
        each.settimeout(20)
        with contextlib.suppress(ConnectionError):
            while each.recv(4096):
                pass


def memory_mib(pid: int) -> float:
    line = next(each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) / 1024

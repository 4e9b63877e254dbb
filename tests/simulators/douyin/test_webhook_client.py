"""The webhook client against real sockets, honest and hostile ones."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from yarl import URL

from simulators.douyin.webhook_client import Outcome, WebhookClient
from targets.platform import Request, Response

REQUEST = Request({"Content-Type": "application/json", "Msg-Id": "1"}, '{"text":"你好"}'.encode())
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Peer:
    """Counts connections and keeps requests; `answering` writes what it likes after each."""

    def __init__(self, answering: Answering) -> None:
        self.connections = 0
        self.requests: list[bytes] = []
        self.ended: list[asyncio.Event] = []
        self._answering = answering

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.ended.append(asyncio.Event())
        ended = self.ended[-1]
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(head + await reader.readexactly(len(REQUEST.body)))
                await self._answering(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        ended.set()


@contextlib.asynccontextmanager
async def peer(answering: Answering) -> AsyncIterator[tuple[Peer, URL]]:
    made = Peer(answering)
    server = await asyncio.start_server(made, "127.0.0.1", 0)
    async with server:
        yield made, URL(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?a=1")
        for ended in made.ended:
            await ended.wait()


def saying(*parts: bytes, close: bool = False) -> Answering:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)
        if close:
            writer.close()

    return answer


async def outcomes(answering: Answering, count: int = 1, limit_s: float = 5.0) -> tuple[list[Outcome], Peer]:
    async with peer(answering) as (made, url):
        with contextlib.closing(WebhookClient(limit_s)) as client:
            return [await client.post(url, REQUEST) for _ in range(count)], made


async def test_the_bytes_signed_are_the_bytes_sent_and_one_connection_serves_many() -> None:
    answers, made = await outcomes(saying(OK), 3)
    assert answers == [Outcome(Response(200, b"ok"))] * 3
    assert made.connections == 1
    head, _, body = made.requests[0].partition(b"\r\n\r\n")
    assert body == REQUEST.body
    assert head.startswith(b"POST /hook?a=1 HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nContent-Length: 17\r\nContent-Type: application/json\r\nMsg-Id: 1" in head


async def test_answers_of_every_legal_form_are_understood() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    until_the_end = b"HTTP/1.1 200 OK\r\n\r\nok"
    continued = b"HTTP/1.1 100 Continue\r\n\r\n" + OK
    for answering in (
        saying(chunked),
        saying(until_the_end, close=True),
        saying(continued),
        saying(*(bytes((each,)) for each in OK)),
        saying(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", close=True),
    ):
        answers, _ = await outcomes(answering, 2)
        assert answers == [Outcome(Response(200, b"ok"))] * 2


async def test_a_server_that_closes_after_each_answer_gets_a_new_connection() -> None:
    answers, made = await outcomes(saying(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"), 2)
    assert [each.response and each.response.status for each in answers] == [204, 204]
    assert made.connections == 2


async def test_no_redirect_is_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n"
    answers, made = await outcomes(saying(moved))
    assert answers == [Outcome(Response(302, b""))]
    assert made.connections == 1


async def test_what_is_no_whole_http_answer_is_a_lost_connection() -> None:
    endless = b"HTTP/1.1 200 OK\r\n" + b"X-More: and more\r\n" * 20_000
    early = b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000
    for cause, answering in (
        ("no http", saying(b"SSH-2.0-OpenSSH\r\n")),
        ("no http", saying(b'{"challenge":1}', close=True)),  # as HTTP/0.9 would: a body and nothing else
        ("closed", saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", close=True)),
        ("closed", saying(b"HTTP/1.1 200 OK\r\nContent-", close=True)),
        ("closed", saying(b"", close=True)),
        ("no http", saying(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", close=True)),
        ("too long", saying(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 70_000)),
        ("too long", saying(b"HTTP/1.1 200 OK\r\nX-Header-Without-End: " + b"x" * 300_000)),
        ("too long", saying(endless)),
        ("too long", saying(early)),
    ):
        answers, _ = await outcomes(answering)
        assert answers == [Outcome(None, "connection lost", cause)]


async def test_a_mute_server_is_cut_and_its_connection_not_used_again() -> None:
    forever = asyncio.Event()

    async def mute(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        if len(made.requests) == 1:
            await forever.wait()
        else:
            await saying(OK)(_, __)

    async with peer(mute) as (made, url):
        client = WebhookClient(0.05)
        assert await client.post(url, REQUEST) == Outcome(None, "cut")
        assert await client.post(url, REQUEST) == Outcome(Response(200, b"ok"))
        assert made.connections == 2
        forever.set()
        client.close()


async def test_an_answer_nobody_asked_for_ends_the_connection_and_is_never_taken_for_the_next() -> None:
    answers, made = await outcomes(saying(OK + b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"), 2)
    assert answers == [Outcome(Response(200, b"ok"))] * 2
    assert made.connections == 2


async def test_a_closed_port_is_no_connection_and_no_url_no_webhook() -> None:
    async with peer(saying(OK)) as (_, url):
        pass
    client = WebhookClient(5.0)
    outcome = await client.post(url, REQUEST)
    assert outcome[:3] == (None, "no connection", "refused")
    assert await client.post(None, REQUEST) == Outcome(None, "no webhook")

"""TLS of the customers' engine against real TLS servers: who is trusted, and what any cut of the stream does."""

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import gevent
import pytest
import trustme
from aiohttp import WSMsgType, web
from gevent import socket, ssl
from gevent.server import StreamServer
from websockets.http11 import Request
from websockets.server import ServerProtocol

from loadtests.connection import Closed, Connection
from loadtests.engine import Engine
from tests.loadtests.certificates import Certificates


class Owner:
    """Sends `texts` when open, hears as many, closes."""

    def __init__(self, *texts: str) -> None:
        self.texts = texts
        self.heard_texts: list[str] = []
        self.over: Closed | None = None
        self.done = gevent.event.Event()

    def opened(self, connection: Connection, _: int) -> None:
        for text in self.texts:
            connection.send(text)
        if not self.texts:
            connection.close()

    def heard(self, connection: Connection, _: int, text: str) -> None:
        self.heard_texts.append(text)
        if len(self.heard_texts) == len(self.texts):
            connection.close()

    def closed(self, _: Connection, __: int, why: Closed) -> None:
        self.over = why
        self.done.set()


def talk(engine: Engine, *texts: str) -> Owner:
    """A whole conversation; its owner."""
    owner = Owner(*texts)
    engine.connect(owner)
    assert owner.done.wait(10)
    engine.close()
    return owner


@pytest.fixture
def serve() -> Iterator[Callable[..., int]]:
    """Start aiohttp with a certificate in a thread of its own: an echo on every path; its port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    runners: list[web.AppRunner] = []

    async def echo(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        async for message in ws:
            if message.type is WSMsgType.TEXT:
                await ws.send_str(message.data)
        return ws

    async def start(context: Any) -> int:
        app = web.Application()
        app.router.add_get("/{path:.*}", echo)
        runners.append(web.AppRunner(app, shutdown_timeout=0.1))
        await runners[-1].setup()
        await web.TCPSite(runners[-1], "127.0.0.1", 0, ssl_context=context).start()
        return int(runners[-1].addresses[0][1])

    yield lambda context: asyncio.run_coroutine_threadsafe(start(context), loop).result(10)
    for runner in runners:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


TEXTS = ("你好", "x" * 300, "长" * 30_000)  # 90,000 bytes: six records


def test_texts_of_every_size_go_both_ways_by_wss(serve: Callable[..., int], certificates: Certificates) -> None:
    port = serve(certificates.server("127.0.0.1"))
    owner = talk(Engine(f"wss://127.0.0.1:{port}/customer", ca_file=certificates.file), *TEXTS)
    assert owner.heard_texts == list(TEXTS)
    assert owner.over == Closed(1000, "")


def test_a_server_of_tls_1_2_is_spoken_to(serve: Callable[..., int], certificates: Certificates) -> None:
    context = certificates.server("127.0.0.1")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    owner = talk(Engine(f"wss://127.0.0.1:{serve(context)}/customer", ca_file=certificates.file), *TEXTS)
    assert owner.heard_texts == list(TEXTS)


def test_a_certificate_of_another_host_is_refused(serve: Callable[..., int], certificates: Certificates) -> None:
    port = serve(certificates.server("gateway.example"))
    over = talk(Engine(f"https://127.0.0.1:{port}/customer", ca_file=certificates.file)).over
    assert over is not None
    assert over.code == 1015
    assert over.reason.startswith("TLS: the server's certificate is refused: IP address mismatch")


def test_a_certificate_of_an_unknown_ca_is_refused(
    serve: Callable[..., int], certificates: Certificates, tmp_path: Path
) -> None:
    other = str(tmp_path / "other.pem")
    trustme.CA().cert_pem.write_to_path(other)
    port = serve(certificates.server("127.0.0.1"))
    over = talk(Engine(f"https://127.0.0.1:{port}/customer", ca_file=other)).over
    assert over is not None
    assert over.code == 1015
    assert over.reason == "TLS: the server's certificate is refused: unable to get local issuer certificate"


def test_a_server_without_tls_is_told_of(serve: Callable[..., int], certificates: Certificates) -> None:
    over = talk(Engine(f"https://127.0.0.1:{serve(None)}/customer", ca_file=certificates.file)).over
    assert over == Closed(1015, "TLS: the server does not speak TLS")


def test_a_ca_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"none\.pem: no CA certificates can be read"):
        Engine("https://127.0.0.1:1/customer", ca_file=str(tmp_path / "none.pem"))


def test_a_ca_file_that_holds_no_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    with pytest.raises(OSError, match=r"empty\.pem: no CA certificates can be read"):
        Engine("https://127.0.0.1:1/customer", ca_file=str(tmp_path / "empty.pem"))


def test_records_cut_anywhere_by_tcp_are_whole_again(serve: Callable[..., int], certificates: Certificates) -> None:
    port = serve(certificates.server("127.0.0.1"))
    poured = gevent.event.Event()

    def dribble(ours: Any, _: Any) -> None:
        theirs = socket.create_connection(("127.0.0.1", port))
        sizes = [1, 2, 3, 5, 700]
        ways = [gevent.spawn(pour, a, b, sizes) for a, b in ((ours, theirs), (theirs, ours))]
        gevent.joinall(ways)
        theirs.close()
        poured.set()

    relay = StreamServer(("127.0.0.1", 0), dribble)
    relay.start()
    owner = talk(
        Engine(f"wss://127.0.0.1:{relay.server_port}/customer", ca_file=certificates.file), "a", "b" * 5000, "c"
    )
    assert poured.wait(10)
    relay.stop()
    assert owner.heard_texts == ["a", "b" * 5000, "c"]
    assert owner.over == Closed(1000, "")


def pour(source: Any, sink: Any, sizes: list[int]) -> None:
    """Pass on in pieces of these sizes, over and over, until either end is gone."""
    pieces = cycle(sizes)
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            while data:
                size = next(pieces)
                sink.sendall(data[:size])
                data = data[size:]
                gevent.sleep(0)
        sink.shutdown(socket.SHUT_WR)


def _end(certificates: Certificates, script: Callable[[Any], None]) -> Closed | None:
    """What the engine says of a server that ends as `script` does after the handshakes."""

    def serve_one(sock: Any, _: Any) -> None:
        sock.sendall(_answer(sock.recv(65536)))
        script(sock)

    server = StreamServer(("127.0.0.1", 0), serve_one, ssl_context=certificates.server("127.0.0.1"))
    server.start()
    owner = Owner("never answered")
    engine = Engine(f"wss://127.0.0.1:{server.server_port}/", ca_file=certificates.file)
    engine.connect(owner)
    assert owner.done.wait(10)
    engine.close()
    server.stop()
    return owner.over


def _answer(request: bytes) -> bytes:
    protocol = ServerProtocol()
    protocol.receive_data(request)
    (event,) = protocol.events_received()
    assert isinstance(event, Request)
    protocol.send_response(protocol.accept(event))
    return b"".join(protocol.data_to_send())


def test_close_notify_without_a_close_frame_is_a_lost_connection(certificates: Certificates) -> None:
    def script(sock: Any) -> None:
        sock.recv(65536)
        sock.unwrap()

    assert _end(certificates, script) == Closed(1006, "unexpected end of stream")


def test_what_is_no_record_ends_the_connection_with_a_reason(certificates: Certificates) -> None:
    def script(sock: Any) -> None:
        sock.recv(65536)
        os.write(sock.fileno(), b"HTTP/1.1 500 Internal Server Error\r\n\r\n")  # past its TLS

    assert _end(certificates, script) == Closed(1015, "TLS: the server does not speak TLS")


def test_our_own_end_is_a_close_notify(certificates: Certificates) -> None:
    heard: list[bytes] = []

    def serve_one(sock: Any, _: Any) -> None:
        sock.sendall(_answer(sock.recv(65536)))
        while data := sock.recv(65536):  # a ragged end would raise here
            heard.append(data)
        heard.append(b"end")

    server = StreamServer(("127.0.0.1", 0), serve_one, ssl_context=certificates.server("127.0.0.1"))
    server.start()
    engine = Engine(f"wss://127.0.0.1:{server.server_port}/", ca_file=certificates.file)
    owner = Owner("one text")
    connection = engine.connect(owner)
    with gevent.Timeout(10):
        while not heard:
            gevent.sleep(0.001)  # the server is in this process
    connection.abort()
    with gevent.Timeout(10):
        while heard[-1] != b"end":
            gevent.sleep(0.001)
    engine.close()
    server.stop()
    assert owner.over == Closed(1006, "aborted")

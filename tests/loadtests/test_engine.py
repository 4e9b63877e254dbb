"""The engine keeps order over many connections, and nothing an owner does runs in gevent's hub."""

import errno
import socket

import gevent
import pytest
from gevent.event import Event
from gevent.server import StreamServer
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

import loadtests.connection as connection_module
import loadtests.engine as module
from loadtests.connection import Closed, Connection
from loadtests.engine import Engine, websocket_uri


def echo(sock, _):  # type: ignore[no-untyped-def]
    """A server that sends every text back until the client closes."""
    protocol = ServerProtocol()
    while data := sock.recv(65536):
        protocol.receive_data(data)
        for event in protocol.events_received():
            if isinstance(event, Request):
                protocol.send_response(protocol.accept(event))
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                protocol.send_text(event.data)
        for out in protocol.data_to_send():
            if not out:
                return
            sock.sendall(out)


class Talker:
    """Says 1, 2, 3 … as the echo comes back, and naps where a hub callback could not."""

    def __init__(self, until: int) -> None:
        self.heard_in: set[gevent.Greenlet[..., object]] = set()
        self.numbers: list[int] = []
        self.until = until
        self.over: Closed | None = None

    def opened(self, connection: Connection, _: int) -> None:
        connection.send("1")

    def heard(self, connection: Connection, _: int, text: str) -> None:
        self.heard_in.add(gevent.getcurrent())
        gevent.sleep(0)  # raises BlockingSwitchOutError in the hub
        self.numbers.append(int(text))
        if len(self.numbers) < self.until:
            connection.send(str(len(self.numbers) + 1))

    def closed(self, _: Connection, __: int, why: Closed) -> None:
        self.over = why


def test_fifty_connections_each_keep_their_order_in_one_drain_greenlet() -> None:
    server = StreamServer(("127.0.0.1", 0), echo)
    server.start()
    engine = Engine(f"http://127.0.0.1:{server.server_port}/customer")
    talkers = [Talker(20) for _ in range(50)]
    for talker in talkers:
        engine.connect(talker)
    with gevent.Timeout(20):
        while any(len(talker.numbers) < 20 for talker in talkers):
            gevent.sleep(0.01)
    assert engine.close()
    server.stop()
    assert [talker.numbers for talker in talkers] == [list(range(1, 21))] * 50
    assert {greenlet for talker in talkers for greenlet in talker.heard_in} == {engine.drain}
    assert {talker.over for talker in talkers} == {Closed(1000, "")}
    assert engine.connections == {}


def test_closing_an_engine_without_connections_is_quick() -> None:
    engine = Engine("ws://127.0.0.1:9/customer")
    with gevent.Timeout(1):
        assert engine.close()


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "secure"),
    [
        ("http://127.0.0.1:8899/customer", "127.0.0.1", 8899, "/customer", False),
        ("ws://localhost/x", "localhost", 80, "/x", False),
        ("https://127.0.0.1:8899/customer", "127.0.0.1", 8899, "/customer", True),
        ("wss://localhost/x", "localhost", 443, "/x", True),
    ],
)
def test_a_server_is_named_as_http_or_ws(url: str, host: str, port: int, path: str, secure: bool) -> None:
    uri = websocket_uri(url)
    assert (uri.host, uri.port, uri.resource_name, uri.secure) == (host, port, path, secure)


def test_another_scheme_is_refused_with_a_reason() -> None:
    with pytest.raises(ValueError, match=r"http://, https://, ws:// or wss://"):
        websocket_uri("ftp://127.0.0.1:1/customer")


class Quiet(Talker):
    """Only listens; remembers when it was connected and how it ended."""

    def __init__(self) -> None:
        super().__init__(0)
        self.news = Event()
        self.connected = False

    def opened(self, _: Connection, __: int) -> None:
        self.connected = True
        self.news.set()

    def closed(self, _: Connection, __: int, why: Closed) -> None:
        self.over = why
        self.news.set()


def test_only_so_many_connections_are_opened_at_once_and_all_get_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HANDSHAKES", 3)
    waiting: list[object] = []
    most = 0
    go = Event()

    def slow(sock, address):  # type: ignore[no-untyped-def]
        nonlocal most
        waiting.append(sock)
        most = max(most, len(waiting))
        if len(waiting) == 3:
            go.set()
        go.wait()
        waiting.remove(sock)
        echo(sock, address)

    server = StreamServer(("127.0.0.1", 0), slow)
    server.start()
    engine = Engine(f"http://127.0.0.1:{server.server_port}/customer")
    owners = [Quiet() for _ in range(20)]
    for owner in owners:
        engine.connect(owner)
    assert all(owner.news.wait(10) and owner.connected for owner in owners)
    engine.close()
    server.stop()
    assert most == 3


def test_those_who_wait_for_a_turn_are_let_go_when_the_engine_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HANDSHAKES", 1)
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        engine = Engine(f"http://127.0.0.1:{mute.getsockname()[1]}/customer")
        owners = [Quiet() for _ in range(5)]
        for owner in owners:
            engine.connect(owner)
        with gevent.Timeout(5):
            assert engine.close()
    assert {owner.over for owner in owners} == {Closed(1006, "closed while connecting")}


def test_one_given_up_before_its_turn_takes_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HANDSHAKES", 1)
    go = Event()

    def slow(sock, address):  # type: ignore[no-untyped-def]
        go.wait()
        echo(sock, address)

    server = StreamServer(("127.0.0.1", 0), slow)
    server.start()
    engine = Engine(f"http://127.0.0.1:{server.server_port}/customer")
    owners = [Quiet() for _ in range(3)]
    second = [engine.connect(owner) for owner in owners][1]
    second.abort()
    assert owners[1].news.wait(10)
    go.set()
    assert owners[2].news.wait(10)
    assert [owner.connected for owner in owners] == [True, False, True]
    engine.close()
    server.stop()


def test_no_descriptors_left_is_told_to_each_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(connection_module, "_socket", none_left)
    engine = Engine("http://127.0.0.1:9/customer")
    owners = [Quiet() for _ in range(2000)]
    for owner in owners:
        engine.connect(owner)
    assert all(owner.news.wait(10) for owner in owners)
    assert {owner.over for owner in owners} == {Closed(1006, "Too many open files")}
    engine.close()


def test_a_silent_peer_is_pinged_and_one_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.02)
    pongs: list[Frame] = []

    def mute_after_two(sock, _):  # type: ignore[no-untyped-def]
        protocol = ServerProtocol()
        while data := sock.recv(65536):
            protocol.receive_data(data)
            for event in protocol.events_received():
                if isinstance(event, Request):
                    protocol.send_response(protocol.accept(event))
                elif isinstance(event, Frame) and event.opcode is Opcode.PING:
                    pongs.append(event)
            out = [part for part in protocol.data_to_send() if part]
            if len(pongs) <= 2:
                sock.sendall(b"".join(out))

    server = StreamServer(("127.0.0.1", 0), mute_after_two)
    server.start()
    engine = Engine(f"http://127.0.0.1:{server.server_port}/", ping_s=0.05, pong_s=0.2)
    owner = Quiet()
    engine.connect(owner)
    with gevent.Timeout(10):
        while owner.over is None:
            owner.news.wait()
            owner.news.clear()
    engine.close()
    server.stop()
    assert owner.connected
    assert len(pongs) > 2
    assert owner.over == Closed(1006, "no answer to a ping within 0.2 s")


def test_headers_and_subprotocols_are_offered_and_the_choice_is_known() -> None:
    seen: list[Request] = []

    def choosy(sock, _):  # type: ignore[no-untyped-def]
        protocol = ServerProtocol(subprotocols=[Subprotocol("v2")])
        while data := sock.recv(65536):
            protocol.receive_data(data)
            for event in protocol.events_received():
                if isinstance(event, Request):
                    seen.append(event)
                    protocol.send_response(protocol.accept(event))
            for out in protocol.data_to_send():
                if not out:
                    return
                sock.sendall(out)

    server = StreamServer(("127.0.0.1", 0), choosy)
    server.start()
    engine = Engine(
        f"ws://127.0.0.1:{server.server_port}/", headers={"Authorization": "Bearer x"}, subprotocols=("v3", "v2")
    )
    owner = Quiet()
    connection = engine.connect(owner)
    assert owner.news.wait(10)
    assert connection.subprotocol == "v2"
    assert seen[0].headers["Authorization"] == "Bearer x"
    assert engine.close()
    server.stop()

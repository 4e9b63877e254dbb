"""The WebSocket client is whole: fragments, pings, closing, short writes, limits, and every way a peer can misbehave.

gevent without monkey patching, in this process; the peer is a real server on a real socket, one script a test. Every
test is made twice, in plain TCP and in TLS.
"""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import gevent
import pytest
from gevent.server import StreamServer
from websockets.frames import Close, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

import loadtests.connection as module
from loadtests.connection import MAX_MESSAGE, Closed, Connection, NotOpen
from loadtests.engine import Engine
from tests.loadtests.certificates import Certificates


class Peer:
    """A server's end of one connection, driven by hand."""

    def __init__(self, sock: Any) -> None:
        self.socket = sock
        self.protocol = ServerProtocol()
        self.frames: list[Frame] = []

    def handshake(self) -> None:
        while self.protocol.state is State.CONNECTING:
            self.protocol.receive_data(self.socket.recv(65536))
            for event in self.protocol.events_received():
                assert isinstance(event, Request)
                self.protocol.send_response(self.protocol.accept(event))
        self.flush()

    def flush(self) -> None:
        for data in self.protocol.data_to_send():
            if data:
                self.socket.sendall(data)
            else:
                self.socket.close()

    def send(self, opcode: Opcode, data: bytes, fin: bool = True) -> None:
        self.socket.sendall(Frame(opcode, data, fin).serialize(mask=False))

    def read(self) -> Frame | None:
        """The next frame of the client, or None at the end of its stream."""
        while not self.frames:
            data = self.socket.recv(65536)
            if not data:
                return None
            self.protocol.receive_data(data)
            self.frames += [event for event in self.protocol.events_received() if isinstance(event, Frame)]
            self.flush()
        return self.frames.pop(0)


class Listener:
    """An owner that remembers."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.over: Closed | None = None
        self.news = gevent.event.Event()

    def opened(self, *_: object) -> None:
        self.texts.append("(open)")
        self.news.set()

    def heard(self, _: Connection, __: int, text: str) -> None:
        self.texts.append(text)
        self.news.set()

    def closed(self, _: Connection, __: int, why: Closed) -> None:
        self.over = why
        self.news.set()

    def until(self, done: Callable[[], object]) -> None:
        with gevent.Timeout(10):
            while not done():
                self.news.wait()
                self.news.clear()


Script = Callable[[Peer], None]


class Bench:
    """A server that plays a script for each connection, and one client of it."""

    def __init__(self, script: Script, shake: bool = True, certificates: Certificates | None = None) -> None:
        self.failure: BaseException | None = None
        self.played = gevent.event.Event()

        def play(sock: Any, _: Any) -> None:
            peer = Peer(sock)
            try:
                if shake:
                    peer.handshake()
                script(peer)
            except BaseException as error:
                self.failure = error
                raise
            finally:
                self.played.set()

        options = {"ssl_context": certificates.server("127.0.0.1")} if certificates else {}
        self.server = StreamServer(("127.0.0.1", 0), play, **options)
        self.server.start()
        scheme = "https" if certificates else "http"
        url = f"{scheme}://127.0.0.1:{self.server.server_port}/customer"
        self.engine = Engine(url, ca_file=certificates.file if certificates else None)
        self.owner = Listener()
        self.connection = self.engine.connect(self.owner)

    def open(self) -> "Bench":
        self.owner.until(lambda: self.owner.texts)
        return self

    def end(self) -> Closed:
        self.owner.until(lambda: self.owner.over)
        with gevent.Timeout(10):
            self.played.wait()
        assert self.failure is None
        assert self.owner.over
        return self.owner.over

    def stop(self) -> None:
        self.engine.close(0.1)
        self.server.stop()


@pytest.fixture(params=["plain", "tls"])
def bench(request: pytest.FixtureRequest, certificates: Certificates) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(script: Script, shake: bool = True) -> Bench:
        made.append(Bench(script, shake, certificates if request.param == "tls" else None))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def read_close(peer: Peer) -> Close:
    """Everything until the client's close frame."""
    while True:
        frame = peer.read()
        assert frame, "the client ended without a close frame"
        if frame.opcode is Opcode.CLOSE:
            return Close.parse(frame.data)


Make = Callable[..., Bench]


def test_texts_go_both_ways_and_the_client_closes_politely(bench: Make) -> None:
    def script(peer: Peer) -> None:
        frame = peer.read()
        assert frame
        peer.send(Opcode.TEXT, b"echo " + frame.data)
        assert read_close(peer).code == 1000

    b = bench(script).open()
    b.connection.send("你好")
    b.owner.until(lambda: len(b.owner.texts) == 2)
    b.connection.close()
    assert b.end() == Closed(1000, "")
    assert b.owner.texts == ["(open)", "echo 你好"]
    with pytest.raises(NotOpen):
        b.connection.send("too late")


def test_fragments_are_joined_and_control_frames_between_them_are_answered(bench: Make) -> None:
    whole = "一二三四".encode()

    def script(peer: Peer) -> None:
        peer.send(Opcode.TEXT, whole[:4], fin=False)  # cut inside a character
        peer.send(Opcode.PING, b"42")
        peer.send(Opcode.CONT, whole[4:5], fin=False)
        peer.send(Opcode.CONT, whole[5:])
        pong = peer.read()
        assert pong == Frame(Opcode.PONG, b"42")
        peer.protocol.send_close(1000, "bye")
        peer.flush()
        assert read_close(peer).code == 1000

    b = bench(script)
    assert b.end() == Closed(1000, "bye")
    assert b.owner.texts == ["(open)", "一二三四"]


def test_frames_cut_anywhere_by_tcp_are_whole_again(bench: Make) -> None:
    texts = ["a" * 10, "b" * 300, "c" * 70_000]

    def script(peer: Peer) -> None:
        stream = b"".join(Frame(Opcode.TEXT, text.encode()).serialize(mask=False) for text in texts)
        for at in range(0, 400, 7):
            peer.socket.sendall(stream[at : at + 7])
            gevent.sleep(0)
        peer.socket.sendall(stream[406:])
        read_close(peer)

    b = bench(script)
    b.owner.until(lambda: len(b.owner.texts) == 4)
    b.connection.close()
    b.end()
    assert b.owner.texts == ["(open)", *texts]


def test_a_ping_may_be_sent(bench: Make) -> None:
    def script(peer: Peer) -> None:
        assert peer.read() == Frame(Opcode.PING, b"hi")
        read_close(peer)

    b = bench(script).open()
    b.connection.ping(b"hi")
    b.connection.close()
    assert b.end().code == 1000


def test_what_the_kernel_does_not_take_is_written_later_in_order(bench: Make) -> None:
    texts = [f"{number}-" + "x" * 20_000 for number in range(40)]
    go = gevent.event.Event()

    def script(peer: Peer) -> None:
        go.wait()  # until then nothing is read, and the client's writes fall short
        got = []
        while len(got) < len(texts):
            frame = peer.read()
            assert frame
            got.append(frame.data.decode())
        assert got == texts
        read_close(peer)

    b = bench(script).open()
    b.connection._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    for text in texts:
        b.connection.send(text)
    assert b.connection._unsent
    go.set()
    b.owner.until(lambda: gevent.sleep(0.001) or b.owner.news.set() or not b.connection._unsent)
    b.connection.close()
    assert b.end().code == 1000


def test_a_peer_that_never_reads_is_told_of_and_not_fed_for_ever(bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_UNSENT", 10_000)
    done = gevent.event.Event()
    b = bench(lambda _: done.wait()).open()
    with pytest.raises(NotOpen, match="reads too slowly"):  # noqa: PT012 - it takes many sends to fill the kernel
        for _ in range(10_000):
            b.connection.send("x" * 10_000)
    b.connection.abort()
    b.owner.until(lambda: b.owner.over)
    assert b.owner.over == Closed(1006, "aborted")
    done.set()


@pytest.mark.parametrize(
    ("opcode", "data", "code"),
    [
        (Opcode.TEXT, b"\xff\xfe", 1007),
        (Opcode.BINARY, b"bytes", 1003),
        (Opcode.CONT, b"of nothing", 1002),
        (Opcode.TEXT, b"x" * (MAX_MESSAGE + 1), 1009),
        (Opcode.PING, b"x" * 126, 1002),
    ],
)
def test_a_frame_that_is_not_allowed_closes_with_its_code(bench: Make, opcode: Opcode, data: bytes, code: int) -> None:
    seen: list[int] = []

    def script(peer: Peer) -> None:
        peer.socket.sendall(bytes([0x80 | opcode, *_length(len(data))]) + data)
        seen.append(read_close(peer).code)
        peer.socket.close()

    b = bench(script).open()
    b.end()
    assert seen == [code]
    assert b.owner.texts == ["(open)"]


def _length(size: int) -> bytes:
    if size < 126:
        return bytes([size])
    return bytes([126]) + size.to_bytes(2) if size < 65536 else bytes([127]) + size.to_bytes(8)


def test_many_small_fragments_do_not_pass_the_limit(bench: Make) -> None:
    def script(peer: Peer) -> None:
        peer.send(Opcode.TEXT, b"x" * 1000, fin=False)
        for _ in range(MAX_MESSAGE // 1000):
            peer.send(Opcode.CONT, b"x" * 1000, fin=False)
        assert read_close(peer).code == 1009
        peer.socket.close()

    bench(script).open().end()


def test_the_servers_close_is_answered_and_its_reason_told(bench: Make) -> None:
    def script(peer: Peer) -> None:
        peer.protocol.send_close(4002, "ten bad frames")
        peer.flush()
        assert read_close(peer).code == 4002

    assert bench(script).end() == Closed(4002, "ten bad frames")


def test_a_lost_connection_is_told_as_such(bench: Make) -> None:
    b = bench(lambda peer: peer.socket.close())
    assert b.end() == Closed(1006, "unexpected end of stream")


def test_a_reset_is_told_as_a_lost_connection(bench: Make) -> None:
    def script(peer: Peer) -> None:
        peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        peer.socket.close()

    assert bench(script).end().code == 1006


def test_a_peer_that_never_finishes_the_close_is_dropped(bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CLOSE_S", 0.05)

    def script(peer: Peer) -> None:
        while peer.socket.recv(65536):
            pass

    b = bench(script).open()
    b.connection.close()
    assert b.end() == Closed(1006, "the peer did not close within 0.05 s")


def test_texts_that_come_while_closing_are_still_heard(bench: Make) -> None:
    def script(peer: Peer) -> None:
        assert peer.socket.recv(65536)  # the client's close frame, unanswered so far
        peer.send(Opcode.TEXT, "最后一句".encode())
        peer.send(Opcode.CLOSE, Close(1000, "").serialize())
        peer.socket.close()

    b = bench(script).open()
    b.connection.close()
    assert b.end().code == 1000
    assert b.owner.texts == ["(open)", "最后一句"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "server rejected WebSocket connection: HTTP 404"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "Accept"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "did not receive a valid HTTP response"),
        (b"", "did not receive a valid HTTP response"),
    ],
)
def test_a_server_that_speaks_no_websocket_is_told_of(bench: Make, answer: bytes, why: str) -> None:
    def script(peer: Peer) -> None:
        peer.socket.recv(65536)
        peer.socket.sendall(answer)
        peer.socket.close()

    over = bench(script, shake=False).end()
    assert over.code == 1006
    assert why in over.reason


def test_a_mute_server_is_given_up(bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECT_S", 0.05)

    def script(peer: Peer) -> None:
        while peer.socket.recv(65536):
            pass

    assert bench(script, shake=False).end() == Closed(1006, "no WebSocket connection within 0.05 s")


def test_a_port_where_nobody_listens_is_told_of() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening
        engine = Engine(f"ws://127.0.0.1:{taken.getsockname()[1]}/customer")
        owner = Listener()
        engine.connect(owner)
        owner.until(lambda: owner.over)
        assert owner.over == Closed(1006, "Connection refused")
        engine.close()

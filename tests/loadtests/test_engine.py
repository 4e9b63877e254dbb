"""The engine keeps order over many connections, and nothing an owner does runs in gevent's hub."""

import gevent
import pytest
from gevent.server import StreamServer
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

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
    assert engine.connections == set()


def test_closing_an_engine_without_connections_is_quick() -> None:
    engine = Engine("ws://127.0.0.1:9/customer")
    with gevent.Timeout(1):
        assert engine.close()


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [("http://127.0.0.1:8899/customer", "127.0.0.1", 8899, "/customer"), ("ws://localhost/x", "localhost", 80, "/x")],
)
def test_a_server_is_named_as_http_or_ws(url: str, host: str, port: int, path: str) -> None:
    uri = websocket_uri(url)
    assert (uri.host, uri.port, uri.resource_name, uri.secure) == (host, port, path, False)


def test_tls_is_refused_with_a_reason() -> None:
    with pytest.raises(ValueError, match="plain http:// or ws://"):
        websocket_uri("https://127.0.0.1:1/customer")

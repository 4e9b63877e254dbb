"""One WebSocket client connection under gevent: the sans-I/O protocol of `websockets`, driven by io watchers.

    kernel ──readable──▶ _readable ──▶ Tls? ──▶ wire | ClientProtocol ──▶ texts ──▶ deliver (an append)
    kernel ◀──send────── _write ◀───── Tls? ◀── wire | ClientProtocol ◀──────────── send(text)
       └──writable──▶ _writable: the rest of a short write

No reader greenlet, so an idle connection costs no stack. Watcher callbacks run in gevent's hub, where nothing may
block: they parse and call `deliver`, which only appends. Follows RFC 6455; what `websockets` leaves to the shell (TCP
itself, TLS, time limits, text assembly, UTF-8) is here.
"""

import errno
import logging
import os
import socket
import ssl
from collections.abc import Callable
from time import monotonic_ns
from typing import Any, NamedTuple

import gevent
from gevent import monkey
from websockets.client import ClientProtocol
from websockets.exceptions import ProtocolError
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import State
from websockets.typing import Subprotocol
from websockets.uri import WebSocketURI

from loadtests.tls import Tls, told
from loadtests.wire import between_frames, leading_texts, text_frame

MAX_MESSAGE = 256 * 1024  # bytes, incoming; a larger one closes with 1009
MAX_UNSENT = 1024 * 1024  # bytes the kernel would not take yet
CONNECT_S = 10.0  # TCP, TLS and the opening handshake together
CLOSE_S = 3.0  # how long the peer may take to finish a close

_READ = 1
_WRITE = 2
_socket: type[socket.socket] = monkey.get_original("socket", "socket")  # gevent's own would add two watchers each
_buffer = memoryview(bytearray(65536))  # one for all: it is emptied before a callback returns
_logger = logging.getLogger("golive.websocket")
_logger.setLevel(logging.ERROR)  # a frame logged from the hub would have to block there


class Opened(NamedTuple):
    """The opening handshake is done."""


class Closed(NamedTuple):
    """The connection is over, or never came to be.

    `code` is that of RFC 6455 7.4.1: 1006 without a close frame, 1015 where TLS failed.
    """

    code: int
    reason: str


class NotOpen(Exception):
    """Something was sent on a connection that is not open, or whose peer reads too slowly."""


Happened = tuple["Connection", int, str | Opened | Closed]  # on which connection, when (ns), what


class Server(NamedTuple):
    """Where connections go and how, and who is told; one for all of them.

    `deliver` takes what happened and must not block; `wake` is called in the hub when there may be more of it.
    """

    uri: WebSocketURI
    family: int
    address: tuple[Any, ...]
    deliver: Callable[[Happened], object]
    wake: Callable[[], None]
    tls: ssl.SSLContext | None = None
    headers: tuple[tuple[str, str], ...] = ()
    subprotocols: tuple[str, ...] = ()


class Connection:
    """Does nothing until `begin`. What happens goes to `server.deliver`, the last thing being Closed."""

    __slots__ = (
        "_alive",
        "_closing_by",
        "_failed",
        "_parts",
        "_plain",
        "_protocol",
        "_reader",
        "_server",
        "_socket",
        "_timer",
        "_tls",
        "_unsent",
        "_writer",
        "heard_at",
        "open",
        "owner",
    )

    def __init__(self, server: Server, owner: Any) -> None:
        self.owner = owner
        self.open = False  # whether text may be sent
        self.heard_at = 0  # when bytes came last, ns
        self._server = server
        subprotocols = [Subprotocol(name) for name in server.subprotocols] or None
        self._protocol = ClientProtocol(server.uri, subprotocols=subprotocols, max_size=MAX_MESSAGE, logger=_logger)
        self._parts: list[bytes] | None = None
        self._unsent = b""
        self._tls: Tls | None = None
        self._socket: socket.socket | None = None
        self._alive = True
        self._closing_by = False  # the timer counts CLOSE_S
        self._failed = False  # by us, for what the peer sent
        self._plain = False  # the parser rests between two messages: whole texts need not pass through it

    @property
    def subprotocol(self) -> str | None:
        """What the server chose of those offered."""
        return self._protocol.subprotocol

    def begin(self) -> None:
        """Open a socket and connect."""
        if not self._alive:
            return
        try:
            self._socket = _socket(self._server.family, socket.SOCK_STREAM)
        except OSError as error:  # no descriptors left
            self._finish(os.strerror(error.errno or 0))
            return
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        loop = gevent.get_hub().loop
        self._reader = loop.io(self._socket.fileno(), _READ)
        self._writer = loop.io(self._socket.fileno(), _WRITE)
        self._timer = loop.timer(CONNECT_S)
        self._timer.start(self._finish, f"no WebSocket connection within {CONNECT_S:g} s")
        failed = self._socket.connect_ex(self._server.address)
        if failed in (0, errno.EINPROGRESS):
            self._writer.start(self._connected)
        else:
            self._finish(os.strerror(failed))

    def send(self, text: str) -> None:
        """Send one text message, from any greenlet; raises NotOpen. What the kernel does not take yet follows later."""
        if not self.open:
            raise NotOpen("the connection is not open")
        if len(self._unsent) > MAX_UNSENT:
            raise NotOpen("the peer reads too slowly")
        frame = text_frame(text.encode())
        self._hand_over(self._tls.sealed(frame) if self._tls else frame)

    def ping(self, data: bytes = b"") -> None:
        """Send a ping; raises NotOpen."""
        if not self.open:
            raise NotOpen("the connection is not open")
        self._protocol.send_ping(data)
        self._flush()

    def close(self, code: int = CloseCode.NORMAL_CLOSURE, reason: str = "") -> None:
        """Start the closing handshake; Closed is delivered when the peer has finished it, or after CLOSE_S."""
        if self.open:
            self._protocol.send_close(code, reason)
            self._flush()
            self._closing()
        elif self._alive and self._protocol.state is State.CONNECTING:
            self._finish("closed while connecting")

    def abort(self, why: str = "aborted") -> None:
        """Drop the TCP connection without a word to the peer."""
        if self._alive:
            self._finish(why)

    # What follows runs in the hub.

    def _connected(self) -> None:
        assert self._socket
        failed = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failed:
            self._finish(os.strerror(failed))
            return
        self._writer.stop()
        self._reader.start(self._readable)
        if self._server.tls:
            self._tls = Tls(self._server.tls, self._server.uri.host)
            self._hand_over(self._tls.outgoing())
        else:
            self._request()

    def _request(self) -> None:
        request = self._protocol.connect()
        for name, value in self._server.headers:
            request.headers[name] = value
        self._protocol.send_request(request)
        self._flush()

    def _readable(self) -> None:
        assert self._socket
        try:
            size = self._socket.recv_into(_buffer)
        except BlockingIOError:
            return
        except OSError:
            size = 0  # a reset is an end without a close frame
        now = self.heard_at = monotonic_ns()
        data = bytes(_buffer[:size])
        if self._tls is None:
            self._received(data, not size, now)
        else:
            self._opened_records(self._tls, data, now)
        self._server.wake()

    def _opened_records(self, tls: Tls, data: bytes, now: int) -> None:
        shaken = tls.shaken
        try:
            plain, over = tls.received(data)
        except ssl.SSLError as error:
            self._hand_over(tls.outgoing())  # the alert
            self._finish(told(error), CloseCode.TLS_HANDSHAKE)
            return
        self._hand_over(tls.outgoing())
        if tls.shaken and not shaken:
            self._request()
        over = over or not data
        if over and not tls.shaken:
            self._finish("TLS: the server closed the connection in the handshake", CloseCode.TLS_HANDSHAKE)
        elif plain or over:
            self._received(plain, over, now)

    def _received(self, data: bytes, over: bool, now: int) -> None:
        """Bytes of the WebSocket stream; `over` when none will follow."""
        if self._plain and self.open:
            texts, end = leading_texts(data)
            for text in texts:
                self._text(text, now)
            if end == len(data) and not over and not self._failed:
                return
            data = data[end:]
        self._parse(data, over, now)
        if self._protocol.writes:
            self._flush()
        if self._protocol.state is not State.OPEN:
            self._closing()

    def _parse(self, data: bytes, over: bool, now: int) -> None:
        protocol = self._protocol
        if data:
            protocol.receive_data(data)
        if over:
            protocol.receive_eof()
        for event in protocol.events_received():
            self._take(event, now)
        self._plain = self._parts is None and between_frames(protocol)

    def _take(self, event: object, now: int) -> None:
        if not isinstance(event, Frame):
            if self._protocol.handshake_exc is None:  # even where frames behind it have closed it again already
                self._timer.stop()
                self.open = True
                self._server.deliver((self, now, Opened()))
        elif event.opcode is Opcode.TEXT and event.fin:
            self._text(event.data, now)
        elif event.opcode is Opcode.TEXT:
            self._parts = [bytes(event.data)]
        elif event.opcode is Opcode.CONT and self._parts is not None:
            self._parts.append(bytes(event.data))
            if event.fin:
                whole, self._parts = b"".join(self._parts), None
                self._text(whole, now)
        elif event.opcode in (Opcode.BINARY, Opcode.CONT):
            self._fail(CloseCode.UNSUPPORTED_DATA, "text only")

    def _text(self, data: Any, now: int) -> None:
        try:
            text: str = data.decode()
        except UnicodeDecodeError:
            self._fail(CloseCode.INVALID_DATA, "not UTF-8")
        else:
            if not self._failed:  # RFC 6455 7.1.7: nothing that follows is processed
                self._server.deliver((self, now, text))

    def _fail(self, code: CloseCode, why: str) -> None:
        self._failed = True
        self._protocol.fail(code, why)

    def _flush(self) -> None:
        """Write what the protocol wants written. Its SEND_EOF is b"": the socket is closed elsewhere."""
        data = b"".join(self._protocol.data_to_send())
        self._hand_over(self._tls.sealed(data) if self._tls else data)

    def _hand_over(self, data: bytes) -> None:
        """Give bytes to the kernel, or keep them behind what waits already."""
        if self._unsent:
            self._unsent += data
        elif rest := self._sent_up_to(data):
            self._unsent = rest
            self._writer.start(self._writable)

    def _writable(self) -> None:
        self._unsent = self._sent_up_to(self._unsent)
        if not self._unsent and self._alive:
            self._writer.stop()

    def _sent_up_to(self, data: bytes) -> bytes:
        assert self._socket
        try:
            return data[self._socket.send(data) :] if data else data
        except BlockingIOError:
            return data
        except OSError:
            return b""  # the peer is gone: the reader is told so too, after what it had sent before

    def _closing(self) -> None:
        self.open = False
        if self._protocol.state is State.CLOSED or self._protocol.handshake_exc is not None:
            self._finish("")
        elif self._protocol.state is State.CLOSING and not self._closing_by:
            self._closing_by = True
            self._timer.close()
            self._timer = gevent.get_hub().loop.timer(CLOSE_S)
            self._timer.start(self._finish, f"the peer did not close within {CLOSE_S:g} s")

    def _finish(self, why: str, code: int = CloseCode.ABNORMAL_CLOSURE) -> None:
        """Let go of the socket and tell, once. `why` is used where the peer gave no reason."""
        self._alive = self.open = False
        if self._socket:
            for watcher in (self._reader, self._writer, self._timer):
                watcher.stop()
                watcher.close()
            if self._tls and self._tls.shaken:
                self._sent_up_to(self._tls.farewell())
            self._socket.close()
        self._server.deliver((self, monotonic_ns(), _told(self._protocol, why, code)))
        gevent.get_hub().loop.run_callback(self._server.wake)


def _told(protocol: ClientProtocol, why: str, code: int) -> Closed:
    failure = protocol.handshake_exc or protocol.parser_exc
    if protocol.close_rcvd:
        code = protocol.close_rcvd.code
    if isinstance(protocol.parser_exc, ProtocolError) and protocol.close_sent:
        code = protocol.close_sent.code
    return Closed(code, (protocol.close_rcvd.reason if protocol.close_rcvd else "") or why or str(failure or ""))

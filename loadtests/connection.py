"""One WebSocket client connection under gevent: the sans-I/O protocol of `websockets`, driven by io watchers.

    kernel ──readable──▶ _readable ──bytes──▶ ClientProtocol ──frames──▶ _take ──texts──▶ deliver (an append)
    kernel ◀──send────── _write ◀──bytes───── ClientProtocol ◀─────────── send(text)
       └──writable──▶ _writable: the rest of a short write

No reader greenlet, so an idle connection costs no stack. Watcher callbacks run in gevent's hub, where nothing may
block: they parse and call `deliver`, which only appends. Follows RFC 6455; what `websockets` leaves to the shell (TCP
itself, time limits, text assembly, UTF-8) is here.
"""

import errno
import logging
import os
import socket
from collections.abc import Callable
from time import monotonic_ns
from typing import Any, NamedTuple

import gevent
from gevent import monkey
from websockets.client import ClientProtocol
from websockets.exceptions import ProtocolError
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import State
from websockets.uri import WebSocketURI

MAX_MESSAGE = 256 * 1024  # bytes, incoming; a larger one closes with 1009
MAX_UNSENT = 1024 * 1024  # bytes the kernel would not take yet
CONNECT_S = 10.0
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
    """The connection is over, or never came to be; `code` as in RFC 6455 7.4.1 (1006: without a close frame)."""

    code: int
    reason: str


class NotOpen(Exception):
    """Something was sent on a connection that is not open, or whose peer reads too slowly."""


Deliver = Callable[["Connection", int, str | Opened | Closed], None]


class Connection:
    """Connects at once; everything that happens goes to `deliver` with its time (ns), the last thing being Closed."""

    __slots__ = (
        "_alive",
        "_closing_by",
        "_deliver",
        "_parts",
        "_protocol",
        "_reader",
        "_socket",
        "_timer",
        "_unsent",
        "_writer",
        "owner",
    )

    def __init__(self, uri: WebSocketURI, address: tuple[Any, ...], family: int, deliver: Deliver, owner: Any) -> None:
        self.owner = owner
        self._deliver = deliver
        self._protocol = ClientProtocol(uri, max_size=MAX_MESSAGE, logger=_logger)
        self._parts: list[bytes] | None = None
        self._unsent = b""
        self._socket = _socket(family, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        loop = gevent.get_hub().loop
        self._reader = loop.io(self._socket.fileno(), _READ)
        self._writer = loop.io(self._socket.fileno(), _WRITE)
        self._timer = loop.timer(CONNECT_S)
        self._timer.start(self._finish, f"no WebSocket connection within {CONNECT_S:g} s")
        self._alive = True
        self._closing_by = False  # the timer counts CLOSE_S
        failed = self._socket.connect_ex(address)
        if failed in (0, errno.EINPROGRESS):
            self._writer.start(self._connected)
        else:
            self._finish(os.strerror(failed))

    @property
    def open(self) -> bool:
        """Whether text may be sent."""
        return self._alive and self._protocol.state is State.OPEN

    def send(self, text: str) -> None:
        """Send one text message, from any greenlet; raises NotOpen. What the kernel does not take yet follows later."""
        if not self.open:
            raise NotOpen("the connection is not open")
        if len(self._unsent) > MAX_UNSENT:
            raise NotOpen("the peer reads too slowly")
        self._protocol.send_text(text.encode())
        self._write()

    def ping(self, data: bytes = b"") -> None:
        """Send a ping; raises NotOpen."""
        if not self.open:
            raise NotOpen("the connection is not open")
        self._protocol.send_ping(data)
        self._write()

    def close(self, code: int = CloseCode.NORMAL_CLOSURE, reason: str = "") -> None:
        """Start the closing handshake; Closed is delivered when the peer has finished it, or after CLOSE_S."""
        if self.open:
            self._protocol.send_close(code, reason)
            self._write()
            self._expect_close()
        elif self._alive and self._protocol.state is State.CONNECTING:
            self._finish("closed while connecting")

    def abort(self) -> None:
        """Drop the TCP connection without a word."""
        if self._alive:
            self._finish("aborted")

    # What follows runs in the hub.

    def _connected(self) -> None:
        failed = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failed:
            self._finish(os.strerror(failed))
            return
        self._writer.stop()
        self._reader.start(self._readable)
        self._protocol.send_request(self._protocol.connect())
        self._write()

    def _readable(self) -> None:
        try:
            size = self._socket.recv_into(_buffer)
        except BlockingIOError:
            return
        except OSError:
            size = 0  # a reset is an end without a close frame
        protocol = self._protocol
        if size:
            protocol.receive_data(bytes(_buffer[:size]))
        else:
            protocol.receive_eof()
        now = monotonic_ns()
        for event in protocol.events_received():
            self._take(event, now)
        if protocol.writes:
            self._write()
        if protocol.state is not State.OPEN:
            self._closing()

    def _take(self, event: object, now: int) -> None:
        if not isinstance(event, Frame):
            if self._protocol.handshake_exc is None:  # even where frames behind it have closed it again already
                self._timer.stop()
                self._deliver(self, now, Opened())
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
            self._protocol.fail(CloseCode.UNSUPPORTED_DATA, "text only")

    def _text(self, data: Any, now: int) -> None:
        try:
            text = str(data, "utf-8")
        except UnicodeDecodeError:
            self._protocol.fail(CloseCode.INVALID_DATA, "not UTF-8")
        else:
            self._deliver(self, now, text)

    def _write(self) -> None:
        """Hand what the protocol has written to the kernel, or keep it behind what waits already."""
        data = b"".join(self._protocol.data_to_send())  # SEND_EOF is b"": the socket is closed elsewhere
        if self._unsent:
            self._unsent += data
            return
        self._unsent = self._sent_up_to(data)
        if self._unsent:
            self._writer.start(self._writable)

    def _writable(self) -> None:
        self._unsent = self._sent_up_to(self._unsent)
        if not self._unsent and self._alive:
            self._writer.stop()

    def _sent_up_to(self, data: bytes) -> bytes:
        try:
            return data[self._socket.send(data) :] if data else data
        except BlockingIOError:
            return data
        except OSError:
            return b""  # the peer is gone: the reader is told so too, after what it had sent before

    def _closing(self) -> None:
        if self._protocol.state is State.CLOSED or self._protocol.handshake_exc is not None:
            self._finish("")
        elif self._protocol.state is State.CLOSING:
            self._expect_close()

    def _expect_close(self) -> None:
        if not self._closing_by:
            self._closing_by = True
            self._timer.close()
            self._timer = gevent.get_hub().loop.timer(CLOSE_S)
            self._timer.start(self._finish, f"the peer did not close within {CLOSE_S:g} s")

    def _finish(self, why: str) -> None:
        """Let go of the socket and tell, once. `why` is used where the peer gave no reason."""
        for watcher in (self._reader, self._writer, self._timer):
            watcher.stop()
            watcher.close()
        self._alive = False
        self._socket.close()
        protocol = self._protocol
        failure = protocol.handshake_exc or protocol.parser_exc
        code = protocol.close_rcvd.code if protocol.close_rcvd else CloseCode.ABNORMAL_CLOSURE
        if isinstance(protocol.parser_exc, ProtocolError) and protocol.close_sent:
            code = protocol.close_sent.code
        reason = (protocol.close_rcvd.reason if protocol.close_rcvd else "") or why or str(failure or "")
        self._deliver(self, monotonic_ns(), Closed(code, reason))

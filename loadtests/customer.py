"""A customer under Locust: connect, say, wait for a reply, rate, recall, leave. Scenario users are built on it.

Two styles, to be mixed freely: `say` and `wait_reply` in a task, or `on_reply` and `on_event`, which are called.
"""

from random import Random
from time import monotonic_ns
from typing import Any

import gevent
import locust
import msgspec
from gevent.event import Event

from fixtures.people import nickname
from loadtests.binding import install
from loadtests.connection import Closed, Connection, NotOpen
from loadtests.engine import Engine
from loadtests.process import LoadProcess
from loadtests.visit import Message, Visit
from loadtests.websocket_user import WebSocketUser
from simulators.douyin.frames import (
    Accepted,
    Busy,
    ClientFrame,
    Error,
    Hello,
    Leave,
    Rate,
    Read,
    Recall,
    Receive,
    Send,
    ServerFrame,
    Welcome,
)

LATE_S = 5.0  # a message that could not be sent this long after it was intended is dropped, and counted
LOOK_S = 0.2  # how often a waiter looks whether the customer has left
_jitter = Random()
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(ServerFrame).decode

install(locust.events)


class CustomerUser(WebSocketUser):
    """One customer at a time. `shop` is whom they visit; a subclass tells in a @task what they do.

    Response times run from the intended moment. Connections that break come back by themselves (0.1 s doubling to 2 s,
    with jitter), and what the gateway had not accepted is written again under its old id.
    """

    abstract = True
    kept = 16
    shop = "s01"

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.process: LoadProcess = environment.golive
        self.visit: Visit | None = None
        self._ready = Event()
        self._failures = 0
        self._parting: dict[Connection, Visit] = {}  # left, but still closing: replies may come until it has

    @property
    def engine(self) -> Engine:
        """The connections of this process to the gateway."""
        return self.process.engine

    # What a scenario says.

    def arrive(self, customer: str, nick: str, shop: str = "") -> None:
        """Begin a visit as this customer; returns at once, the connection follows."""
        self.visit = Visit(customer, shop or self.shop, nick, self.process.recorder.add, self.process.script.words)
        self._texts.clear()
        self._connect()

    def say(self, text: str, intended: int | None = None) -> str:
        """Send a text that was wanted at `intended` (ns; now by default); its id, or "" where it had to be dropped.

        Waits for a connection until LATE_S after `intended`; a callback does not wait, there it goes on by itself. The
        first `say` begins a visit.
        """
        visit = self.visit or self._stranger()
        message = visit.intend(text, monotonic_ns() if intended is None else intended)
        wait_s = self.process.place_s()
        if gevent.getcurrent() is self.engine.drain and (wait_s or not self._ready.is_set()):
            gevent.spawn(self._say, visit, message, wait_s)
            return message.id
        return message.id if self._say(visit, message, wait_s) else ""

    def wait_reply(self, timeout_s: float = 60.0) -> str | None:
        """The oldest reply not taken yet, or None when none comes in time."""
        return self.recv(timeout_s)

    def rate(self, stars: int) -> None:
        """Give 1 to 5 stars."""
        if self.visit and self._write(Rate(stars)):
            self.visit.rated(stars, monotonic_ns())

    def recall(self) -> None:
        """Take the newest accepted message back."""
        if self.visit and self.visit.newest:
            self._write(Recall(self.visit.newest))

    def read(self, index: int) -> None:
        """Confirm everything up to this index of the conversation as read."""
        self._write(Read(index))

    def leave(self) -> None:
        """End the visit and the connection; both finish by themselves."""
        visit, self.visit = self.visit, None
        if visit and self._write(Leave()):
            visit.left(monotonic_ns())
        connection, self.connection = self.connection, None
        if visit and connection:
            self._parting[connection] = visit
            connection.close()
        self._ready.clear()

    def await_return(self, timeout_s: float) -> bool:
        """Wait until the connection is back after a cut, or the visit over; whether it was in time."""
        if self.connection and not self.connection.open:
            self._ready.clear()  # the engine is about to say so
        until = monotonic_ns() + int(timeout_s * 1e9)
        while self.visit and not self._ready.wait(LOOK_S) and monotonic_ns() < until:
            pass  # a customer who leaves meanwhile never comes back
        return self.visit is None or self._ready.is_set()

    def on_reply(self, frame: Receive, waited_s: float | None) -> None:
        """A reply came, `waited_s` after the oldest unanswered message. In the drain greenlet: never block here."""

    def on_event(self, frame: ServerFrame) -> None:
        """Any other frame of the gateway came: welcome, accepted, busy, recalled, error. Never block here."""

    def on_stop(self) -> None:
        """Locust ends the user: leave politely."""
        self.leave()

    # What the engine tells (in its drain greenlet).

    def opened(self, connection: Connection, t: int) -> None:
        """The connection is ready: introduce oneself."""
        del t
        if (visit := self.visit) and connection is self.connection:
            self._write(Hello(visit.customer, visit.shop, visit.nick, visit.after))

    def heard(self, connection: Connection, t: int, text: str) -> None:
        """A frame of the gateway."""
        try:
            frame = _decode(text)
        except msgspec.MsgspecError:
            self.report("frame", 0.0, len(text), "the gateway sent what is no frame of the customer protocol")
            return
        visit = self.visit if connection is self.connection else self._parting.get(connection)
        if visit is None:
            return
        if isinstance(frame, Receive):
            waited = visit.received(frame, t)
            self._take_reply(frame, None if waited is None else waited / 1e9)
            return
        if isinstance(frame, Accepted):
            if message := visit.accepted(frame):
                self.report("ack", (t - message.intended) / 1e6, len(message.text))
        else:
            self._heard_rarely(visit, t, frame)
        self.on_event(frame)

    def closed(self, connection: Connection, t: int, why: Closed) -> None:
        """The connection ended: come back, unless the visit is over."""
        del t
        self._parting.pop(connection, None)
        if self.visit is None or connection is not self.connection:
            return
        self._ready.clear()
        self.report("connection", 0.0, 0, f"lost: {why.code} {why.reason}".rstrip())
        pause = min(2.0, 0.1 * 2.0 ** min(self._failures, 10)) * _jitter.uniform(0.5, 1.0)
        self._failures += 1
        gevent.spawn_later(pause, self._connect)

    def _heard_rarely(self, visit: Visit, t: int, frame: ServerFrame) -> None:
        if isinstance(frame, Welcome):
            visit.joined(t, frame.conversation)
            self._failures = 0
            for message in tuple(visit.unaccepted.values()):
                if wait_s := self.process.place_s():
                    gevent.spawn_later(wait_s, self._again, visit, message.id)
                else:  # at once, so that it goes before what is said next
                    self._write(Send(message.id, message.text))
            self._ready.set()
        elif isinstance(frame, Busy):
            visit.rejected(frame.id, t, "busy")
            gevent.spawn_later(frame.retry_s + self.process.place_s(), self._again, visit, frame.id)
        elif isinstance(frame, Error):
            self.report("frame", 0.0, 0, f"the gateway refused a frame: {frame.code}")

    def _again(self, visit: Visit, message_id: str) -> None:
        """After `busy`: the same message under its old id and its old intended time."""
        if visit is self.visit and (message := visit.unaccepted.get(message_id)):
            self._write(Send(message.id, message.text))

    def _take_reply(self, frame: Receive, waited_s: float | None) -> None:
        if waited_s is not None:
            self.report("reply", waited_s * 1e3, len(frame.text))
        self._texts.append(frame.text)
        self._news.set()
        self.on_reply(frame, waited_s)

    def _connect(self) -> None:
        if self.visit:
            self.connection = self.process.engine.connect(self)

    def _stranger(self) -> Visit:
        """A customer for a scenario that did not say who comes."""
        number = self.process.next_slot()
        self.arrive(f"c{number:05d}", nickname(self.process.task.scenario.seed, number, vip=False))
        assert self.visit
        return self.visit

    def _say(self, visit: Visit, message: Message, wait_s: float) -> bool:
        if wait_s:
            gevent.sleep(wait_s)
        while visit is self.visit and self._connected_in_time(message.intended):
            if self._write(Send(message.id, message.text)):
                visit.sent(message, monotonic_ns())
                return True
            if self.connection and self.connection.open:  # the gateway reads too slowly
                break
            self._ready.clear()  # it broke this moment: the engine will say so, and the next one is waited for
        visit.dropped(message, monotonic_ns())
        self.report("arrival", 0.0, 0, "dropped: not connected in time")
        return False

    def _connected_in_time(self, intended: int) -> bool:
        left = LATE_S - (monotonic_ns() - intended) / 1e9
        return left > 0 and (self._ready.is_set() or bool(self._ready.wait(left)))

    def _write(self, frame: ClientFrame) -> bool:
        if self.connection is None:
            return False
        try:
            self.connection.send(_encode(frame).decode())
        except NotOpen:
            return False
        return True

"""WS /api/v1/ws: one connection is one device; whoever was cut resumes from the agent's log (SYNC-1, SYNC-4)."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from aiohttp import WSMsgType, web

from tests.second import routing, talk
from tests.second.document import Document, Malformed, checked
from tests.second.state import Json, Person, Refused, World, frame_of

HEARTBEAT_S: Final = 15.0
SILENCE_S: Final = 40.0
NAMELESS_S: Final = 10.0
PATIENCE: Final = 10  # malformed frames
MOST_DEVICES: Final = 16
PER_S, AT_ONCE = 200.0, 1000  # frames of one device
MAX_BYTES: Final = 256 * 1024


class Hangup(Exception):
    """The connection is over, with this close code; 0: the other side has ended it."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Line:
    """A connected device: what it is told waits here, in order; an int closes behind it."""

    def __init__(self, device: str) -> None:
        self.device, self.waiting = device, asyncio.Queue[str | int]()

    def send(self, frame: str) -> None:
        """state.Link."""
        self.waiting.put_nowait(frame)

    def close(self, code: int) -> None:
        """state.Link."""
        self.waiting.put_nowait(code)


class Devices:
    """All connections."""

    def __init__(self, world: World, document: Document, window_s: float) -> None:
        self.world, self.document, self.window_s = world, document, window_s
        self.open: set[Line] = set()

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """A connection from hello to its end; a page of another site may not open one."""
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            raise web.HTTPForbidden
        ws = web.WebSocketResponse(max_msg_size=MAX_BYTES, timeout=2.0)
        await ws.prepare(request)
        talking = Talk(self, ws)
        with contextlib.suppress(OSError):
            try:
                await ws.send_str(said("hello", heartbeat_s=HEARTBEAT_S, resume_window_s=self.window_s))
                await self._serve(ws, talking)
            except Hangup as hangup:
                if hangup.code:
                    await ws.close(code=hangup.code)
        return ws

    def come(self, person: Person, line: Line) -> None:
        """A device is on; another with its name is replaced."""
        if (old := person.links.pop(line.device, None)) is not None:
            old.close(4003)
        person.links[line.device] = line
        self.open.add(line)
        routing.let_in(person.shop)

    def go(self, person: Person, line: Line) -> None:
        """A device is off; with the last one its agent has the resume window to come back (ROUTE-6)."""
        self.open.discard(line)
        if person.links.get(line.device) is not line:
            return
        del person.links[line.device]
        person.left[line.device] = time.monotonic()
        if not person.links:
            asyncio.get_running_loop().call_later(self.window_s, self._missed, person)

    def leave_all(self) -> None:
        """The service stops."""
        for line in self.open:
            line.send(said("reconnect", why="stopping"))
            line.close(1012)

    def _missed(self, person: Person) -> None:
        gone = not person.links and time.monotonic() - max(person.left.values()) >= self.window_s - 0.01
        if gone and person.shop.id in self.world.shops:
            routing.hand_on(self.world, person, "gone")

    async def _serve(self, ws: web.WebSocketResponse, talking: "Talk") -> None:
        try:
            async with asyncio.timeout(NAMELESS_S):
                person, line, until = await talking.greet()
        except TimeoutError:
            raise Hangup(4001) from None
        ending = asyncio.get_running_loop().call_later(max(0.0, until - time.monotonic()), line.close, 4001)
        halves = [asyncio.create_task(talking.listen(person, line)), asyncio.create_task(_write(ws, line))]
        try:
            await asyncio.wait(halves, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.go(person, line)
            ending.cancel()
            for half in halves:
                half.cancel()
        for end in await asyncio.gather(*halves, return_exceptions=True):
            if isinstance(end, Exception):
                raise end


async def _write(ws: web.WebSocketResponse, line: Line) -> None:
    while True:
        frame = await line.waiting.get()
        if isinstance(frame, int):
            raise Hangup(frame)
        await ws.send_str(frame)


class Talk:
    """What one device says, and what follows."""

    def __init__(self, devices: Devices, ws: web.WebSocketResponse) -> None:
        self._devices, self._ws = devices, ws
        self._world = devices.world
        self._person: Person
        self._line: Line
        self._bad, self._left, self._since = 0, float(AT_ONCE), time.monotonic()
        self._answers: dict[str, Callable[[Json], str | None]] = {
            "heartbeat": self._heartbeat,
            "ack": self._ack, "send": self._send, "resolve": self._resolve, "read": self._read, "typing": self._typing,
        }  # fmt: skip

    async def greet(self) -> tuple[Person, Line, float]:
        """Frames until the device has a name: whose it is, and until when. Raises Hangup."""
        while True:
            frame = await self._hear(self._ws.send_str)
            op, d = frame.get("op"), frame.get("d", {})
            if op not in ("identify", "resume"):
                if op:
                    await self._ws.send_str(said("error", code="not_identified"))
                continue
            known = self._world.person(d["token"])
            if known is None or known[0].role == "admin":
                raise Hangup(4001)
            person, until = known
            line = self._fresh(person, d["device_id"]) if op == "identify" else self.resume(person, d)
            if line is not None:
                return person, line, until
            await self._ws.send_str(said("invalid_session", resumable=False))

    async def listen(self, person: Person, line: Line) -> None:
        """Frames of a known device, until it leaves or must. Raises Hangup."""
        self._person, self._line = person, line

        async def tell(frame: str) -> None:
            line.send(frame)

        while True:
            frame = await self._hear(tell)
            if op := frame.get("op"):
                answer = self._answers.get(op, self._again)(frame.get("d", {}))
                if answer is not None:
                    line.send(answer)

    def _fresh(self, person: Person, device: str) -> Line:
        self._room(person, device)
        session = secrets.token_urlsafe(24)
        self._world.sessions[session] = person, device
        line = Line(device)
        standing = [conversation.standing() for conversation in person.held]
        line.send(said(
            "ready", session_id=session, agent_id=person.id, s=len(person.log), acked=person.acked.get(device, 0),
            capacity=person.capacity, availability=person.availability,
            heads={each["conversation_id"]: each["seq"] for each in standing}, conversations=standing,
        ))  # fmt: skip
        self._devices.come(person, line)
        return line

    def resume(self, person: Person, d: Json) -> Line | None:
        """Exactly what was missed, then `resumed`; None where that cannot be promised."""
        owner, device = self._world.sessions.get(d["session_id"], (None, ""))
        s, newest = int(d["s"]), len(person.log)
        away_s = time.monotonic() - person.left.get(device, -1e9)
        if owner is not person or s > newest or (device not in person.links and away_s > self._devices.window_s):
            return None
        self._room(person, device)
        line = Line(device)
        for place in range(s, newest):
            line.send(frame_of(place + 1, *person.log[place]))
        line.send(said("resumed", replayed=newest - s, s=newest))
        self._devices.come(person, line)
        return line

    def _room(self, person: Person, device: str) -> None:
        if device not in person.links and len(person.links) >= MOST_DEVICES:
            raise Hangup(4029)

    async def _hear(self, complain: Callable[[str], Any]) -> Json:
        """The next frame; {} for a malformed one, which is answered. Raises Hangup."""
        try:
            message = await self._ws.receive(SILENCE_S)
        except TimeoutError:
            raise Hangup(4009) from None
        if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
            raise Hangup(0)
        now = time.monotonic()
        self._left, self._since = min(AT_ONCE, self._left + (now - self._since) * PER_S) - 1, now
        if self._left < 0:
            raise Hangup(4008)
        try:
            if message.type is WSMsgType.BINARY:
                raise Malformed("frames are text")
            return self._frame(message.data)
        except Malformed as error:
            self._bad += 1
            if self._bad >= PATIENCE:
                raise Hangup(4002) from None
            await complain(said("error", code="bad_frame", why=str(error)))
            return {}

    def _frame(self, text: str) -> Json:
        try:
            frame = msgspec.json.decode(text)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise Malformed(f"no JSON: {error}") from None
        op = frame.get("op") if isinstance(frame, dict) else None
        if not isinstance(op, str) or op not in self._devices.document.frames:
            raise Malformed("no op of a device")
        return checked(self._devices.document.frames[op], frame)  # type: ignore[no-any-return]

    def _heartbeat(self, _: Json) -> str:
        return said("heartbeat_ack", s=len(self._person.log))

    def _again(self, _: Json) -> str:
        return said("error", code="bad_frame", why="this connection is identified already")

    def _ack(self, d: Json) -> str | None:
        if d["s"] > len(self._person.log):
            return said("error", code="bad_frame", why="nothing with this s was told")
        self._person.acked[self._line.device] = max(int(d["s"]), self._person.acked.get(self._line.device, 0))
        return None

    def _send(self, d: Json) -> str:
        try:
            message, _ = talk.say(self._world, self._person, d["conversation_id"], d)
        except Refused as refused:
            return said("error", code=refused.code, **_named(d))
        return said("sent", message_id=message.id, seq=message.seq, **_named(d))

    def _resolve(self, d: Json) -> str:
        try:
            conversation = talk.resolve(self._world, self._person, d["conversation_id"])
        except Refused as refused:
            return said("error", code=refused.code, **_named(d))
        return said("sent", message_id="", seq=conversation.seq, **_named(d))

    def _read(self, d: Json) -> str | None:
        try:
            talk.mark(self._world, self._person, d["conversation_id"], int(d["seq"]))
        except Refused as refused:
            return said("error", code=refused.code, why=d["conversation_id"])
        return None

    def _typing(self, d: Json) -> None:
        typed(self._person, d["conversation_id"], self._line)


def typed(person: Person, conversation_id: str, but: Line | None = None) -> None:
    """The agent types: their other devices are told at once, and nothing is kept."""
    if any(conversation.id == conversation_id for conversation in person.held):
        for link in person.links.values():
            if link is not but:
                link.send(said("typed", conversation_id=conversation_id))


def said(op: str, **d: Any) -> str:
    """A frame of the server."""
    return msgspec.json.encode({"op": op, "d": d}).decode()


def _named(d: Json) -> Json:
    return {name: d[name] for name in ("client_msg_id", "nonce") if name in d}

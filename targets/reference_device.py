"""One device at the bundled reference: the WebSocket half of the contract (contract/asyncapi.yaml)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Literal

import aiohttp
import msgspec

from targets.interface import Closed, Cursor, Event, Sent, TargetError

ANSWER_S = 10.0  # longer than any answer may take; after it the outcome is unknown
_LOST = 1006  # RFC 6455 section 7.4.1: the connection ended without a close frame
_KINDS = {
    "message.recalled": "recalled",
    "message.edited": "edited",
    "message.read": "read",
    "conversation.read": "read",
    "unread.reminder": "unread",
}
_WORDS = {"conversation.resolved": "resolved", "conversation.transferred": "transferred"}


class Held(msgspec.Struct, frozen=True):
    """A conversation of `ready`."""

    conversation_id: str
    seq: int = 0
    unread: int = 0
    read_to: int = 0


class Customer(msgspec.Struct, frozen=True):
    """Who writes, in `conversation.assigned`."""

    grade: str = ""


class Data(msgspec.Struct, frozen=True):
    """The fields of every frame's `d` that this adapter reads; each frame has some of them."""

    conversation_id: str = ""
    message_id: str = ""
    seq: int | None = None
    sender: Literal["customer", "agent", "bot", "system"] = "system"
    platform_message_id: str | None = None
    client_msg_id: str | None = None
    text: str | None = None
    private: bool = False
    status: str = ""
    reason: str = ""
    code: str = ""
    s: int = 0
    session_id: str = ""
    heartbeat_s: float = 30.0
    conversations: tuple[Held, ...] = ()
    customer: Customer = Customer()
    tier: str = ""
    complaint_id: str = ""
    what: str = ""
    index: int | None = None
    stars: int = 0


class Frame(msgspec.Struct, frozen=True):
    """{op, s?, t?, d}: `s` is the place in the agent's log, dense, the same on every device."""

    op: str = "dispatch"  # GET /sync leaves it out
    s: int = 0
    t: str = ""
    d: Data = Data()


decode = msgspec.json.Decoder(Frame).decode
Missed = Callable[[int, Frame], Awaitable[list[tuple[int, Event]]]]


class Socket(msgspec.Struct):
    """A WebSocket that speaks frames. Every error is a TargetError."""

    ws: aiohttp.ClientWebSocketResponse[Literal[False]]

    async def ask(self, op: str, **d: object) -> None:
        """Write one frame."""
        await self.ws.send_frame(msgspec.json.encode({"op": op, "d": d}), aiohttp.WSMsgType.TEXT)

    async def frame(self) -> tuple[Frame, bytes]:
        """The next frame and its bytes; raises TargetError where there is none, or it is none of the contract's."""
        message = await self.ws.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise TargetError(f"the target closed the device's connection: {self.ws.close_code} {message.extra or ''}")
        try:
            return decode(message.data), message.data
        except msgspec.MsgspecError as error:
            raise TargetError(f"the target sent a frame that asyncapi.yaml does not know: {error}") from error

    async def expect(self, *ops: str) -> Frame:
        """The next frame, which must be one of these."""
        frame, _ = await self.frame()
        if frame.op not in ops:
            raise TargetError(f"the target sent `{frame.op}` {frame.d.code} where `{' or '.join(ops)}` was due")
        return frame


async def begin(socket: Socket, token: str, device: str, resume: Cursor | None, missed: Missed) -> "ReferenceDevice":
    """Identify or resume on an open socket: what was missed stands first among the device's events (SYNC-1)."""
    hello = await socket.expect("hello")
    session, _, s = (resume or "").rpartition(":")
    if session:
        await socket.ask("resume", token=token, session_id=session, s=int(s))
        if (replayed := await _replay(socket)) is not None:
            return ReferenceDevice(socket, session, int(s), replayed, hello.d.heartbeat_s, True)
    ready = await identify(socket, token, device)
    gap = await missed(int(s), ready) if session else []  # a session that is over must not become a silent gap
    held = [(ready.d.s, Event("assigned", each.conversation_id, "system")) for each in ready.d.conversations]
    return ReferenceDevice(socket, ready.d.session_id, ready.d.s, [*gap, *held], hello.d.heartbeat_s, False)


async def identify(socket: Socket, token: str, device: str) -> Frame:
    """Begin afresh, after `hello`; the `ready` with all that the device shows."""
    await socket.ask("identify", token=token, device_id=device)
    return await socket.expect("ready")


async def _replay(socket: Socket) -> list[tuple[int, Event]] | None:
    """What came between `resume` and `resumed`; None where the session cannot be resumed."""
    replayed: list[tuple[int, Event]] = []
    while True:
        frame, raw = await socket.frame()
        if frame.op == "resumed":
            return replayed
        if frame.op == "invalid_session":
            return None
        if frame.op == "dispatch":
            replayed.append((frame.s, event(frame, raw)))
        elif frame.op == "error":
            raise TargetError(f"the target refused to resume: {frame.d.code}")


def event(frame: Frame, raw: bytes = b"") -> Event:
    """What a dispatch means to the harness."""
    d, t = frame.d, frame.t
    kind, note = (_KINDS[t], "") if t in _KINDS else ("other", t)
    sender, seq = d.sender, d.seq
    if t == "message.created":
        kind, note = ("other", "note among agents") if d.private else ("message", "")
    elif t == "message.blocked":
        kind, note = "withheld", ""
    elif t == "message.updated" and d.status in ("failed", "in_doubt"):
        kind, note = ("reply_failed" if d.status == "failed" else "in_doubt"), d.reason
    elif t == "conversation.assigned":
        kind, note = "assigned", d.customer.grade
    elif t in ("tier.warning", "tier.breached"):
        kind, note = "tier", f"{d.tier} {t.removeprefix('tier.')}"
    elif t == "complaint.updated":
        return Event("complaint", d.conversation_id, d.sender, d.complaint_id, note=d.what, raw=raw)
    elif t == "csat.submitted":
        return Event("csat", d.conversation_id, d.sender, seq=d.stars, note=t, raw=raw)
    elif t in _WORDS:
        kind, note = "released", _WORDS[t]
    elif t in ("conversation.read", "message.read"):
        sender, seq = ("agent", d.seq) if t == "conversation.read" else ("customer", d.index)
    return Event(
        kind,
        d.conversation_id,
        sender,
        d.message_id,
        d.platform_message_id,
        d.client_msg_id,
        d.text,
        seq,
        note,
        raw,
    )


class ReferenceDevice:
    """targets.interface.Device; its cursor is "session:s" of the newest event that was yielded."""

    def __init__(
        self,
        socket: Socket,
        session: str,
        s: int,
        first: Iterable[tuple[int, Event]],
        heartbeat_s: float,
        resumed: bool,
    ) -> None:
        self.resumed = resumed
        self.level = ""  # of its agent, where the rehearsal gave one; the adapter sets it
        self.set_availability: Callable[[str], Awaitable[None]]
        self._socket = socket
        self._session = session
        self._s = s
        self._told: asyncio.Queue[tuple[int, Event | Closed]] = asyncio.Queue()
        for each in first:
            self._told.put_nowait(each)
        self._asked: dict[str, asyncio.Future[Sent]] = {}
        self._open = True
        self._reading = asyncio.create_task(self._read())
        self._beating = asyncio.create_task(self._beat(heartbeat_s / 2))

    @property
    def cursor(self) -> Cursor | None:
        """Where to resume: after the newest event that `events` has yielded."""
        return f"{self._session}:{self._s}"

    async def events(self) -> AsyncIterator[Event | Closed]:
        """What the device is told, in the order it came; the last item is a Closed."""
        while True:
            s, told = await self._told.get()
            self._s = max(self._s, s)
            yield told
            if isinstance(told, Closed):
                return

    async def reply(self, conversation: str, text: str, client_id: str) -> Sent:
        """Send as this agent; SEND-1 makes the same client_id one message."""
        return await self._ask("send", client_id, conversation_id=conversation, text=text)

    async def resolve(self, conversation: str) -> Sent:
        """Finish a conversation."""
        return await self._ask("resolve", f"resolve {conversation}", conversation_id=conversation)

    async def availability(self, to: Literal["online", "away", "offline"]) -> None:
        """Set the agent's availability; raises TargetError."""
        await self.set_availability(to)

    async def close(self) -> None:
        """Leave politely, with a close frame."""
        await self._socket.ws.close()
        await self._reading

    async def cut(self) -> None:
        """Abort the TCP connection; what was read and not yet yielded is lost with it."""
        while not self._told.empty():
            self._told.get_nowait()
        self._end(Closed(_LOST, "cut"))
        connection = self._socket.ws._response.connection  # aiohttp has no public way to abort
        if connection is not None and connection.transport is not None:
            connection.transport.abort()
        await self._reading

    async def _ask(self, op: str, client_msg_id: str, **d: str) -> Sent:
        if not self._open:
            return Sent("unknown")
        answer: asyncio.Future[Sent] = asyncio.get_running_loop().create_future()
        self._asked[client_msg_id] = answer
        try:
            await self._socket.ask(op, client_msg_id=client_msg_id, **d)
            async with asyncio.timeout(ANSWER_S):
                return await answer
        except (TimeoutError, OSError, aiohttp.ClientError):
            return Sent("unknown")
        finally:
            self._asked.pop(client_msg_id, None)

    async def _read(self) -> None:
        try:
            while True:
                self._hear(*await self._socket.frame())
        except TargetError as error:
            self._end(Closed(self._socket.ws.close_code or _LOST, str(error)))

    def _hear(self, frame: Frame, raw: bytes) -> None:
        if frame.op == "dispatch":
            if self._open:
                told = event(frame, raw)
                if told.kind == "assigned":
                    told = told._replace(note=f"{told.note} {self.level}".strip())
                self._told.put_nowait((frame.s, told))
        elif frame.op in ("sent", "error") and (answer := self._asked.get(frame.d.client_msg_id or "")):
            if not answer.done():
                failed = frame.op == "error"
                answer.set_result(Sent("failed", code=frame.d.code) if failed else Sent("ok", frame.d.message_id))
        elif frame.op in ("error", "reconnect"):
            self._told.put_nowait((0, Event("other", "", "system", note=f"{frame.op} {frame.d.code}", raw=raw)))

    async def _beat(self, every_s: float) -> None:
        while True:
            await asyncio.sleep(every_s)
            try:
                await self._socket.ask("heartbeat", s=self._s)
            except (OSError, aiohttp.ClientError):
                return  # the reader tells that the connection is gone

    def _end(self, closed: Closed) -> None:
        if not self._open:
            return
        self._open = False
        self._beating.cancel()
        self._told.put_nowait((0, closed))
        for answer in self._asked.values():
            if not answer.done():
                answer.set_result(Sent("unknown"))

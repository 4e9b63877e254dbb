"""WS /api/v1/ws: one connection is one device; a reader and a writer around a link (asyncapi.yaml)."""

import asyncio
import contextlib
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.websockets import WebSocket, WebSocketDisconnect

from reference_service.api import frames, sessions
from reference_service.api.conversations import may_resolve, resolve_thread
from reference_service.api.messages import said
from reference_service.api.problems import Problem
from reference_service.api.requests import engine_of, identify
from reference_service.domain import reading, replies
from reference_service.domain.rates import Bucket
from reference_service.domain.refusal import Refusal
from reference_service.domain.world import Desk
from reference_service.shell.engine import Engine
from reference_service.shell.hub import SIGNED_OUT, TOO_MANY, TOO_SLOW, Link, whisper
from reference_service.storage.journal import StorageError

BAD_FRAME, TOO_FAST = 4002, 4008
BROKEN = 1011  # nobody foresaw it
PATIENCE = 10  # malformed frames until the connection is closed


class Hangup(Exception):
    """The connection is to be closed, with this code; None when the other side has closed it."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


async def connect(websocket: WebSocket) -> None:
    """A device's connection from hello to its end; a page of another site may not open one in its visitor's browser."""
    if not same_origin(websocket.headers):
        await websocket.close()  # before the handshake: 403
        return
    await websocket.accept()
    with contextlib.suppress(OSError, WebSocketDisconnect):  # sending where nobody is any more
        try:
            await _converse(websocket, engine_of(websocket))
        except (Problem, StorageError):
            await websocket.close(sessions.RESTARTING)
        except Hangup as hangup:
            if hangup.code is not None:
                await websocket.close(hangup.code)


def same_origin(headers: Headers) -> bool:
    """Whether a browser's page is ours; what is no browser sends no Origin."""
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


async def _converse(websocket: WebSocket, engine: Engine) -> None:
    settings = engine.settings
    hello = frames.Hello(settings.heartbeat_s, settings.resume_window_s)
    await websocket.send_text(frames.write(hello))
    conversation = Conversation(websocket, engine)
    link = await _named(conversation, engine)
    link.until = conversation.until
    halves = asyncio.create_task(conversation.read(link)), asyncio.create_task(_write(websocket, link))
    try:
        await asyncio.wait(halves, return_when=asyncio.FIRST_COMPLETED)
    finally:
        sessions.end(engine, link)
        for half in halves:
            half.cancel()
        ends = await asyncio.gather(*halves, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end


async def _named(conversation: "Conversation", engine: Engine) -> Link:
    settings, limits = engine.settings, engine.limits
    if limits.unnamed >= settings.max_unnamed:
        limits.hits["unnamed"] += 1
        raise Hangup(TOO_MANY)
    limits.unnamed += 1
    try:
        return await asyncio.wait_for(conversation.greet(), settings.identify_s)
    except TimeoutError:
        limits.hits["identify"] += 1
        raise Hangup(SIGNED_OUT) from None
    finally:
        limits.unnamed -= 1


async def _write(websocket: WebSocket, link: Link) -> None:
    while True:
        waiting = await link.frames()
        if link.closing != TOO_SLOW:
            for frame in waiting:
                await websocket.send({"type": "websocket.send", "text": frame})
        if link.closing is not None:
            raise Hangup(link.closing)


class Conversation:
    """What one device says, and what follows."""

    def __init__(self, websocket: WebSocket, engine: Engine) -> None:
        self._websocket = websocket
        self._engine = engine
        self._bad = 0
        self._bucket = Bucket(engine.settings.frame_rate)
        self.until = 0.0  # when the device's token ends
        self._desk: Desk | None = None

    async def greet(self) -> Link:
        """Frames until the device is known. Raises Hangup 4001 for a token that is not an agent's."""
        while True:
            said = await self._hear(None)
            if isinstance(said, frames.Identify):
                desk = self._sign_in(said.d.token)
                self._let_in(desk, said.d.device_id)
                return await sessions.start(self._engine, desk, said.d.device_id)
            if isinstance(said, frames.Resume):
                desk = self._sign_in(said.d.token)
                device = sessions.device_of(self._engine, desk, said.d.session_id)
                self._let_in(desk, device or "")
                link = await sessions.resume(self._engine, desk, device, said.d.s) if device else None
                if link is not None:
                    return link
                await self._websocket.send_text(frames.write(frames.InvalidSession(False)))
            elif said is not None:
                await self._websocket.send_text(frames.write(frames.Error("not_identified")))

    async def read(self, link: Link) -> None:
        """Frames of a known device, until it leaves or must."""
        while True:
            said = await self._hear(link)
            link.heard = self._engine.clock.real()
            if said is not None:
                await self._answer(link, said)

    async def _hear(self, link: Link | None) -> frames.Said | None:
        event = await self._websocket.receive()
        if event["type"] == "websocket.disconnect":
            raise Hangup(None)
        if self._bucket.take(self._engine.clock.real()):
            self._engine.limits.hits["frame_rate"] += 1
            raise Hangup(TOO_FAST)
        try:
            return frames.parse(event.get("text") or "")
        except frames.FrameError as error:
            self._bad += 1
            if self._bad >= PATIENCE:
                raise Hangup(BAD_FRAME) from None
            complaint = frames.write(frames.Error("bad_frame", why=str(error)))
            await self._tell(link, complaint)
            return None

    def _let_in(self, desk: Desk, device: str) -> None:
        if not sessions.has_room(self._engine, desk, device):
            raise Hangup(TOO_MANY)

    async def _tell(self, link: Link | None, frame: str) -> None:
        if link is None:
            await self._websocket.send_text(frame)
        else:
            link.send(frame)

    def _sign_in(self, token: str) -> Desk:
        known = identify(self._engine, token)
        desk = self._engine.world.desk(known[0].id) if known else None
        if known is None or desk is None:
            raise Hangup(SIGNED_OUT)
        self._desk, self.until = desk, known[1]
        return desk

    async def _answer(self, link: Link, said: frames.Said) -> None:
        if isinstance(said, frames.Send):
            link.send(await self._send(said.d))
        elif isinstance(said, frames.Resolve):
            link.send(await self._resolve(said.d))
        elif isinstance(said, frames.Heartbeat):
            link.send(frames.write(frames.HeartbeatAck(link.s)))
        elif isinstance(said, frames.Ack):
            self._ack(link, said.d.s)
        elif isinstance(said, frames.Read):
            await self._read(link, said.d)
        elif isinstance(said, frames.Typing):
            self._type(link, said.d.conversation_id)
        elif isinstance(said, frames.Identify | frames.Resume):
            link.send(frames.write(frames.Error("bad_frame", why="this connection is identified already")))

    def _ack(self, link: Link, s: int) -> None:
        assert self._desk is not None
        if not sessions.acked(self._desk, link, s):
            link.send(frames.write(frames.Error("bad_frame", why="nothing with this s was told")))

    async def _read(self, link: Link, data: frames.ReadData) -> None:
        engine, desk = self._engine, self._desk
        assert desk is not None
        thread = replies.thread_for(engine.world, desk, data.conversation_id)
        changes = engine.begin()
        try:
            if thread is None:
                raise Refusal("not_found")
            reading.mark(thread, desk, data.seq, changes)
        except Refusal as refusal:
            link.send(frames.write(frames.Error(refusal.code, why=data.conversation_id)))
        else:
            await engine.keep(changes)

    def _type(self, link: Link, conversation_id: str) -> None:
        desk = self._desk
        assert desk is not None
        if conversation_id in desk.held:
            whisper(self._engine.hub, link.agent_id, frames.write(frames.Typed(conversation_id)), link)

    async def _send(self, data: frames.SendData) -> str:
        engine, desk = self._engine, self._desk
        assert desk is not None
        changes = engine.begin()
        result = said(engine.world, desk, data.conversation_id, data, changes)
        await engine.keep(changes)
        if isinstance(result, replies.Refused):
            return frames.write(frames.Error(result.code, data.client_msg_id, data.nonce))
        return frames.write(frames.Sent(data.client_msg_id, result.message_id, result.seq, data.nonce))

    async def _resolve(self, data: frames.ResolveData) -> str:
        engine, desk = self._engine, self._desk
        assert desk is not None
        thread = replies.thread_for(engine.world, desk, data.conversation_id)
        if thread is None:
            return frames.write(frames.Error("not_found", data.client_msg_id, data.nonce))
        if not may_resolve(thread, desk.person):
            return frames.write(frames.Error("not_assignee", data.client_msg_id, data.nonce))
        await resolve_thread(engine, thread, desk.person)
        return frames.write(frames.Sent(data.client_msg_id, "", thread.seq, data.nonce))

"""One customer's WebSocket: what is said to them is written in order, and never holds up whoever says it."""

import asyncio
from collections import deque
from collections.abc import Callable

from aiohttp import web
from aiohttp.http_websocket import WSMsgType

from simulators.douyin import frames
from simulators.douyin.conversation import Conversation

MAX_UNREAD = 1000  # frames; a customer who reads slower loses the connection, and finds all of it on coming back


class Socket:
    """Wraps the connection; `conversation` is set by the customer's hello."""

    def __init__(self, ws: web.WebSocketResponse) -> None:
        self.ws = ws
        self.conversation: Conversation | None = None
        self.bad_frames = 0
        self._unsent: deque[tuple[frames.ServerFrame, Callable[[], None] | None]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    async def answer(self, frame: frames.ServerFrame) -> None:
        """Write a frame now, waiting for a slow reader: for answers to the customer's own frames."""
        await self.ws.send_frame(frames.encode(frame), WSMsgType.TEXT)

    def tell(self, frame: frames.ServerFrame, written: Callable[[], None] | None = None) -> None:
        """Write a frame soon; `written` is called once the socket has it, and never if the socket dies before."""
        self._unsent.append((frame, written))
        if self._task is None:
            self._task = asyncio.create_task(self._write())

    async def close(self, code: int, why: str) -> None:
        """Close with a code; frames not yet written are dropped."""
        self._unsent.clear()
        await self.ws.close(code=code, message=why.encode())

    def close_soon(self, code: int, why: str) -> None:
        """Close without waiting for the other end's goodbye."""
        self._closing = asyncio.create_task(self.close(code, why))

    async def _write(self) -> None:
        try:
            while self._unsent and len(self._unsent) <= MAX_UNREAD:
                frame, written = self._unsent.popleft()
                await self.answer(frame)
                if written:
                    written()
            if self._unsent:
                await self.close(frames.CLOSE_TOO_SLOW, "too slow a reader")
        except ConnectionError:
            self._unsent.clear()  # the connection is gone; replies are kept with the conversation
        finally:
            self._task = None

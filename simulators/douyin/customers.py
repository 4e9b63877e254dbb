"""The customers' side of the gateway: WebSocket `/customer`."""

import asyncio
from time import monotonic_ns, time
from typing import Final

from aiohttp import WSMessage, WSMsgType, web

from history.tokens import find
from history.writer import Writer
from simulators.douyin import frames
from simulators.douyin.conversation import Conversation
from simulators.douyin.customer_socket import Socket
from simulators.douyin.pusher import Pusher
from simulators.douyin.switchboard import Switchboard
from simulators.douyin.visits import Visits

CLOSE_S: Final = 1.0  # how long a customer may take to answer our close frame
RETRY_S: Final = 0.5  # what a customer is asked to wait when too many pushes are waiting


class Customers:
    """All connected customers, one socket a conversation."""

    def __init__(self, board: Switchboard, pusher: Pusher, writer: Writer, visits: Visits) -> None:
        self._board, self._pusher, self._writer, self._visits = board, pusher, writer, visits
        self._sockets: dict[str, Socket] = {}
        self._open: set[Socket] = set()

    @property
    def connected(self) -> int:
        """Customers who said hello and are still there."""
        return len(self._sockets)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until it ends."""
        ws = web.WebSocketResponse(compress=False, max_msg_size=frames.MAX_FRAME, timeout=CLOSE_S)
        await ws.prepare(request)
        socket = Socket(ws)
        self._open.add(socket)
        try:
            async for message in ws:
                if message.type == WSMsgType.ERROR:  # too large or no UTF-8: aiohttp has closed with 1009 or 1007
                    break
                await self._frame(socket, _parsed(message))
        except ConnectionError:
            pass  # the customer went while being answered
        finally:
            self._open.discard(socket)
            self._forget(socket)
        return ws

    async def close(self) -> None:
        """Say goodbye to all."""
        await asyncio.gather(*(socket.close(1001, "the gateway stops") for socket in self._open))

    def deliver(self, conversation: Conversation, frame: frames.Receive) -> None:
        """Write a reply to its customer, if connected; it is kept for the others anyway."""
        socket = self._sockets.get(conversation.id)
        if socket:
            socket.tell(frame, lambda: self._delivered(conversation, frame))

    def recalled(self, conversation: Conversation, frame: frames.Recalled) -> None:
        """Tell a customer that a reply was taken back."""
        socket = self._sockets.get(conversation.id)
        if socket:
            socket.tell(frame)

    async def _frame(self, socket: Socket, frame: frames.ClientFrame | frames.Error) -> None:
        conversation = socket.conversation
        if isinstance(frame, frames.Error):
            await self._bad(socket, frame)
        elif conversation is None:
            await self._hello(socket, frame)
        elif isinstance(frame, frames.Send):
            await self._send(socket, conversation, frame)
        elif isinstance(frame, frames.Leave):
            self._forget(socket)
            await socket.close(1000, "goodbye")
        else:
            await self._other(socket, conversation, frame)

    async def _hello(self, socket: Socket, frame: frames.ClientFrame) -> None:
        if not isinstance(frame, frames.Hello):
            return await self._bad(socket, frames.Error("hello_first", "the first frame must be hello"))
        conversation = self._board.hello(frame)
        if isinstance(conversation, frames.Error):
            return await self._bad(socket, conversation)
        await socket.answer(frames.Welcome(conversation.customer, conversation.id, conversation.open_id))
        socket.conversation = conversation
        before = self._sockets.get(conversation.id)
        self._sockets[conversation.id] = socket
        for missed in conversation.missed(frame.after):
            self.deliver(conversation, missed)
        self._visits.begins(conversation, fresh=frame.after == 0)
        if before:
            before.close_soon(frames.CLOSE_REPLACED, "the customer connected again")
        return None

    async def _send(self, socket: Socket, conversation: Conversation, frame: frames.Send) -> None:
        parsed = monotonic_ns()
        again = conversation.sent(frame.id)
        if again:
            return await socket.answer(again)
        if self._pusher.full:
            return await socket.answer(frames.Busy(frame.id, RETRY_S))
        accepted, message = self._board.send(conversation, frame, time())
        self._writer.add(
            "accepted",
            t=parsed,
            shop=conversation.shop.id,
            conversation=conversation.id,
            message=accepted.message,
            ref=frame.id,
            actor=conversation.customer,
            n=accepted.index,
        )
        self._pusher.message(conversation, message)
        return await socket.answer(accepted)

    async def _other(self, socket: Socket, conversation: Conversation, frame: frames.ClientFrame) -> None:
        match frame:
            case frames.Recall():
                event = self._board.recall(conversation, frame, time())
            case frames.Read():
                event = self._board.read(conversation, frame, time())
            case frames.Rate():
                event = self._board.rated(conversation, frame, time())
            case _:
                event = frames.Error("already_hello", "hello is the first frame only")
        if isinstance(event, frames.Error):
            await self._bad(socket, event)
            return
        self._pusher.event(conversation, event)
        if isinstance(frame, frames.Recall):
            await socket.answer(frames.Recalled(frame.message))

    async def _bad(self, socket: Socket, error: frames.Error) -> None:
        socket.bad_frames += 1
        await socket.answer(error)
        if socket.bad_frames >= frames.BAD_FRAMES:
            await socket.close(frames.CLOSE_BAD_FRAMES, "too many bad frames")

    def _forget(self, socket: Socket) -> None:
        if socket.conversation and self._sockets.get(socket.conversation.id) is socket:
            del self._sockets[socket.conversation.id]

    def _delivered(self, conversation: Conversation, frame: frames.Receive) -> None:
        self._writer.add(
            "delivered",
            shop=conversation.shop.id,
            conversation=conversation.id,
            message=find(frame.text),
            ref=frame.message,
            actor=conversation.customer,
            n=frame.index,
        )


def _parsed(message: WSMessage) -> frames.ClientFrame | frames.Error:
    if message.type != WSMsgType.TEXT:
        return frames.Error("bad_frame", "frames are JSON text")
    return frames.parse(message.data)

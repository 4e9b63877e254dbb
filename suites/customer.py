"""One test customer: a WebSocket at the gateway, and everything that came over it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Final

import aiohttp
import msgspec

from simulators.douyin import frames
from suites.pace import Pace
from suites.story import Story

_FRAMES: Final = msgspec.json.Decoder(frames.ServerFrame)


@dataclass(frozen=True)
class Said:
    """A message the platform took: its server_message_id, its index in the conversation, and the text as sent."""

    message: str
    index: int
    text: str


class Refused(Exception):
    """The platform did not take a frame; the text is its own."""


class Customer:
    """`received` holds the replies in the order in which they came, `recalled` the ids taken back."""

    def __init__(
        self,
        name: str,
        shop: str,
        mark: Callable[[], str],
        story: Story,
        patience_s: float,
        pace: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.id = name
        self.shop = shop
        self.conversation = ""  # the platform's id
        self.open_id = ""
        self.received: list[frames.Receive] = []
        self.recalled: list[str] = []
        self._mark, self._story, self._patience_s = mark, story, patience_s
        self._pace = pace or Pace(0.0)
        self._sends = count(1)
        self._answers: dict[str, asyncio.Future[frames.ServerFrame]] = {}
        self._came = asyncio.Condition()
        self._socket: aiohttp.ClientWebSocketResponse[bool]
        self._reading: asyncio.Task[None]

    async def come(self, http: aiohttp.ClientSession, gateway: str, nick: str, after: int = 0) -> None:
        """Connect and say hello; `after` is the newest index seen, 0 for a first visit."""
        self._socket = await http.ws_connect(f"{gateway}/customer")
        self._reading = asyncio.create_task(self._read())
        welcome = await self._ask("welcome", op="hello", customer=self.id, shop=self.shop, nick=nick, after=after)
        assert isinstance(welcome, frames.Welcome)
        self.conversation, self.open_id = welcome.conversation, welcome.open_id
        self._story.tell(self.id, f"comes to shop {self.shop} (conversation {self.conversation})")

    async def say(self, text: str, *, exact: bool = False, own_id: str = "") -> Said:
        """Write and wait until the platform has taken it. Unless `exact`, a letters-only token that nobody else uses is
        appended. Raises Refused.
        """
        whole = text if exact else f"{text} {self._mark()}"
        own = own_id or f"{self.id}-{next(self._sends)}"
        await self._pace()
        self._story.tell(self.id, f"writes {whole!r}")
        taken = await self._ask(own, op="send", id=own, text=whole)
        if not isinstance(taken, frames.Accepted):
            raise Refused(repr(taken))
        return Said(taken.message, taken.index, whole)

    async def receives(self, text: str, within: float = 0.0) -> frames.Receive:
        """The first reply that holds the text, come or coming. Fails when there is none in time."""
        try:
            async with asyncio.timeout(within or self._patience_s), self._came:
                while not (found := self.got(text)):
                    await self._came.wait()
        except TimeoutError:
            texts, waited = [each.text for each in self.received], within or self._patience_s
            raise AssertionError(
                f"customer {self.id} did not receive {text!r} within {waited:g} s; received: {texts}"
            ) from None
        return found[0]

    def got(self, text: str) -> list[frames.Receive]:
        """Every reply so far that holds the text."""
        return [each for each in self.received if text in each.text]

    async def sees_recalled(self, message: str, within: float = 0.0) -> None:
        """Wait until a message was taken back before this customer's eyes."""
        try:
            async with asyncio.timeout(within or self._patience_s), self._came:
                await self._came.wait_for(lambda: message in self.recalled)
        except TimeoutError:
            raise AssertionError(f"customer {self.id} was not told that {message} was recalled") from None

    async def recall(self, message: str) -> None:
        """Take one's own message back."""
        self._story.tell(self.id, f"recalls {message}")
        await self._say(op="recall", message=message)
        await self.sees_recalled(message)

    async def read(self, index: int) -> None:
        """Tell that everything up to an index was read; nobody answers that."""
        self._story.tell(self.id, f"has read up to {index}")
        await self._say(op="read", index=index)

    async def rate(self, stars: int) -> None:
        """Give stars; nobody answers that."""
        self._story.tell(self.id, f"gives {stars} stars")
        await self._say(op="rate", stars=stars)

    async def leave(self) -> None:
        """Close the connection."""
        self._story.tell(self.id, "leaves")
        await self._socket.close()
        await self._reading

    async def _say(self, **frame: object) -> None:
        await self._socket.send_str(msgspec.json.encode(frame).decode())

    async def _ask(self, name: str, **frame: object) -> frames.ServerFrame:
        answer: asyncio.Future[frames.ServerFrame] = asyncio.get_running_loop().create_future()
        self._answers[name] = answer
        try:
            await self._say(**frame)
            async with asyncio.timeout(self._patience_s):
                return await answer
        except TimeoutError:
            raise TimeoutError(f"the platform did not answer {frame} of customer {self.id}") from None
        finally:
            del self._answers[name]

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                await self.hear(_FRAMES.decode(message.data))

    async def hear(self, frame: frames.ServerFrame) -> None:
        """One frame came; whoever waits for it is told."""
        match frame:
            case frames.Receive():
                self._story.tell(self.id, f"receives {frame.text!r}")
                self.received.append(frame)
            case frames.Recalled():
                self.recalled.append(frame.message)
            case frames.Error():
                self._story.tell(self.id, f"is refused: {frame.code} {frame.why}")
                for answer in self._answers.values():
                    _settle(answer, frame)
            case frames.Welcome():
                _settle(self._answers.get("welcome"), frame)
            case frames.Accepted() | frames.Busy():
                _settle(self._answers.get(frame.id), frame)
        async with self._came:
            self._came.notify_all()


def _settle(answer: "asyncio.Future[frames.ServerFrame] | None", frame: frames.ServerFrame) -> None:
    if answer is not None and not answer.done():
        answer.set_result(frame)

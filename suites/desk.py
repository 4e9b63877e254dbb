"""One device of one agent, as a test sees it: everything it was told, in order, and what may be waited for."""

import asyncio
import traceback
from collections.abc import Callable
from typing import Literal, Protocol
from uuid import uuid4

from suites.customer import Said
from suites.story import Story
from targets.interface import Agent, Closed, Cursor, Device, Event, Sent


class Room(Protocol):
    """What a desk needs of its lab."""

    story: Story
    patience_s: float
    desks: "list[Desk]"

    async def connect(self, agent: Agent, device: str, resume: Cursor | None) -> Device:
        """The adapter's connect."""
        ...

    def mark(self) -> str:
        """A token that no other text has."""
        ...


class Desk:
    """`told` is what the adapter yielded since this connection began; the last item may be a Closed."""

    def __init__(self, agent: Agent, device: Device, name: str, room: Room) -> None:
        self.agent, self.device, self.name = agent, device, name
        self.told: list[Event | Closed] = []
        self.last_text = ""  # of the newest reply, as sent
        self.last_id = ""  # its client id
        self.broke = ""  # how the adapter's events() failed
        self._over = False
        self._room, self._story, self._patience_s = room, room.story, room.patience_s
        self._came = asyncio.Condition()
        self._listening = asyncio.create_task(self._listen())
        room.desks.append(self)

    async def sees(self, said: Said | str, within: float = 0.0) -> Event:
        """The event by which this device was told of a customer's message (or of any message holding a text)."""
        what = said.text if isinstance(said, Said) else said
        return await self.until(lambda event: _is(event, said), f"message {what!r}", within)

    def times_seen(self, said: Said | str) -> int:
        """How often this device was told of it so far."""
        return sum(1 for event in self.told if isinstance(event, Event) and _is(event, said))

    async def until(self, wanted: Callable[[Event], bool] | str, what: str = "", within: float = 0.0) -> Event:
        """The first event, told or to come, that is wanted: by a predicate, or by its kind. Fails when none comes."""
        test = wanted if callable(wanted) else lambda event: event.kind == wanted
        name = what or (wanted if isinstance(wanted, str) else "the event")
        try:
            async with asyncio.timeout(within or self._patience_s), self._came:
                while not (found := [each for each in self.events if test(each)]):
                    if self._over:
                        raise AssertionError(f"{self} was closed before it was told of {name}: {self._end()}")
                    await self._came.wait()
        except TimeoutError:
            raise AssertionError(
                f"{self} was not told of {name} within {within or self._patience_s:g} s; it was told {self._brief()}"
            ) from None
        return found[0]

    @property
    def events(self) -> list[Event]:
        """What was told, without the end."""
        return [each for each in self.told if isinstance(each, Event)]

    async def closed(self, within: float = 0.0) -> Closed:
        """How the connection ended, now or soon."""
        try:
            async with asyncio.timeout(within or self._patience_s):
                await asyncio.shield(self._listening)
        except TimeoutError:
            raise TimeoutError(f"{self} had not ended within {within or self._patience_s:g} s") from None
        last = self.told[-1] if self.told else None
        assert isinstance(last, Closed), f"{self} ended without a Closed: {self._end()}"
        return last

    async def reply(self, conversation: str, text: str, *, client_id: str = "", exact: bool = False) -> Sent:
        """Send as this agent; unless `exact`, a token that nobody else uses is appended (`last_text` is what went)."""
        self.last_text = text if exact else f"{text} {self._room.mark()}"
        self.last_id = client_id or f"suite-{uuid4().hex}"
        sent = await self.device.reply(conversation, self.last_text, self.last_id)
        self._story.tell(str(self), f"replies {self.last_text!r} -> {sent.outcome} {sent.code}".rstrip())
        return sent

    async def resolve(self, conversation: str) -> Sent:
        """Finish a conversation."""
        sent = await self.device.resolve(conversation)
        self._story.tell(str(self), f"resolves -> {sent.outcome} {sent.code}".rstrip())
        return sent

    async def availability(self, to: Literal["online", "away", "offline"]) -> None:
        """Set the agent's availability."""
        self._story.tell(str(self), f"goes {to}")
        await self.device.availability(to)

    async def cut(self) -> None:
        """Lose the connection without a word."""
        self._story.tell(str(self), "is cut off")
        await self.device.cut()
        await self._listening

    async def close(self) -> None:
        """Leave politely."""
        self._story.tell(str(self), "closes")
        await self.device.close()
        await self._listening

    async def again(self, *, fresh: bool = False) -> "Desk":
        """The same device once more: with its cursor, unless `fresh`."""
        cursor = None if fresh else self.device.cursor
        self._story.tell(str(self), "connects again" + (", as if for the first time" if fresh else ""))
        device = await self._room.connect(self.agent, self.name, cursor)
        return Desk(self.agent, device, self.name, self._room)

    async def end(self) -> None:
        """Stop listening, whatever state the connection is in."""
        if not self._listening.done():
            await self.device.cut()
            await self._listening

    def __str__(self) -> str:
        return f"desk {self.name}"

    async def _listen(self) -> None:
        try:
            async for event in self.device.events():
                assert isinstance(event, Event | Closed), f"events() yields Event and Closed, not {event!r}"
                self.told.append(event)
                self._story.tell(str(self), _line(event))
                async with self._came:
                    self._came.notify_all()
        except Exception as error:  # whatever an adapter raises: the test that waits must know
            at = traceback.extract_tb(error.__traceback__)[-1]
            self.broke = f"the adapter's events() raised {type(error).__name__}: {error} ({at.filename}:{at.lineno})"
        self._over = True
        async with self._came:
            self._came.notify_all()

    def _end(self) -> str:
        return self.broke or (str(self.told[-1]) if self.told else "without a word")

    def _brief(self) -> str:
        kinds = [f"{each.kind} {each.text or each.note!r}" for each in self.events[-8:]]
        return f"{len(self.told)} things, the last: {kinds}" if kinds else "nothing"


def _is(event: Event, said: Said | str) -> bool:
    if event.kind not in ("message", "withheld"):
        return False
    if isinstance(said, str):
        return event.text is not None and said in event.text
    if event.sender != "customer":
        return False
    return event.platform_id == said.message if event.platform_id else event.text == said.text


def _line(event: Event | Closed) -> str:
    if isinstance(event, Closed):
        return f"ends: {event.code} {event.reason}"
    words = [
        event.kind,
        event.sender,
        f"seq {event.seq}" if event.seq is not None else "",
        event.note,
        repr(event.text or ""),
    ]
    return "is told: " + " ".join(word for word in words if word and word != "''")

"""Who is connected: the links of each agent's devices, and how an event gets to them."""

import asyncio
import math
from collections import Counter
from collections.abc import Iterable

from reference_service.domain.changes import Dispatched

REPLACED, SILENT, TOO_SLOW, SIGNED_OUT, TOO_MANY = 4003, 4009, 4029, 4001, 4029


class Link:
    """The sending half of one device's connection: an ordered buffer that a writer task empties.

    It holds its frames until opened, so that `ready` or a replay stands before everything that happens meanwhile.
    """

    def __init__(self, agent_id: str, shop_id: str, device: str, s: int, heard: float, limit: int) -> None:
        self.agent_id = agent_id
        self.shop_id = shop_id
        self.device = device
        self.s = s  # the newest event in the buffer or sent
        self.heard = heard  # when the device last said something
        self.until = math.inf  # when the device's token ends
        self.closing: int | None = None
        self._limit = limit
        self._frames: list[str] = []
        self._open = False
        self._wake = asyncio.Event()

    def dispatch(self, s: int, frame: str) -> None:
        """Buffer an event, unless the device has it by replay."""
        if s > self.s:
            self.s = s
            self.send(frame)

    def send(self, frame: str) -> None:
        """Buffer a frame; a device that reads too slowly is closed rather than told half."""
        self._frames.append(frame)
        if len(self._frames) > self._limit:
            self.close(TOO_SLOW)
        elif self._open:
            self._wake.set()

    def open(self, first: Iterable[str]) -> None:
        """Let frames out: these first, then what was held."""
        self._frames[:0] = first
        self._open = True
        self._wake.set()

    def close(self, code: int) -> None:
        """Ask the writer to close the connection with this code."""
        if self.closing is None:
            self.closing = code
        self._open = True
        self._wake.set()

    async def frames(self) -> list[str]:
        """Wait for frames, or for the wish to close (then `closing` is set)."""
        await self._wake.wait()
        self._wake.clear()
        frames, self._frames = self._frames, []
        return frames


class Hub:
    """All links, by agent and device."""

    def __init__(self) -> None:
        self._links: dict[str, dict[str, Link]] = {}
        self._of_shop = Counter[str]()
        self._empty = asyncio.Event()
        self._empty.set()

    def add(self, link: Link) -> None:
        """Register a link; an older one of the same device is closed as replaced."""
        self._empty.clear()
        older = self._links.setdefault(link.agent_id, {}).get(link.device)
        if older is not None:
            older.close(REPLACED)
        else:
            self._of_shop[link.shop_id] += 1
        self._links[link.agent_id][link.device] = link

    def remove(self, link: Link) -> bool:
        """Forget a link; False when another has its place already."""
        links = self._links.get(link.agent_id, {})
        if links.get(link.device) is not link:
            return False
        del links[link.device]
        self._of_shop[link.shop_id] -= 1
        if not links:
            del self._links[link.agent_id]
        if not self._links:
            self._empty.set()
        return True

    def has_room(self, agent_id: str, shop_id: str, device: str, of_agent: int, of_shop: int) -> bool:
        """Whether a device may connect: in the place of its older connection, or below both limits."""
        links = self._links.get(agent_id, {})
        return device in links or (len(links) < of_agent and self._of_shop[shop_id] < of_shop)

    async def empty(self) -> None:
        """Wait until nobody is connected."""
        await self._empty.wait()

    def of(self, agent_id: str) -> Iterable[Link]:
        """The links of one agent's devices."""
        return self._links.get(agent_id, {}).values()

    def all(self) -> list[Link]:
        """Every link."""
        return [link for links in self._links.values() for link in links.values()]


def whisper(hub: Hub, agent_id: str, frame: str, but: Link | None = None) -> None:
    """Tell an agent's devices, but for one, what is no event: it has no place in the log and is not replayed."""
    for link in hub.of(agent_id):
        if link is not but:
            link.send(frame)


def dispatch(hub: Hub, event: Dispatched) -> None:
    """Tell every connected device of the agent of an event that is durable (DELIVERY-1)."""
    for link in hub.of(event.agent_id):
        link.dispatch(event.s, event.frame)

"""A shop seen through an adapter alone: who has a conversation is whoever is told of its newest message.

What every target must do is judged, whatever its rules: one agent at a time, never above the capacity, nobody who is
away, the last agent for who comes again, first come first served among customers who are alike. In which order the
conversations of somebody who signs off are given away no promise says: those that wait from then on are equals.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NoReturn

from security_tests.routing.judging import Fault
from security_tests.routing.shrinking import Step
from security_tests.routing.stories import Story, broken
from suites.customer import Customer, Said
from suites.desk import Desk
from suites.lab import Lab
from targets.interface import Event

STAFF: Final = ("An", "Bo", "Cai")
GUESTS: Final = tuple(f"C{number}" for number in range(1, 8))
CAPACITY: Final = 1  # so that there are queues
Word = Literal["online", "away", "offline"]
WORDS: Final[tuple[Word, ...]] = ("online", "away", "offline")


@dataclass
class Guest:
    """A customer, who has them ("" for nobody), who had them, and their newest message."""

    customer: Customer
    said: Said
    agent: str = ""
    last: str = ""
    conversation: str = ""


@dataclass
class PlainShop:
    """One fresh shop of the target."""

    lab: Lab
    story: Story = field(default_factory=Story)
    desks: dict[str, Desk] = field(default_factory=dict)
    words: dict[str, Word] = field(default_factory=dict)
    guests: dict[str, Guest] = field(default_factory=dict)
    waiting: list[list[str]] = field(default_factory=list)  # equals, in the order in which they came
    tried: Counter[str] = field(default_factory=Counter)  # how often a promise might have been broken, and "steps"

    async def play(self, steps: Sequence[Step]) -> None:
        """Open the shop and do these; raises stories.Broken."""
        shop = await self.lab.shop(agents=len(STAFF), capacity=CAPACITY)
        for place, name in enumerate(STAFF):
            self.desks[name], self.words[name] = await shop.desk(place), "online"
        self.story.tell(f"{', '.join(STAFF)} (capacity {CAPACITY} each) come online")
        for step in steps:
            self.tried["steps"] += 1
            match step:
                case Step("write", (int(pick),)):
                    name = GUESTS[pick % len(GUESTS)]
                    await self._write(
                        name, self.guests[name].customer if name in self.guests else await shop.customer()
                    )
                case Step("resolve", (int(pick),)) if open_ := self._open():
                    await self._resolve(open_[pick % len(open_)])
                case Step("say", (int(pick), int(word))):
                    await self._say(STAFF[pick % len(STAFF)], WORDS[word % len(WORDS)])
        await self._nobody_saw_who_waits()

    async def close(self) -> None:
        """Leave."""
        for desk in self.desks.values():
            await desk.end()
        for guest in self.guests.values():
            await guest.customer.leave()

    async def _write(self, name: str, customer: Customer) -> None:
        self.story.tell(f"{name} writes")
        said = await customer.say("问一下")
        guest = self.guests.setdefault(name, Guest(customer, said))
        guest.said = said
        await self.lab.settled()
        if guest.agent:
            await self._seen_first([name], [guest.agent], "ROUTE-1")
        elif any(name in equals for equals in self.waiting):
            return
        else:
            await self._let_in([name])

    async def _resolve(self, name: str) -> None:
        guest = self.guests[name]
        self.story.tell(f"{guest.agent} resolves {name}'s visit")
        done = await self.desks[guest.agent].resolve(guest.conversation)
        if done.outcome != "ok":
            raise RuntimeError(f"{guest.agent} could not resolve {name}'s visit: {done.outcome} {done.code}".rstrip())
        guest.agent = ""
        await self._let_in()

    async def _say(self, who: str, word: Word) -> None:
        self.story.tell(f"{who} is {word}")
        await self.desks[who].availability(word)
        self.words[who] = word
        left = [name for name in self._open() if self.guests[name].agent == who] if word == "offline" else []
        for name in left:  # whoever is told of what they say next has them
            self.guests[name].agent = ""
            self.story.tell(f"{name} writes")
            self.guests[name].said = await self.guests[name].customer.say("还在吗")
        await self.lab.settled()
        await self._let_in(left)

    async def _let_in(self, newest: Sequence[str] = ()) -> None:
        """As long as somebody may have one more, the first of those who wait gets an agent."""
        self.waiting += [list(newest)] if newest else []
        while self.waiting and self._able():
            self.waiting[0].remove(await self._taken(self.waiting[0]))
            self.waiting = [equals for equals in self.waiting if equals]

    async def _taken(self, equals: Sequence[str]) -> str:
        """Somebody gets one of them now, and it is somebody who may; who was taken."""
        able = self._able()
        name, who = await self._seen_first(equals, STAFF, "ROUTE-4")
        guest = self.guests[name]
        if self.words[who] != "online":
            self._fail("ROUTE-6", f"{name} went to {who}, who is {self.words[who]}; able were {', '.join(able)}")
        if who not in able:
            self._fail("ROUTE-2", f"{name} went to {who}, who has {self._load(who)} of {CAPACITY} already")
        if guest.last in able and who != guest.last:
            self._fail("ROUTE-7", f"{name} comes again and went to {who}; {guest.last}, whom they know, was able")
        self._meet(guest.last, able)
        guest.agent = guest.last = who
        return name

    def _meet(self, last: str, able: Sequence[str]) -> None:
        """Whoever might have been taken, or given it, instead is an occasion to break a promise."""
        online = [who for who in STAFF if self.words[who] == "online"]
        self.tried["ROUTE-2"] += len(able) < len(online)
        self.tried["ROUTE-4"] += len(self.waiting) > 1
        self.tried["ROUTE-6"] += len(online) < len(STAFF)
        self.tried["ROUTE-7"] += last in able and len(able) > 1

    async def _seen_first(self, names: Sequence[str], who: Sequence[str], promise: str) -> tuple[str, str]:
        """Whose newest message one of these is told of first, and who is; nobody else may be."""
        looks = {
            asyncio.create_task(self.desks[one].sees(self.guests[name].said)): (name, one)
            for name in names
            for one in who
        }
        found: list[asyncio.Task[Event]] = []
        left = set(looks)
        while left and not found:  # a device that was closed has nothing to tell, and is not the only one
            done, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
            found = [look for look in done if look.exception() is None]
        for look in left:
            look.cancel()
        await asyncio.gather(*looks, return_exceptions=True)
        if not found:
            whose = f"nobody was told of what {' or '.join(names)} wrote"
            self._fail(promise, f"{whose}; expected {' or '.join(who)}")
        name, one = min((looks[look] for look in found), key=lambda pair: names.index(pair[0]))
        self.guests[name].conversation = next(
            look.result().conversation for look in found if looks[look] == (name, one)
        )
        self._told_once(name, one)
        return name, one

    def _told_once(self, name: str, by: str) -> None:
        self.tried["ROUTE-1"] += 1
        others = [who for who, desk in self.desks.items() if who != by and desk.times_seen(self.guests[name].said)]
        if others:
            self._fail("ROUTE-1", f"what {name} wrote was told to {by} and to {', '.join(others)}")

    async def _nobody_saw_who_waits(self) -> None:
        await self.lab.settled()
        for name in (name for equals in self.waiting for name in equals):
            seen = [who for who, desk in self.desks.items() if desk.times_seen(self.guests[name].said)]
            if seen:
                why = "full" if self.words[seen[0]] == "online" else self.words[seen[0]]
                promise = "ROUTE-2" if why == "full" else "ROUTE-6"
                self._fail(promise, f"{name} should wait and was told to {seen[0]}, who is {why}")
        for name in self._open():
            self._told_once(name, self.guests[name].agent)

    def _able(self) -> list[str]:
        return [who for who in STAFF if self.words[who] == "online" and self._load(who) < CAPACITY]

    def _load(self, who: str) -> int:
        return sum(guest.agent == who for guest in self.guests.values())

    def _open(self) -> list[str]:
        return [name for name, guest in self.guests.items() if guest.agent]

    def _fail(self, promise: str, what: str) -> NoReturn:
        raise broken(Fault(promise, what), self.story)

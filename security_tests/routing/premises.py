"""The target's shop, opened, looked at from outside, and left."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Coroutine, Mapping, Sequence
from time import monotonic
from typing import Any, Final, TypeVar

from security_tests.routing import seen as look
from security_tests.routing.duty import LEADS
from security_tests.routing.hours import Plan
from security_tests.routing.people import Agent
from security_tests.routing.seen import Place, Seen, Waiting
from suites.customer import Customer
from suites.desk import Desk
from suites.lab import Lab, LabShop

T = TypeVar("T")

NIGHT: Final = "您好，现在是非营业时间，您的留言我们已经收到。"
QUIET: Final = {"enabled": False, "text": "您好"}


class Premises:
    """One shop of the target, with its people and its clock."""

    def __init__(self, lab: Lab, window_s: float) -> None:
        self.lab, self.window_s = lab, window_s
        self.seen = Seen()
        self._shop: LabShop
        self._desks: dict[str, Desk] = {}
        self._cut_at: dict[str, float] = {}  # agent -> when their device was cut, real time
        self._guests: dict[str, Customer] = {}
        self._names: dict[str, str] = {}  # agent's id -> name
        self._logs: dict[str, int] = {}  # who -> how far their log was read
        self._speakers: dict[str, Any] = {}
        self._conversations: dict[str, str] = {}  # customer -> the target's id
        self._clock = (0.0, 0.0)  # the target's time, and ours when it told it

    def has(self, *operations: str) -> bool:
        """Whether the target offers these."""
        return self.lab.operations.issuperset(operations)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do it in the lab's loop."""
        return self.lab.loop.run_until_complete(work)

    def open(self, staff: Sequence[Agent]) -> None:
        """A fresh shop with these agents, each at a device; it says nothing by itself but at night."""
        self.run(self._open(staff))

    def close(self) -> None:
        """Leave, and take the shop away where that is offered."""
        self.run(self._close())

    def now(self) -> float:
        """The target's business time, as of its last word."""
        told, heard = self._clock
        return told + monotonic() - heard

    def jump(self, seconds: float) -> None:
        """Let its time go ahead."""
        self.run(self._jump(seconds))

    def look(self) -> Seen:
        """Where everybody is now, and what was told since the look before."""
        return self.run(self._look())

    def _call(self, operation: str, *, who: str = "admin", of: str = "", **more: Any) -> Any:
        more |= {"conversation_id": self._conversations[of]} if of else {}
        return self.run(self._shop.api(operation, who=self._speakers.get(who, who), **more))

    async def _open(self, staff: Sequence[Agent]) -> None:
        shop = self._shop = await self.lab.shop(agents=len(staff), capacity=3)
        self._speakers = {plan.name: agent for plan, agent in zip(staff, shop.agents, strict=True)}
        self._names = {agent.id: name for name, agent in self._speakers.items()}
        await asyncio.gather(*(self._seat(plan) for plan in staff), self._lead(), *self._settings())
        self._logs = dict.fromkeys(self._speakers, 0)
        await self._jump(0.0)

    def _settings(self) -> list[Awaitable[Any]]:
        api = self._shop.api
        scenes = {"off_hours": {"enabled": True, "text": NIGHT}, "big_sale": QUIET, "welcome": QUIET, "queueing": QUIET}
        asked = {"putAutoReplies": scenes, "putBusinessHours": Plan.always().body()}
        return [api(name, body=body) for name, body in asked.items() if self.has(name)]

    async def _seat(self, plan: Agent) -> None:
        agent = self._speakers[plan.name]
        terms = {"level": plan.level, "capacity": plan.capacity, "certified": plan.certified, "spare": plan.spare}
        await self._shop.api("changeAgent", body=terms, agent_id=agent.id)
        self._desks[plan.name] = await self._shop.desk(agent)

    async def _lead(self) -> None:
        api = self._shop.api
        made = (await api("createAgent", body={"name": "测试主管", "role": "supervisor"})).body
        login = {"login": made["login"], "password": made["password"]}
        token = (await api("login", who="anyone", body=login)).body["access_token"]
        self._speakers[LEADS] = f"Bearer {token}"

    async def _close(self) -> None:
        for desk in self._desks.values():
            await desk.end()
        for guest in self._guests.values():
            await guest.leave()
        if self.has("deleteShop"):
            await self._shop.api("deleteShop", who="operator", shop_id=self._shop.target.target_id)

    async def _jump(self, seconds: float) -> None:
        if self.has("advanceClock"):
            answer = await self._shop.api("advanceClock", who="operator", body={"advance_s": seconds})
            self._clock = answer.body["now"], monotonic()
        elif not self._clock[0]:
            self._clock = 1.0, monotonic()

    async def _look(self) -> Seen:
        api, seen = self._shop.api, Seen()
        logs = (self._log(who) for who in self._logs)
        page, queue, *frames = await asyncio.gather(
            api("listConversations", query={"limit": 100}), api("getQueues", query={"limit": 100}), *logs
        )
        self._places(page.body["items"], seen)
        customers = {conversation: name for name, conversation in self._conversations.items()}
        seen.queue = [Waiting(customers.get(at["conversation_id"], "?"), at["tier"]) for at in queue.body["places"]]
        for who, new in frames:
            seen.taken += [one for frame in new if (one := look.taken(frame, customers, self._names))]
            seen.told += [told for frame in new if (told := look.told(frame, who, customers))]
        self.seen = seen
        return seen

    def _places(self, items: Sequence[Mapping[str, Any]], seen: Seen) -> None:
        by_account = {guest.open_id: name for name, guest in self._guests.items()}
        seen.conversations = Counter(by_account.get(each["customer"]["open_id"], "?") for each in items)
        for each in items:
            name = by_account.get(each["customer"]["open_id"], "?")
            self._conversations[name] = each["id"]
            agent = self._names.get(each["agent_id"], "?") if each["agent_id"] else ""
            seen.places[name] = Place(each["state"], agent, each["version"], each["seq"])

    async def _log(self, who: str) -> tuple[str, list[Mapping[str, Any]]]:
        frames: list[Mapping[str, Any]] = []
        while True:
            query = {"since": self._logs[who], "limit": 1000}
            page = (await self._shop.api("sync", who=self._speakers[who], query=query)).body
            frames += page["events"]
            self._logs[who] = page["next"]
            if page["next"] >= page["head"]:
                return who, frames

    async def _guest(self, name: str) -> Customer:
        if name not in self._guests:
            self._guests[name] = await self._shop.customer(f"{self._shop.spec.id}-{name}")
        return self._guests[name]

    async def _messages(self, name: str, after: int) -> Sequence[Mapping[str, Any]]:
        if name not in self._conversations:
            return []
        query = {"after": after, "limit": 100}
        answer = await self._shop.api("listMessages", query=query, conversation_id=self._conversations[name])
        return list(answer.body["items"])

"""The target's shop floor, driven step by step from outside, and looked at."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Coroutine, Mapping, Sequence
from itertools import count
from time import monotonic
from typing import Any, Final, NamedTuple, TypeVar

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
NEEDED: Final = (
    *("listConversations", "getQueues", "sync", "listMessages", "changeAgent", "createAgent", "setAvailability"),
    *("reply", "readConversation", "resolve", "transferConversation", "getLoad", "login"),
)
_number = count(1)


class Written(NamedTuple):
    """A customer's message as the target dates it, and the scenes of what the shop said at once."""

    seq: int
    at: float
    scenes: tuple[str, ...]


class Floor:
    """One shop of the target. Every method is one thing done to it, and returns when it has happened."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
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

    def overdue(self) -> list[str]:
        """Agents whose device will soon have been away for longer than it may resume."""
        return [name for name, at in self._cut_at.items() if monotonic() - at > 15.0]

    def writes(self, name: str) -> Written:
        """The customer writes one message."""
        return self.run(self._writes(name))

    def replies(self, name: str, by: str) -> float:
        """The agent replies and the customer has received it; when it was accepted."""
        return self.run(self._replies(name, by))

    def reads(self, name: str, by: str) -> None:
        """The agent has read everything."""
        self._call("readConversation", who=by, body={"seq": self.seen.places[name].seq}, of=name)

    def resolves(self, name: str) -> None:
        """The visit is finished."""
        self._call("resolve", of=name)

    def transfers(self, name: str, to: str) -> str:
        """Handed on to an agent, or "" to the queue; the code of a refusal, "" where it was done."""
        body = {"agent_id": self._speakers[to].id} if to else {}
        answer = self._call("transferConversation", of=name, body=body, expect={200, 409})
        return "" if answer.status == 200 else str(answer.body["code"])

    def says(self, who: str, word: str) -> None:
        """The agent's availability."""
        self._call("setAvailability", who=who, body={"availability": word}, agent_id=self._speakers[who].id)

    def terms(self, who: str, **terms: object) -> None:
        """The agent's capacity, certificate, level or place in the spare pool."""
        self._call("changeAgent", body=terms, agent_id=self._speakers[who].id)

    def cut(self, who: str) -> None:
        """The agent's only device loses its connection, and the target has noticed."""
        self.run(self._cut(who))

    def back(self, who: str) -> None:
        """The device connects again."""
        self.run(self._back(who))

    def orders(self, name: str, fen: int) -> None:
        """The customer pays for an order."""
        body = {"id": f"routing-{next(_number)}", "status": "paid", "amount": fen}
        self._call("importOrder", body=body, open_id=self.run(self._guest(name)).open_id)

    def names(self, name: str, agent: str) -> None:
        """The agent is named for the customer."""
        body = {"dedicated_agent_id": self._speakers[agent].id}
        self._call("changeCustomer", body=body, open_id=self.run(self._guest(name)).open_id)

    def urges(self, name: str) -> None:
        """The conversation is urgent."""
        body = {"priority": "urgent", "version": self.seen.places[name].version}
        self._call("updateConversation", of=name, body=body)

    def sells(self, enabled: bool, since: float | None, until: float | None) -> None:
        """The big sale's switch and schedule."""
        self._call("putBigSale", body={"enabled": enabled, "since": since, "until": until})

    def opens_at(self, plan: Plan) -> None:
        """Other business hours."""
        self._call("putBusinessHours", body=plan.body())

    def complains(self, name: str) -> tuple[str, float]:
        """A complaint is opened; its id, and when."""
        body = {"conversation_id": self._conversations[name], "note": "测试投诉"}
        made = self._call("openComplaint", body=body, expect=201).body
        return str(made["id"]), float(made["opened_at"])

    def complaint(self, complaint: str) -> dict[str, Any]:
        """As it stands."""
        return dict(self._call("getComplaint", complaint_id=complaint).body)

    def closes(self, complaint: str, by: str) -> str:
        """Closing it, as an agent or "admin"; the code of a refusal, "" where it was closed."""
        body = {"outcome": "测试：已处理"}
        answer = self._call("closeComplaint", who=by, body=body, expect={200, 409}, complaint_id=complaint)
        return "" if answer.status == 200 else str(answer.body["code"])

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

    async def _writes(self, name: str) -> Written:
        before = self.seen.places[name].seq if name in self.seen.places else 0
        said = await (await self._guest(name)).say("问一下")
        await self.lab.settled()
        if name not in self._conversations:
            self._places((await self._shop.api("listConversations", query={"limit": 100})).body["items"], Seen())
        new = await self._messages(name, before)
        own = next((each for each in new if each["platform_message_id"] == said.message), None)
        assert own is not None, f"{name}'s message was acknowledged and is not in the conversation"
        return Written(own["seq"], own["created_at"], tuple(each["scene"] for each in new if each["sender"] == "bot"))

    async def _messages(self, name: str, after: int) -> Sequence[Mapping[str, Any]]:
        if name not in self._conversations:
            return []
        query = {"after": after, "limit": 100}
        answer = await self._shop.api("listMessages", query=query, conversation_id=self._conversations[name])
        return list(answer.body["items"])

    async def _replies(self, name: str, by: str) -> float:
        text = f"您好 {self.lab.mark()}"
        body = {"client_msg_id": f"routing-{next(_number)}", "text": text}
        where = self._conversations[name]
        answer = await self._shop.api("reply", who=self._speakers[by], body=body, conversation_id=where)
        seq = int(answer.body["seq"])
        await self._guests[name].receives(text)
        async with asyncio.timeout(self.lab.patience_s):  # the platform's answer is on its way to the target
            while (mine := (await self._messages(name, seq - 1))[0])["status"] == "pending":
                pass  # asking again is pause enough
        return float(mine["created_at"])

    async def _cut(self, who: str) -> None:
        await self._desks[who].cut()
        self._cut_at[who] = monotonic()
        await self._until(who, "no_device", True)

    async def _back(self, who: str) -> None:
        self._desks[who] = await self._desks[who].again()
        self._cut_at.pop(who, None)
        await self._until(who, "no_device", False)

    async def _until(self, who: str, hindrance: str, there: bool) -> None:
        agent = self._speakers[who]
        async with asyncio.timeout(self.lab.patience_s):  # nobody is told when a target notices a lost connection
            while (hindrance in (await self._shop.api("getLoad", agent_id=agent.id)).body["hindrances"]) is not there:
                pass  # asking again is pause enough

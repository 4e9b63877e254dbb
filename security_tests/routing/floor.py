"""The target's shop floor, driven step by step from outside."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from itertools import count
from time import monotonic
from typing import Any, Final, NamedTuple

from security_tests.routing.hours import Plan
from security_tests.routing.oracle import GREETING, PATIENCE_S
from security_tests.routing.premises import Premises
from security_tests.routing.seen import Seen

NEEDED: Final = (
    *("listConversations", "getQueues", "sync", "listMessages", "changeAgent", "createAgent", "setAvailability"),
    *("reply", "readConversation", "resolve", "transferConversation", "getLoad", "login", "getConversation"),
)
TEXTS: Final = {"asks": "问一下", GREETING: "在吗", "wishes": "转人工"}
_POLL_S: Final = 0.02
_number = count(1)


class Written(NamedTuple):
    """A customer's message as the target dates it, and the scenes of what the shop said at once."""

    seq: int
    at: float
    scenes: tuple[str, ...]


class Floor(Premises):
    """Every method is one thing done to the shop, and returns when it has happened."""

    def overdue(self) -> list[str]:
        """Agents whose device will soon have been away for longer than it may resume."""
        return [name for name, at in self._cut_at.items() if monotonic() - at > self.window_s / 2]

    def writes(self, name: str, how: str) -> Written:
        """The customer writes one message: asks what nobody's bot knows, greets, or wishes for a person."""
        return self.run(self._writes(name, how))

    def leaves_the_bot(self, name: str) -> bool:
        """Whether the bot hands the conversation over to a person within the suite's patience."""
        return self.run(self._comes_true(lambda: self._is_the_bots(name), False))

    def hands_over(self, name: str) -> None:
        """A person is fetched for what the bot has."""
        self._call("handOver", of=name)

    def bot(self, on: bool) -> None:
        """Whether visits begin with the bot."""
        self._call("putBot", body={"mode": "first" if on else "off", "patience_s": PATIENCE_S})

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

    def snoozes(self, name: str, by: str, until: float) -> None:
        """The agent lays it aside until then."""
        self._call("snoozeConversation", who=by, body={"until": until}, of=name)

    def says(self, who: str, word: str) -> None:
        """The agent's availability."""
        self._call("setAvailability", who=who, body={"availability": word}, agent_id=self._speakers[who].id)

    def terms(self, who: str, **terms: object) -> None:
        """The agent's capacity, certificate, level or place in the spare pool."""
        self._call("changeAgent", body=terms, agent_id=self._speakers[who].id)

    def plans(self, who: str, plan: Plan) -> None:
        """The agent's shifts."""
        self._call("putShifts", body=plan.body(), agent_id=self._speakers[who].id)

    def cut(self, who: str) -> None:
        """The agent's only device loses its connection, and the target has noticed."""
        self.run(self._cut(who))

    def keeps(self, who: str, held: int) -> bool:
        """Whether an agent whose device was cut has so many open as long as it may resume, looked at all the while."""
        return self.run(self._keeps(who, held))

    def gives_up(self, who: str) -> bool:
        """Whether, the device being away for too long, the agent has nothing open within the suite's patience."""
        self._cut_at.pop(who)
        return self.run(self._comes_true(lambda: self._holds(who), False))

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
        version = self._call("getConversation", of=name).body["version"]
        self._call("updateConversation", of=name, body={"priority": "urgent", "version": version})

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

    async def _writes(self, name: str, how: str) -> Written:
        before = self.seen.places[name].seq if name in self.seen.places else 0
        said = await (await self._guest(name)).say(TEXTS[how], exact=how == GREETING)
        await self.lab.settled()
        if name not in self._conversations:
            self._places((await self._shop.api("listConversations", query={"limit": 100})).body["items"], Seen())
        new = await self._messages(name, before)
        own = next((each for each in new if each["platform_message_id"] == said.message), None)
        assert own is not None, f"{name}'s message was acknowledged and is not in the conversation"
        return Written(own["seq"], own["created_at"], tuple(each["scene"] for each in new if each["sender"] == "bot"))

    async def _replies(self, name: str, by: str) -> float:
        text = f"您好 {self.lab.mark()}"
        body = {"client_msg_id": f"routing-{next(_number)}", "text": text}
        where = self._conversations[name]
        answer = await self._shop.api("reply", who=self._speakers[by], body=body, conversation_id=where)
        seq = int(answer.body["seq"])
        await self._guests[name].receives(text)
        async with asyncio.timeout(self.lab.patience_s):  # the platform's answer is on its way to the target
            while (mine := (await self._messages(name, seq - 1))[0])["status"] == "pending":  # noqa: ASYNC110
                await asyncio.sleep(_POLL_S)  # asked without a pause, a target with limits refuses
        return float(mine["created_at"])

    async def _cut(self, who: str) -> None:
        self._cut_at[who] = monotonic()
        await self._desks[who].cut()
        assert await self._comes_true(lambda: self._is_lost(who), True), f"{who}'s lost device still counts as one"

    async def _back(self, who: str) -> None:
        self._desks[who] = await self._desks[who].again()
        self._cut_at.pop(who, None)
        assert await self._comes_true(lambda: self._is_lost(who), False), f"{who}'s device is back and counts as none"

    async def _is_lost(self, who: str) -> bool:
        return "no_device" in (await self._load(who))["hindrances"]

    async def _keeps(self, who: str, held: int) -> bool:
        while True:
            has = len((await self._load(who))["conversations"])
            if monotonic() - self._cut_at[who] >= self.window_s:  # by the time we heard of it
                return True
            if has < held:
                return False
            await asyncio.sleep(_POLL_S)

    async def _holds(self, who: str) -> bool:
        return bool((await self._load(who))["conversations"])

    async def _load(self, who: str) -> Any:
        return (await self._shop.api("getLoad", agent_id=self._speakers[who].id)).body

    async def _is_the_bots(self, name: str) -> bool:
        where = self._conversations[name]
        return bool((await self._shop.api("getConversation", conversation_id=where)).body["state"] == "bot")

    async def _comes_true(self, look: Callable[[], Awaitable[bool]], wanted: bool) -> bool:
        """Nobody is told when a target notices a lost connection, or when its bot has done: asked until it is so."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.lab.patience_s):
                while await look() is not wanted:  # noqa: ASYNC110
                    await asyncio.sleep(_POLL_S)  # asked without a pause, a target with limits refuses
            return True
        return False

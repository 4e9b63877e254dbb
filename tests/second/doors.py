"""The HTTP operations by their ids; what may be asked, and by whom, the contract's document says (service.py)."""

import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

from aiohttp import web

from tests.second import hours, outbox, routing, scenes, talk, webhook
from tests.second.devices import Devices, typed
from tests.second.state import Conversation, Json, Person, Refused, Shop, World, numbers
from tests.second.words import Words

ACCESS_S: Final = 3600.0
REFRESH_S: Final = 86400.0


class Call(NamedTuple):
    """One request, checked: by the operator and the platform `person` is nobody, and must not be looked at."""

    request: web.Request
    person: Person
    path: Json
    query: Json
    body: Any

    @property
    def shop(self) -> Shop:
        """The caller's."""
        return self.person.shop


class Said(NamedTuple):
    """An answer with another status than the operation's first."""

    status: int
    body: Any


Door = Callable[[Call], Awaitable[Any]]


class Doors:
    """Each public method is an operation, under the contract's id for it."""

    def __init__(self, world: World, devices: Devices, platform: outbox.Platform) -> None:
        self._world, self._devices, self._platform = world, devices, platform

    # The platform, the operator, the service itself

    async def receiveDouyinEvent(self, call: Call) -> Json:
        return webhook.take(self._world, call.body)

    async def createShop(self, call: Call) -> Json:
        new, world = call.body, self._world
        identity = new.get("id") or f"s-{secrets.token_hex(6)}"
        account = new["open_id"], new["client_key"], new["client_secret"]
        terms = int(new.get("capacity", 15)), new.get("test", False)
        shop = Shop(identity, new["name"], *account, *terms, self._platform)
        self._refuse(shop)
        if code := new.get("authorization_code"):
            await self._platform.authorize(shop, code=code)
            self._refuse(shop)
        shop.admin = Person(f"p-{next(numbers)}", shop, "admin", f"admin@{shop.id}", secrets.token_urlsafe(12))
        world.shops[shop.id] = shop
        world.people[shop.admin.login] = shop.admin
        hook = str(call.request.url.origin().with_path("/api/v1/douyin/im"))
        return {
            "id": shop.id, "name": shop.name, "open_id": shop.open_id, "admin_login": shop.admin.login,
            "admin_password": shop.admin.password, "webhook_url": hook,
        }  # fmt: skip

    async def deleteShop(self, call: Call) -> None:
        if call.path["shop_id"] not in self._world.shops:
            raise Refused("not_found")
        self._world.remove([self._world.shops[call.path["shop_id"]]])

    async def deleteTestData(self, _: Call) -> Json:
        return self._world.remove(shop for shop in self._world.shops.values() if shop.test)

    async def advanceClock(self, call: Call) -> Json:
        self._world.clock.ahead += call.body.get("advance_s", 0)
        return {"now": self._world.clock.now()}

    async def healthz(self, _: Call) -> Json:
        return {"status": "ok"}

    readyz = healthz

    async def version(self, _: Call) -> Json:
        return {"name": "second", "version": "1"}

    # People

    async def login(self, call: Call) -> Json:
        person = self._world.people.get(call.body["login"])
        right = secrets.compare_digest((person.password if person else "").encode(), call.body["password"].encode())
        if person is None or not right:
            raise Refused("wrong_login")
        return self._tokens(person)

    async def refresh(self, call: Call) -> Json:
        known = self._world.person(call.body["refresh_token"], "refresh")
        if known is None:
            raise Refused("token_needed")
        return self._tokens(known[0])

    async def listAgents(self, call: Call) -> Json:
        return {"items": [agent.view() for agent in call.shop.agents.values()]}

    async def createAgent(self, call: Call) -> Json:
        new, shop = call.body, call.shop
        identity = f"a-{next(numbers)}"
        agent = Person(
            identity, shop, new.get("role", "agent"), f"{identity}@{shop.id}", secrets.token_urlsafe(12), new["name"],
            new.get("level", "regular"), int(new.get("capacity") or shop.capacity), new.get("certified", False),
            new.get("spare", False),
        )  # fmt: skip
        shop.agents[agent.id] = self._world.people[agent.login] = agent
        return agent.view() | {"password": agent.password}

    async def setAvailability(self, call: Call) -> Json:
        agent = self._agent(call, call.path["agent_id"])
        self._own_or_leads(call, agent)
        routing.set_availability(self._world, agent, call.body["availability"])
        return agent.view()

    async def getLoad(self, call: Call) -> Json:
        agent = self._agent(call, call.path["agent_id"])
        self._own_or_leads(call, agent)
        why, load = routing.hindrances(agent), len(agent.held)
        return {
            "agent_id": agent.id, "load": load, "capacity": agent.capacity, "room": max(0, agent.capacity - load),
            "routed": not why, "hindrances": why, "conversations": [each.id for each in agent.held], "snoozed": [],
        }  # fmt: skip

    # Conversations

    async def listConversations(self, call: Call) -> Json:
        page, following = self._page(call)
        return {"items": [conversation.view() for conversation in page], "next": following}

    async def syncHeads(self, call: Call) -> Json:
        page, following = self._page(call)
        return {"heads": {conversation.id: conversation.seq for conversation in page}, "next": following}

    async def getConversation(self, call: Call) -> Json:
        return self._conversation(call).view()

    async def listMessages(self, call: Call) -> Json:
        conversation, query = self._conversation(call), call.query
        messages = conversation.messages if query["order"] == "seq" else by_place(conversation)
        begin = query["after"]
        if query["order"] == "index" and begin:
            places = {message.seq: place for place, message in enumerate(messages, 1)}
            if begin not in places:
                raise Refused("bad_seq", "after must be the `next` of the page before")
            begin = places[begin]
        page = messages[begin : begin + query["limit"]]
        following = page[-1].seq if page and begin + query["limit"] < len(messages) else None
        return {"items": [message.view() for message in page], "next": following}

    async def reply(self, call: Call) -> Said:
        message, again = talk.say(self._world, call.person, call.path["conversation_id"], call.body)
        told = {"client_msg_id": message.client_msg_id, "message_id": message.id, "seq": message.seq}
        return Said(200 if again else 201, told)

    async def recallMessage(self, call: Call) -> Said:
        message = talk.recall(self._world, call.person, call.path["conversation_id"], int(call.body["seq"]))
        return Said(200 if message.status == "recalled" else 202, message.view())

    async def resolve(self, call: Call) -> Json:
        return talk.resolve(self._world, call.person, call.path["conversation_id"]).view()

    async def transferConversation(self, call: Call) -> Json:
        conversation, body = self._conversation(call), call.body
        if call.person.role == "agent" and conversation.agent is not call.person:
            raise Refused("not_assignee")
        if body.get("version", conversation.version) != conversation.version:
            raise Refused("version_is_old", f"the current version is {conversation.version}")
        to = self._agent(call, body["agent_id"]) if "agent_id" in body else None
        talk.transfer(self._world, call.person, conversation, to, body.get("note", ""))
        return conversation.view()

    async def readConversation(self, call: Call) -> Json:
        return talk.mark(self._world, call.person, call.path["conversation_id"], int(call.body["seq"]))

    async def typeInConversation(self, call: Call) -> None:
        if self._conversation(call).agent is not call.person:
            raise Refused("not_assignee")
        typed(call.person, call.path["conversation_id"])

    async def sync(self, call: Call) -> Json:
        since, log = call.query["since"], call.person.log
        page = log[since : since + call.query["limit"]]
        events = [{"s": since + place, "t": t, "d": d} for place, (t, d) in enumerate(page, 1)]
        following = since + len(page) if page else max(since, len(log))
        return {"events": events, "next": following, "head": max(len(log), following), "limited": False}

    async def getQueues(self, call: Call) -> Json:
        queue, now = call.shop.queue, self._world.clock.now()
        waits = [max(0.0, now - conversation.waits_since) for conversation in queue]
        tiers = [{"tier": tier, "waiting": 0, "longest_wait_s": 0.0} for tier in ("vip", "high")]
        tiers.append({"tier": "normal", "waiting": len(queue), "longest_wait_s": max(waits, default=0.0)})
        places = [
            {
                "position": place, "conversation_id": conversation.id, "tier": "normal",
                "waits_since": conversation.waits_since, "wait_s": wait, "rises_at": None,
            }
            for place, (conversation, wait) in enumerate(zip(queue, waits, strict=True), 1)
        ]  # fmt: skip
        return {"waiting": len(queue), "tiers": tiers, "places": places[: call.query["limit"]]}

    # Settings

    async def getSensitiveWords(self, call: Call) -> Json:
        return call.shop.words.view()

    async def putSensitiveWords(self, call: Call) -> Json:
        new, shop = call.body, call.shop
        self._current(new, shop.words.version)
        shop.words = Words(shop.words.version + 1, new["words"], new.get("allow"))
        return shop.words.view()

    async def checkSensitiveWords(self, call: Call) -> Json:
        words, direction = call.shop.words, call.body.get("direction", "to_customer")
        judged = [words.check(text, direction) for text in call.body["texts"]]
        results = [
            {"action": action, "text": text, "hits": [hit.view() for hit in hits[:200]]}
            for action, text, hits in judged
        ]
        return {"version": words.version, "results": results}

    async def getBusinessHours(self, call: Call) -> Json:
        plan, now = call.shop.hours, self._world.clock.now()
        every: Json = dict.fromkeys(hours.WEEK, hours.DEFAULT) | {"exceptions": {}} | plan
        return every | {"open": hours.is_open(plan, now), "next_opening": hours.next_opening(plan, now)}

    async def putBusinessHours(self, call: Call) -> Json:
        self._current(call.body, call.shop.hours["version"])
        hours.check(call.body)
        call.shop.hours = call.body | {"version": call.shop.hours["version"] + 1}
        return await self.getBusinessHours(call)

    async def getAutoReplies(self, call: Call) -> Json:
        return scenes.settings(call.shop)

    async def putAutoReplies(self, call: Call) -> Json:
        self._current(call.body, call.shop.scenes["version"])
        said = {name: scene["text"] for name, scene in call.body.items() if name != "version"}
        blocked = [name for name, text in said.items() if call.shop.words.check(text, "to_customer").text is None]
        if blocked:
            raise Refused("blocked", ", ".join(blocked))
        call.shop.scenes = call.body | {"version": call.shop.scenes["version"] + 1}
        return scenes.settings(call.shop)

    # What several need

    def _refuse(self, shop: Shop) -> None:
        taken = [each for each in self._world.shops.values() if shop.id == each.id or shop.open_id == each.open_id]
        if taken:
            raise Refused("id_taken" if taken[0].id == shop.id else "open_id_taken")

    def _tokens(self, person: Person) -> Json:
        now, access, renewal = time.monotonic(), secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self._world.tokens[access] = "access", person, now + ACCESS_S
        self._world.tokens[renewal] = "refresh", person, now + REFRESH_S
        return {
            "access_token": access, "refresh_token": renewal, "expires_in": ACCESS_S, "role": person.role,
            "id": person.id, "shop_id": person.shop.id,
        }  # fmt: skip

    def _agent(self, call: Call, agent_id: str) -> Person:
        if agent_id not in call.shop.agents:
            raise Refused("not_found")
        return call.shop.agents[agent_id]

    def _own_or_leads(self, call: Call, agent: Person) -> None:
        if call.person.role == "agent" and call.person is not agent:
            raise Refused("wrong_role", "only the agent, a supervisor or an administrator")

    def _conversation(self, call: Call) -> Conversation:
        return talk.of_shop(self._world, call.person, call.path["conversation_id"])

    def _current(self, new: Json, version: int) -> None:
        if new.get("version", version) != version:
            raise Refused("version_is_old", f"the current version is {version}")

    def _page(self, call: Call) -> tuple[list[Conversation], str | None]:
        query = call.query
        after = query["after"] or "0"
        if not (after.isascii() and after.isdecimal() and len(after) <= 16):
            raise Refused("malformed", "after must be the `next` of the page before")
        seen = call.shop.conversations.values() if call.person.role != "agent" else call.person.held
        found = sorted(
            (
                each
                for each in seen
                if each.number > int(after)
                and query["state"] in (None, each.state)
                and query["priority"] in (None, "normal")
                and query["agent"] in (None, "", each.agent and each.agent.id)
                and query["unread"] in (None, "true" if each.unread else "false")
            ),
            key=lambda each: each.number,
        )
        page = found[: query["limit"]]
        return page, str(page[-1].number) if len(found) > len(page) else None


def by_place(conversation: Conversation) -> list[Any]:
    """The messages at the platform's places: a late one before the first of a greater index, all else by seq."""
    placed: list[Any] = []
    for message in conversation.messages:
        greater = (at for at, each in enumerate(placed) if message.late and (each.index or -1) > (message.index or 0))
        placed.insert(next(greater, len(placed)), message)
    return placed

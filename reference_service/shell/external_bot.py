"""Asks a shop's AI agent over HTTP: signed, bounded in time, size and number; what goes wrong is a doubt (R10.1)."""

import asyncio
from collections import Counter
from collections.abc import Sequence, Set
from datetime import UTC, datetime
from typing import Final

import aiohttp
import msgspec
from standardwebhooks import Webhook

from reference_service.domain import addresses, configuring, external_bot
from reference_service.domain.bot import Asked, Bot, Candidate, Decision, HandOver
from reference_service.domain.external_bot import ExternalAnswer, ExternalBot
from reference_service.domain.world import Thread, World
from reference_service.shell.clock import Clock
from reference_service.shell.logs import log
from reference_service.shell.outward import reason

AT_ONCE: Final = 32  # questions of one shop under way
MAX_ANSWER: Final = 64 * 1024  # bytes

_answer: Final = msgspec.json.Decoder(ExternalAnswer)


class Unanswered(Exception):
    """No answer that could be used; the text says why, and nothing of what was said."""


class ExternalAgents:
    """The AI agents of all shops; one of the `Answers` of shell/answering.py."""

    def __init__(self, world: World, session: aiohttp.ClientSession, clock: Clock, hosts: Set[str]) -> None:
        self._world = world
        self._session = session
        self._clock = clock
        self._hosts = hosts
        self._asking = Counter[str]()

    async def decide(self, thread: Thread, asked: Asked, candidates: Sequence[Candidate], settings: Bot) -> Decision:
        """What the shop's AI agent says; a doubt where it says nothing that can be used."""
        floor = self._world.floor_of(thread)
        shop_id, agent = floor.shop.id, configuring.setting(floor, ExternalBot)
        if self._asking[shop_id] >= AT_ONCE:
            return HandOver("busy")
        self._asking[shop_id] += 1
        try:
            asking = external_bot.question(thread, asked, candidates)
            answer = await self._ask(agent, asking.message.id, msgspec.json.encode(asking))
        except Unanswered as why:
            log("external_bot_failed", conversation=thread.conversation.id, why=str(why))
            return HandOver("failed")
        finally:
            self._asking.subtract([shop_id])
            if not self._asking[shop_id]:
                del self._asking[shop_id]
        return external_bot.decision(answer, floor.knowledge, settings, self._clock.now())

    async def _ask(self, agent: ExternalBot, name: str, body: bytes) -> ExternalAnswer:
        if why := addresses.refusal(agent.url, self._hosts):
            raise Unanswered(why)
        headers = signed(agent.secret, name, self._clock.real(), body)
        try:
            async with asyncio.timeout(agent.timeout_s):
                async with self._session.post(agent.url, data=body, headers=headers, allow_redirects=False) as answer:
                    if answer.status != 200:
                        raise Unanswered(f"status {answer.status}")
                    return _answer.decode(await _body(answer))
        except TimeoutError:
            raise Unanswered("timeout") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Unanswered(reason(error)) from None
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise Unanswered("rubbish") from None


def signed(secret: str, name: str, at: float, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks, https://www.standardwebhooks.com, for a body; `at` is Unix seconds."""
    moment = datetime.fromtimestamp(int(at), UTC)
    return {
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
        "webhook-id": name,
        "webhook-timestamp": str(int(at)),
        "webhook-signature": Webhook(secret).sign(name, moment, body.decode()),
    }


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    pieces, size = [], 0
    async for piece in answer.content.iter_chunked(MAX_ANSWER):
        size += len(piece)
        if size > MAX_ANSWER:
            raise Unanswered("too long")
        pieces.append(piece)
    return b"".join(pieces)

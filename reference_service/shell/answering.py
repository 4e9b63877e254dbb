"""Lets the bot answer what customers asked, once it is durable and acknowledged: one question a conversation at a time.

release() -> start() -> look it up by its words, else search, then let whoever answers decide -> conclude, a command
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol

from reference_service.domain import bot, bot_visits, configuring
from reference_service.domain.bot import Asked, Bot, Candidate, Decision, HandOver
from reference_service.domain.changes import Changes
from reference_service.domain.external_bot import ExternalBot
from reference_service.domain.world import Thread, World
from reference_service.shell.logs import log
from reference_service.storage.journal import StorageError
from reference_service.storage.search import Busy, Search

CANDIDATES: Final = 5


class Answers(Protocol):
    """Whoever decides what is to be done with a question; an AI agent is one (R10.1)."""

    async def decide(self, thread: Thread, asked: Asked, candidates: Sequence[Candidate], settings: Bot, /) -> Decision:
        """What to do; never raises."""


class BuiltIn:
    """The service's own bot: the knowledge base and the rules of domain/bot.py."""

    async def decide(self, _: Thread, asked: Asked, candidates: Sequence[Candidate], settings: Bot) -> Decision:
        """As domain/bot.py says."""
        return bot.decide(asked, candidates, settings)


class Answering:
    """Runs questions as tasks."""

    def __init__(
        self,
        world: World,
        search: Search,
        external: Answers,
        begin: Callable[[], Changes],
        keep: Callable[[Changes], Awaitable[None]],
    ) -> None:
        self._world = world
        self._search = search
        self._begin = begin
        self._keep = keep
        self._built_in: Answers = BuiltIn()
        self._external = external
        self._tasks: dict[str, asyncio.Task[None]] = {}  # by conversation

    def start(self, conversation_id: str) -> None:
        """Something was asked in this conversation; what is under way there takes it up."""
        if conversation_id not in self._tasks:
            self._tasks[conversation_id] = asyncio.get_running_loop().create_task(self._run(conversation_id))

    async def close(self) -> None:
        """Give up what is under way: recovery asks it again."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, conversation_id: str) -> None:
        await asyncio.sleep(0)  # whoever waits for the acknowledgement goes first (GATEWAY-5)
        try:
            while question := self._question(conversation_id):
                decision = await self._decide(*question)
                changes = self._begin()
                bot_visits.conclude(self._world, *question, decision, changes)
                await self._keep(changes)
        except StorageError:
            pass  # the engine has told of it and ends
        finally:
            del self._tasks[conversation_id]  # in one step with having found no question: none is overlooked

    def _question(self, conversation_id: str) -> tuple[Thread, Asked] | None:
        thread = self._world.threads.get(conversation_id)
        asked = bot_visits.asked(self._world, thread) if thread else None
        return (thread, asked) if thread and asked else None

    async def _decide(self, thread: Thread, asked: Asked) -> Decision:
        floor, at = self._world.floor_of(thread), self._begin().at
        settings = configuring.setting(floor, Bot)
        decision = bot.at_once(asked, bot.word_for_word(asked, floor.knowledge, at), settings)
        if decision is not None:
            return decision
        try:
            near = await self._search.candidates(floor.knowledge, asked.text, CANDIDATES, at) if asked.asks else []
        except Busy:
            log("bot_busy", conversation=thread.conversation.id)
            return HandOver("busy")
        answers = self._external if configuring.setting(floor, ExternalBot).url else self._built_in
        return await answers.decide(thread, asked, near, settings)

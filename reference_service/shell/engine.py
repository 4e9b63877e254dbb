"""The running service: state, journal, links and calls tied together; commands in, effects out after the commit."""

import asyncio
import contextlib
import math
import ssl
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

import aiohttp

from reference_service.domain import (
    announcing,
    assigning,
    clockwork,
    outbox,
    overload,
    presence,
    retention,
    time_travel,
)
from reference_service.domain.changes import Call, Changes
from reference_service.domain.events import PlatformName
from reference_service.domain.inbox import Inbox
from reference_service.domain.outbox import Answer
from reference_service.domain.reactions import settle
from reference_service.domain.world import World
from reference_service.platforms import APIS
from reference_service.platforms.api import Api, Line
from reference_service.settings import Settings
from reference_service.shell import dead_letters
from reference_service.shell import hub as links
from reference_service.shell.answering import Answering
from reference_service.shell.calling import Caller
from reference_service.shell.clock import Clock
from reference_service.shell.courier import Courier
from reference_service.shell.external_bot import ExternalAgents
from reference_service.shell.figures import Figures
from reference_service.shell.jobs import Jobs
from reference_service.shell.limits import Limits
from reference_service.shell.logs import log
from reference_service.shell.night import Night
from reference_service.shell.outward import outward
from reference_service.shell.purging import Purging
from reference_service.storage.journal import Journal, StorageError
from reference_service.storage.lock import lock
from reference_service.storage.opening import audit_key, open_database
from reference_service.storage.reader import Reader
from reference_service.storage.recovery import recover
from reference_service.storage.search import Search
from reference_service.storage.trail import Trail
from reference_service.storage.vault import Vault

TICK_S = 0.2
TELL_IGNORED_S = 10.0
TELL_HEAD_S = 60.0
QUESTIONS_AT_ONCE = 256  # to the AI agents of all shops


class Engine:
    """Everything one process has. `failed` is set when storage failed: then the process must end."""

    world: World
    path: Path
    journal: Journal
    trail: Trail
    reader: Reader
    caller: Caller
    answering: Answering
    search: Search
    vault: Vault
    courier: Courier
    apis: dict[PlatformName, Api]
    outbound: aiohttp.ClientSession

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock()
        self.hub = links.Hub()
        self.limits = Limits(settings)
        self.figures = Figures()
        self.inbox = Inbox(settings.inbox)
        self.ignored = Counter[str]()  # kinds of pushed items that are of no interest here, since they were last told
        self.jobs = Jobs()
        self.requests = 0  # over HTTP, under way
        self.ready = False
        self.stopping = False  # told to stop: what is under way is finished, and nobody should begin anything
        self.failed = asyncio.Event()
        self.key = b""
        self._opened = contextlib.AsyncExitStack()
        self._tell_ignored_at = 0.0
        self._tell_head_at = 0.0

    async def open(self, resumable: bool = True) -> None:
        """Open the database, recover from it and begin to serve. Raises Unusable.

        After a restore no device is `resumable`: the dispatch logs go on from older places.
        """
        settings = self.settings
        async with contextlib.AsyncExitStack() as stack:
            self.path, self.key, self.trail = open_database(self.vault.folder, self.vault.key)
            self.reader = Reader(self.path)
            stack.callback(self.reader.close)
            self.world, changes = recover(self.reader, self.clock.now(), settings.echo_wait_s, settings.business_speed)
            self.search = Search()
            stack.callback(self.search.close)
            for floor in self.world.floors.values():
                self.search.follow(floor.knowledge)
            self.caller = Caller(self.apis, self.world, self.clock, settings.calls_at_once, self.answered, self.keep)
            self.journal = Journal(self.path, self.release, self.storage_failed, self.trail)
            self.journal.timed = self.figures.commit.observe
            stack.push_async_callback(self.journal.close)
            stack.push_async_callback(self.caller.close)
            agents = ExternalAgents(self.world, self.outbound, self.clock, settings.hosts)
            self.answering = Answering(self.world, self.search, agents, self.begin, self.keep)
            stack.push_async_callback(self.answering.close)
            stack.push_async_callback(self.jobs.close)
            self.courier = Courier(settings, self.world, self.clock, self.begin, self.keep, self.figures.deliveries)
            stack.push_async_callback(self.courier.close)
            self.jobs.offer(announcing.JOB, self._expire)
            self.jobs.offer(retention.JOB, Purging(self.path, self.world, self.clock, self.keep).run)
            Night(self.vault, self.clock, self.jobs, settings.backup_days)
            if not resumable:
                self.world.recovered_at = -math.inf
            await self.keep(changes)
            self._opened = stack.pop_all()
        self.ready = True

    async def shut(self) -> None:
        """Take no more, commit what waits and close the database."""
        self.ready = False
        await self._opened.aclose()

    def begin(self) -> Changes:
        """A command's changes, as of now."""
        return Changes(at=self.clock.now())

    async def keep(self, changes: Changes) -> None:
        """React to what happened, then wait until all is durable and its effects are out. Raises StorageError."""
        settle(self.world, changes)
        await self.journal.add(changes)

    async def _expire(self) -> None:
        await dead_letters.expire(self.reader, self.settings.dead_letter_s, self.begin, self.keep)

    async def settled(self) -> None:
        """Wait until all that state shows now is durable: what is read is never taken back."""
        await self.journal.add(Changes())

    async def answered(self, call: Call, answer: Answer) -> None:
        """A call of the outbox ended."""
        self.figures.calls[answer.outcome] += 1
        thread = self.world.threads.get(call.conversation_id)
        if thread is None:
            return
        if answer.outcome != "ok":
            log("reply_not_sent", conversation=call.conversation_id, outcome=answer.outcome, code=answer.code)
        changes = self.begin()
        outbox.answered(self.world, thread, call.seq, answer, self.settings.echo_wait_s, changes)
        with contextlib.suppress(StorageError):
            await self.keep(changes)

    def release(self, changes: Changes) -> None:
        """Let the effects of durable changes out."""
        for event in changes.dispatched:
            links.dispatch(self.hub, event)
        for call in changes.calls:
            self.caller.start(call)
        for delivery in changes.announced:
            self.courier.add(delivery)
        for conversation_id in changes.asked:
            self.answering.start(conversation_id)
        for job in changes.jobs:
            self.jobs.start(job)
        for person_id in changes.signed_out:
            for link in self.hub.of(person_id):
                link.close(links.SIGNED_OUT)

    def storage_failed(self, error: Exception) -> None:
        """A commit failed: nothing more can be promised, so the process must end and recover."""
        log("storage_failed", why=str(error))
        self.ready = False
        self.failed.set()

    def tick(self) -> None:
        """What time alone brings: outbox waits that are over, agents gone too long, devices that fell silent."""
        changes = self.begin()
        now, real = changes.at, self.clock.real()
        clockwork.run(self.world, now, changes)
        for thread in outbox.ripe(self.world, now):
            outbox.proceed(self.world, thread, changes)
        for desk in presence.gone(self.world, now, self.settings.resume_window_s):
            log("agent_gone", agent=desk.person.id, conversations=len(desk.held))
            assigning.hand_on(self.world.floors[desk.person.shop_id], desk, "gone", changes)
        for link in self.hub.all():
            if real >= link.until:
                link.close(links.SIGNED_OUT)
            elif real - link.heard > self.settings.silence_s:
                link.close(links.SILENT)
        if real >= self._tell_ignored_at:
            self._tell_ignored_at = real + TELL_IGNORED_S
            self.tell_ignored()
            overload.inbox(self.world, self.inbox.refused, changes)
            self.inbox.refused.clear()
        settle(self.world, changes)
        if changes.writes or changes.jobs:
            self.journal.add(changes).add_done_callback(_seen)
        if real >= self._tell_head_at:
            self._tell_head_at = real + TELL_HEAD_S
            self.tell_head()

    async def travel(self, seconds: float) -> None:
        """Test hook: move the business's time ahead and wait until everything that became due is durable."""
        self.clock.jump(seconds)
        time_travel.move_along(self.world, seconds)
        self.tick()
        await self.settled()
        await self.jobs.idle()

    def tell_ignored(self) -> None:
        """Log how many pushed items of each kind were acknowledged and ignored: kinds and numbers, nothing personal."""
        for kind, items in self.ignored.items():
            log("pushed_and_ignored", kind=kind[:64], items=items)
        self.ignored.clear()

    def tell_head(self) -> None:
        """Log the audit chain's head: whoever keeps the log can tell later whether the chain was cut."""
        log("audit_head", number=self.trail.head.number, hash=self.trail.head.hash.hex())


def _seen(done: asyncio.Future[None]) -> None:
    if not done.cancelled():
        done.exception()  # storage_failed has told of it


@contextlib.asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Engine]:
    """An engine from recovery to its clean end. Raises DataInUse, Unusable, Refused."""
    engine = Engine(settings)
    async with contextlib.AsyncExitStack() as stack:
        folder = settings.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reference-service-")))
        folder.mkdir(parents=True, exist_ok=True)
        stack.enter_context(lock(folder))
        engine.vault = Vault(folder, audit_key(folder, settings.audit_key))
        if settings.restore:
            engine.vault.restore(settings.restore, engine.clock.now())
        engine.apis = await _apis(settings, stack)
        engine.outbound = await stack.enter_async_context(outward(settings.hosts, QUESTIONS_AT_ONCE))
        stack.push_async_callback(engine.shut)
        await engine.open(resumable=settings.restore is None)
        ticking = asyncio.create_task(_ticks(engine))
        stack.push_async_callback(_stop, ticking)
        yield engine
        engine.tell_ignored()
        engine.tell_head()


async def _apis(settings: Settings, stack: contextlib.AsyncExitStack) -> dict[PlatformName, Api]:
    if not settings.gateway_url:
        return {}
    connector = aiohttp.TCPConnector(limit=settings.calls_at_once, ssl=_trust(settings.gateway_ca))
    jar = aiohttp.DummyCookieJar()  # the platforms set none, and looking for some costs every call
    session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector, cookie_jar=jar))
    line = Line(session, settings.gateway_url, settings.call_timeout_s)
    return {name: make(line) for name, make in APIS.items()}


def _trust(gateway_ca: Path | None) -> ssl.SSLContext:
    if gateway_ca is None:
        return _usual_trust()
    trust = ssl.create_default_context()
    trust.load_verify_locations(gateway_ca)
    return trust


@cache
def _usual_trust() -> ssl.SSLContext:
    return ssl.create_default_context()  # reading the system's certificates takes longer than all else at the start


async def _ticks(engine: Engine) -> None:
    loop = asyncio.get_running_loop()
    while True:
        wake = loop.time() + TICK_S
        await asyncio.sleep(TICK_S)
        engine.figures.lag.observe(max(0.0, loop.time() - wake))
        if engine.ready:
            engine.tick()


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task

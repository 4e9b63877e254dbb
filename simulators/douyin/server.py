"""The gateway's server: everything of this folder, wired together on one port."""

import asyncio
import contextlib
import resource
import ssl
import sys
from collections.abc import AsyncIterator, Collection
from typing import Final

from aiohttp import web

from history.run import RunSpec
from history.writer import Writer
from simulators.douyin.accepting import Accepting, listening_on
from simulators.douyin.control import Control
from simulators.douyin.customers import Customers
from simulators.douyin.disturb import Door
from simulators.douyin.doorkeeper import Doorkeeper
from simulators.douyin.doors import doors
from simulators.douyin.hosts import Hosts
from simulators.douyin.listening import Listening
from simulators.douyin.own_log import SparingLog, quiet
from simulators.douyin.platform_api import PlatformApi
from simulators.douyin.profiles import profile
from simulators.douyin.pusher import Pusher
from simulators.douyin.switchboard import Switchboard
from simulators.douyin.visits import Visits
from simulators.douyin.webhook_client import WebhookClient
from simulators.health import watch

MAX_BODY: Final = 256 * 1024  # bytes of a call's body; a larger one gets 413
BACKLOG: Final = 4096  # connections the kernel holds for us: all customers may come in one moment
IDLE_S: Final = 75.0  # a kept connection without a request; longer than clients keep theirs, so that they close first
LINGER_S: Final = 1.0  # how long the rest of a refused body is read, for the answer to arrive
OWN_FILES: Final = 512  # descriptors kept for pushes to the target and files, however many connections come
LOCAL: Final = Listening()


@contextlib.asynccontextmanager
async def gateway(
    spec: RunSpec,
    writer: Writer,
    listening: Listening = LOCAL,
    allow: Collection[str] = (),
    trust: ssl.SSLContext | None = None,
) -> AsyncIterator[int]:
    """Serve inside the block; gives the port. `trust` judges the certificates of https webhooks (None: the system's).

    Raises OSError where the port is taken (EADDRINUSE), the address is none of this machine's or a certificate is
    unfit. Leaves the writer open; its last rows are written when the block has ended.
    """
    settings = spec.scenario.gateway
    with contextlib.closing(WebhookClient(settings.cut_s, trust)) as client:
        platform = profile(spec.platform, settings)
        board = Switchboard(spec, platform)
        pusher = Pusher(spec, platform, writer, client, board.fresh_id)
        customers = Customers(board, pusher, writer, Visits(spec, board, pusher))
        api = PlatformApi(spec, platform, board, customers, pusher, writer)
        control = Control(platform, spec.app, board, customers, pusher, client, api.others, allow)
        app = web.Application(client_max_size=MAX_BODY, middlewares=[doors(spec.key, settings.request_s)])
        _far_routes(app, Hosts(spec, writer.path.parent))
        _routes(app, customers, api, control, Door(board, pusher, api.faults))
        async with _served(app, listening, settings.request_s) as port:
            health = asyncio.create_task(watch(writer))
            try:
                yield port
            finally:
                health.cancel()
                await pusher.close()
                await customers.close()
                for line in api.others.told():
                    print(line, flush=True)


@contextlib.asynccontextmanager
async def _served(app: web.Application, listening: Listening, request_s: float) -> AsyncIterator[int]:
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=quiet(),
        shutdown_timeout=1.0,
        keepalive_timeout=IDLE_S,
        lingering_time=LINGER_S,
        auto_decompress=False,  # nothing documented is compressed, and what is signed are the raw bytes
    )
    tls = listening.context()
    await runner.setup()
    assert runner.server is not None
    try:
        async with listening_on(listening.host, listening.port, BACKLOG) as bound:
            log = SparingLog()
            keeper = Doorkeeper(runner.server, request_s, _most(), log.tell)
            accepting = Accepting(bound, keeper, tls, log.tell)
            try:
                yield bound.getsockname()[1]
            finally:
                accepting.close()
                keeper.close()
    finally:
        await runner.cleanup()


def _most() -> int:
    """The descriptor number up to which connections are taken."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return sys.maxsize if soft == resource.RLIM_INFINITY else max(soft - OWN_FILES, soft // 2)


def _routes(app: web.Application, customers: Customers, api: PlatformApi, control: Control, door: Door) -> None:
    app.router.add_get("/customer", customers.handle)
    app.router.add_get("/_golive/health", control.health)
    app.router.add_post("/_golive/webhook", control.webhook)
    app.router.add_post("/_golive/disturb", door.disturb)
    app.router.add_post("/{path:.*}", api.call)


def _far_routes(app: web.Application, hosts: Hosts) -> None:
    app.router.add_get("/_golive/clock", hosts.clock)
    app.router.add_get("/_golive/run", hosts.run)
    app.router.add_post("/_golive/started", hosts.started)
    app.router.add_post("/_golive/history/{stream}", hosts.record)

"""The gateway's server: everything of this folder, wired together on one port of loopback."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from typing import Final

from aiohttp import web

from history.run import RunSpec
from history.writer import Writer
from simulators.douyin.control import Control
from simulators.douyin.customers import Customers
from simulators.douyin.disturb import Door
from simulators.douyin.platform_api import PlatformApi
from simulators.douyin.profiles import profile
from simulators.douyin.pusher import Pusher
from simulators.douyin.switchboard import Switchboard
from simulators.douyin.visits import Visits
from simulators.douyin.webhook_client import WebhookClient
from simulators.health import watch

HOST: Final = "127.0.0.1"
MAX_BODY: Final = 256 * 1024  # bytes of a call's body; a larger one gets 413
BACKLOG: Final = 4096  # connections the kernel holds for us: all customers may come in one moment


@contextlib.asynccontextmanager
async def gateway(spec: RunSpec, writer: Writer, port: int = 0, allow: Collection[str] = ()) -> AsyncIterator[int]:
    """Serve inside the block; gives the port. Raises OSError (EADDRINUSE) where the port is taken.

    Leaves the writer open; its last rows are written when the block has ended.
    """
    with contextlib.closing(WebhookClient(spec.scenario.gateway.cut_s)) as client:
        platform = profile(spec.platform, spec.scenario.gateway)
        board = Switchboard(spec, platform)
        pusher = Pusher(spec, platform, writer, client, board.fresh_id)
        customers = Customers(board, pusher, writer, Visits(spec, board, pusher))
        api = PlatformApi(spec, platform, board, customers, pusher, writer)
        control = Control(platform, spec.app, board, customers, pusher, client, api.others, allow)
        runner = web.AppRunner(
            _app(customers, api, control, Door(board, pusher, api.faults)), access_log=None, shutdown_timeout=1.0
        )
        await runner.setup()
        health = asyncio.create_task(watch(writer))
        try:
            await web.TCPSite(runner, HOST, port, backlog=BACKLOG).start()
            yield runner.addresses[0][1]
        finally:
            health.cancel()
            await pusher.close()
            await customers.close()
            await runner.cleanup()
            for line in api.others.told():
                print(line, flush=True)


def _app(customers: Customers, api: PlatformApi, control: Control, door: Door) -> web.Application:
    app = web.Application(client_max_size=MAX_BODY)
    app.router.add_get("/customer", customers.handle)
    app.router.add_get("/_golive/health", control.health)
    app.router.add_post("/_golive/webhook", control.webhook)
    app.router.add_post("/_golive/disturb", door.disturb)
    app.router.add_post("/{path:.*}", api.call)
    return app

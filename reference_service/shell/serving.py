"""How uvicorn serves an application of this service: its protocols, its bounds, and what it does now and then."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import uvicorn
from starlette.types import ASGIApp

from reference_service import VERSION
from reference_service.settings import Settings
from reference_service.shell.limits import Limits
from reference_service.shell.logs import log
from reference_service.shell.wire import Wire, close_slow


class Server(uvicorn.Server):
    """A uvicorn that tells when it is ready, and ends requests which come too slowly."""

    ready_file: Path | None = None
    ending: Callable[[], Awaitable[None]] | None = None  # what is still to be told to who is connected

    def __init__(self, app: ASGIApp, settings: Settings, limits: Limits) -> None:
        super().__init__(config(app, settings))
        self._settings, self._limits = settings, limits

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to accept, then write the ready file."""
        await super().startup(sockets)
        port = sockets[0].getsockname()[1] if sockets else 0
        if self.ready_file is not None:
            temporary = self.ready_file.with_name(f".{self.ready_file.name}.{os.getpid()}")
            temporary.write_bytes(msgspec.json.encode({"pid": os.getpid(), "port": port, "version": VERSION}))
            temporary.replace(self.ready_file)
        log("ready", pid=os.getpid(), port=port, version=VERSION)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nothing more, say so to who is connected, then close what is open."""
        for listening in self.servers:
            listening.close()
        if self.ending is not None:
            await self.ending()
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second."""
        connections, now = list(self.server_state.connections), asyncio.get_running_loop().time()
        if slow := close_slow(connections, now, self._settings.request_s):
            self._limits.hits["slow_request"] += slow
        return await super().on_tick(counter)


def config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """uvicorn's configuration."""
    return uvicorn.Config(
        app,
        http=Wire,
        ws="websockets-sansio",
        ws_max_size=settings.max_body,
        ws_per_message_deflate=False,
        ws_ping_interval=None,  # heartbeats are part of the contract
        lifespan="off",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        log_config=None,  # logs.py takes what it says
        log_level="error",  # its warnings are about callers who speak no HTTP: anybody could fill the log with them
        timeout_graceful_shutdown=5,
    )

"""The gateway's doors for processes on other hosts: its clock, the run without secrets, and where records are left.

GET  /_golive/clock              {"t": CLOCK_MONOTONIC in ns, "clock": its name (history/clock.py)}
GET  /_golive/run                run.json without secrets
POST /_golive/started            the customers' master began; golive waits for that
POST /_golive/history/<stream>   a whole stream file; the same again is fine, another under its name is not
"""

import filecmp
import re
from pathlib import Path
from secrets import token_hex
from time import monotonic_ns
from typing import Final

import msgspec
from aiohttp import web

from history import clock
from history.reader import BadStream, header
from history.run import RunFolder, RunSpec

LARGEST: Final = 1 << 30  # bytes of a stream: some fifty million events
_NAME = re.compile(r"customers(-\d{1,4})?|master")
_CHUNK = 1 << 16


class Hosts:
    """HTTP handlers; records are put into `history`, the run's folder of streams."""

    def __init__(self, spec: RunSpec, history: Path, largest: int = LARGEST) -> None:
        self._run, self._public = spec.id, msgspec.json.encode(spec.public())
        self._history, self._largest = history, largest

    async def clock(self, _: web.Request) -> web.Response:
        """What this host's clock says now."""
        return _json(200, {"t": monotonic_ns(), "clock": clock.identity()})

    async def run(self, _: web.Request) -> web.Response:
        """The run's specification."""
        return web.Response(body=self._public, content_type="application/json")

    async def started(self, _: web.Request) -> web.Response:
        """Tell golive, by the run's folder, that the customers have begun."""
        folder = RunFolder(self._history.parent)
        folder.ready.mkdir(exist_ok=True)
        folder.announce("customers")
        return _json(200, {"ok": True})

    async def record(self, request: web.Request) -> web.Response:
        """Take a stream file whole, or not at all."""
        name = request.match_info["stream"]
        if not is_name(name):
            return _refuse(422, f"{name!r} is no name of a stream from another host")
        arriving = self._history / f".{name}.{token_hex(4)}"
        try:
            if not await self._take(request, arriving):
                return _refuse(413, f"a stream may have {self._largest} bytes")
            return self._keep(name, arriving)
        finally:
            arriving.unlink(missing_ok=True)

    async def _take(self, request: web.Request, path: Path) -> bool:
        size = 0
        with path.open("xb") as file:
            async for chunk in request.content.iter_chunked(_CHUNK):
                size += len(chunk)
                if size > self._largest:
                    return False
                file.write(chunk)
        return True

    def _keep(self, name: str, arrived: Path) -> web.Response:
        if why := unfit(arrived, name, self._run):
            return _refuse(422, why)
        place = self._history / f"{name}.arrows"
        if place.exists() and not filecmp.cmp(place, arrived, shallow=False):
            return _refuse(409, f"run {self._run} has another record of {name} already")
        arrived.replace(place)
        return _json(200, {"ok": True})


def is_name(stream: str) -> bool:
    """Whether a stream of this name comes from other hosts."""
    return bool(_NAME.fullmatch(stream))


def unfit(path: Path, name: str, run: str) -> str:
    """Why this file is not the stream `name` of the run, or ""."""
    try:
        found = header(path)
    except BadStream:
        return "this is no history stream"
    if (found.run, found.stream) != (run, name):
        return f"this is {found.stream} of run {found.run}, not {name} of run {run}"
    return ""


def _refuse(status: int, why: str) -> web.Response:
    return _json(status, {"ok": False, "why": why})


def _json(status: int, body: dict[str, object]) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")

"""One lab on the real reference, and its adapter bent in one place at a time."""

import hashlib
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from suites.binding.bench import Bench
from suites.binding.checklist import ALL, gone_through
from suites.binding.line import Line
from suites.lab import Lab
from suites.opening import open_lab
from suites.receiver import receiving
from suites.setting import Setting
from targets.reference import Reference

Checked = Callable[..., Coroutine[Any, Any, dict[str, Line]]]
PATIENCE_S = 1.5
_FOUNDATION = ("shop", "login", "inbound", "outbound", "devices")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lab(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    async with open_lab(Setting(patience_s=PATIENCE_S), tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def checked(lab: Lab, tmp_path: Path) -> Checked:
    """Goes through what a check stands on and those named, with that adapter: name -> Line."""

    async def go(target: Reference, *names: str, before: Callable[[Bench], None] | None = None) -> dict[str, Line]:
        await target.open(lab.run)
        own, lab.target = lab.target, target
        bench = Bench(lab, tmp_path / "push.json", Random(1))
        try:
            return await _lines(bench, names, before)
        finally:
            await lab.tidy()
            lab.target, lab._left = own, None

    return go


async def _lines(bench: Bench, names: Sequence[str], before: Callable[[Bench], None] | None) -> dict[str, Line]:
    found: dict[str, Line] = {}
    wanted = [check for check in ALL if check.name in (*_FOUNDATION, *names)]
    async for line in gone_through(bench, wanted, within_s=4 * PATIENCE_S):
        found[line.name] = line
        if before is not None and line.name == "shop":
            before(bench)
    return found


class Resigning:
    """A door before the target that signs whatever comes in, as a target does that checks nothing."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._to = self.url = ""

    def put_before(self, bench: Bench) -> None:
        """Let the bench's own pushes go through here."""
        self._to = bench.shop.target.webhook_url
        bench.shop.target = bench.shop.target._replace(webhook_url=self.url)

    async def pushed(self, request: web.Request) -> web.Response:
        body = await request.read()
        signature = hashlib.sha1(self._lab.spec.app.client_secret.encode() + body).hexdigest()
        headers = {**request.headers, "X-Douyin-Signature": signature}
        async with self._lab.run.http.post(self._to, data=body, headers=headers) as answer:
            return web.Response(status=answer.status, body=await answer.read())


@pytest_asyncio.fixture(loop_scope="module")
async def resigning(lab: Lab) -> AsyncIterator[Resigning]:
    door = Resigning(lab)
    async with receiving(door.pushed) as door.url:
        yield door

"""Opens a lab: the platform, the bundled reference where that is the target, and the adapter on it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

import aiohttp

from history.run import RunFolder, RunSpec
from history.scenario import Gateway
from history.writer import Writer
from simulators.douyin.listening import Listening
from simulators.douyin.server import gateway as serve_gateway
from suites.contract import operations, operations_of, parsed
from suites.hosting import Hosted
from suites.lab import Lab
from suites.setting import Setting, specification, trust
from targets.interface import Run, Target, TargetError, Version
from targets.loading import load

OPEN_S: Final = 30.0  # an adapter that hangs must not hang the suite


@contextlib.asynccontextmanager
async def open_lab(
    asked: Setting,
    folder: Path,
    *,
    name: str = "suite",
    platform: str = "",
    gateway: Gateway | None = None,
    service: tuple[str, ...] = (),
) -> AsyncIterator[Lab]:
    """A lab inside the block. `gateway` are the simulated platform's settings, `service` more arguments of the bundled
    reference. Raises Failure, TargetError, ProfileError or OSError where it cannot be set up.
    """
    spec = specification(asked, name, datetime.now(), platform, gateway)
    run_folder = RunFolder(folder / spec.id)
    run_folder.write_spec(spec)
    async with contextlib.AsyncExitStack() as stack:
        writer = stack.enter_context(contextlib.closing(Writer(run_folder.history, "gateway", spec.id)))
        near, far = await _platform(stack, asked, spec, writer)
        hosted = await _hosted(stack, asked, run_folder.path, far, service)
        http = await stack.enter_async_context(_client(asked))
        run = _run(asked, spec, hosted, http, far)
        target = load(asked.adapter)
        version = await _opened(target, run)
        assert isinstance(version, Version), f"the adapter's open() gave {version!r}, and no targets.interface.Version"
        lab = Lab(asked, spec, target, run, version, near, hosted)
        lab.folder = run_folder.path
        lab.operations = await _operations(lab)
        try:
            yield lab
        finally:
            await lab.tidy()
            for left in await lab.leave():
                print(f"left behind at the target: {left.what} ({left.where})", flush=True)


async def _opened(target: Target, run: Run) -> Version:
    try:
        async with asyncio.timeout(OPEN_S):
            return await target.open(run)
    except TimeoutError:
        raise TargetError(f"the adapter's open() did not end within {OPEN_S:g} s; is {run.target_url} alive?") from None


async def _platform(stack: contextlib.AsyncExitStack, asked: Setting, spec: RunSpec, writer: Writer) -> tuple[str, str]:
    reach = asked.reach
    cert, key = (Path(file) if file else None for file in (reach.tls_cert, reach.tls_key))
    listening = Listening(reach.listen or Listening().host, reach.gateway_port, cert, key, reach.public_url)
    allow = asked.bound.allow if asked.bound else ()
    port = await stack.enter_async_context(serve_gateway(spec, writer, listening, allow, trust(reach.target_ca)))
    return listening.near_url(port), listening.far_url(port)


async def _hosted(
    stack: contextlib.AsyncExitStack, asked: Setting, folder: Path, gateway: str, extra: tuple[str, ...]
) -> Hosted | None:
    if asked.bound is not None:
        return None
    hosted = Hosted(asked.program, folder, gateway, extra)
    stack.push_async_callback(hosted.stop)
    await hosted.start()
    return hosted


def _client(asked: Setting) -> aiohttp.ClientSession:
    # no connection is kept: one from before a restart would fail the first call after it
    connector = aiohttp.TCPConnector(limit=0, force_close=True, ssl=trust(asked.reach.target_ca or asked.reach.ca))
    return aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=60))


def _run(asked: Setting, spec: RunSpec, hosted: Hosted | None, http: aiohttp.ClientSession, far: str) -> Run:
    keys = {"operator_key": hosted.operator_key} if hosted else asked.secrets
    return Run(
        id=spec.id,
        gateway_url=far.rstrip("/"),
        target_url=hosted.url if hosted else cast(Any, asked.bound).url.rstrip("/"),
        app=spec.app,
        shops=spec.shops,
        business_speed=spec.scenario.business_speed,
        http=http,
        secrets=keys,
        platform=spec.platform_name,
        ca_file=asked.reach.ca,
    )


async def _operations(lab: Lab) -> frozenset[str]:
    """What the target's own /openapi.yaml lists; without one, all of the contract."""
    if "contract" not in lab.target.offers:
        return frozenset()
    async with lab.run.http.get(f"{lab.run.target_url}/openapi.yaml") as answer:
        if answer.status != 200:
            return frozenset(operations())
        listed = {operation.id for operation in operations_of(parsed(await answer.text()))}
    return frozenset(listed & operations().keys())

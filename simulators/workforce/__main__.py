"""`python -m simulators.workforce --run DIR --target NAME --target-url URL --gateway-url URL`: all agents of a run.

`--public-url` is the gateway as the target reaches it, where that differs. GOLIVE_CA names the CA file of the gateway's
certificate, GOLIVE_TARGET_CA that of the target's.

Secrets of the target come from the environment: GOLIVE_SECRET_API_KEY becomes `run.secrets["api_key"]`, and
GOLIVE_OPERATOR_KEY, the bundled reference's, `run.secrets["operator_key"]`.
Exit codes: 0 stopped by SIGTERM or SIGINT, 2 wrong use, 4 the target or the gateway did not do what it must.
"""

import argparse
import asyncio
import os
import signal
import ssl
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

import aiohttp
import msgspec
import uvloop

from fixtures.script import script_of
from history.run import RunFolder, RunSpec
from history.writer import Writer
from simulators.douyin.door_client import Doors
from simulators.health import watch
from simulators.timekeeping import timekeeping
from simulators.workforce import business
from simulators.workforce.crew import Crew
from simulators.workforce.roster import provision, register, webhook
from targets.interface import Run, Target, TargetError
from targets.loading import allowed, load

_SECRET = "GOLIVE_SECRET_"


class UsageError(Exception):
    """The command line or the run's folder is wrong; the text says where, what, and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the agents until SIGTERM; the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        uvloop.run(_until_stopped(asked))
    except UsageError as error:
        return _say(error, 2)
    except TargetError as error:
        return _say(error, 4)
    except OSError as error:
        return _say(f"{error.filename or asked.run}: {error.strerror or error}", 4)
    except Exception:
        traceback.print_exc()
        return _say("the agents stopped on an error nobody foresaw; the history so far is kept", 4)
    return 0


async def _until_stopped(asked: argparse.Namespace) -> None:
    folder, target = RunFolder(asked.run), load(asked.target)
    spec = _spec(folder)
    for url in (asked.target_url, asked.gateway_url):
        if not allowed(url, os.environ.get("GOLIVE_ALLOW", "").split(",")):
            raise UsageError(f"{url} is not on loopback: name its host in golive.toml's allow-list to put load on it")
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    writer = _writer(folder, spec)
    try:
        await _work(target, spec, asked, folder, writer, stop)
    finally:
        _close(writer)


async def _work(
    target: Target, spec: RunSpec, asked: argparse.Namespace, folder: RunFolder, writer: Writer, stop: asyncio.Event
) -> None:
    """Whichever comes first: the order to stop, or the end of the agents' life by an error."""
    health = asyncio.create_task(watch(writer))
    life = asyncio.create_task(_life(target, spec, asked, folder, writer))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({life, stopped}, return_when=asyncio.FIRST_COMPLETED)
    for task in (life, stopped):
        task.cancel()
    ends = await asyncio.gather(life, return_exceptions=True)
    health.cancel()
    if isinstance(ends[0], Exception):
        raise ends[0]


async def _life(target: Target, spec: RunSpec, asked: argparse.Namespace, folder: RunFolder, writer: Writer) -> None:
    ca, target_ca = (os.environ.get(name, "") for name in ("GOLIVE_CA", "GOLIVE_TARGET_CA"))
    # every device holds a connection for as long as it lives
    connector = aiohttp.TCPConnector(limit=0, ssl=_trust(target_ca))
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=10)) as http:
        run = Run(
            id=spec.id,
            gateway_url=(asked.public_url or asked.gateway_url).rstrip("/"),
            target_url=asked.target_url.rstrip("/"),
            app=spec.app,
            shops=spec.shops,
            business_speed=spec.scenario.business_speed,
            http=http,
            secrets=secrets(os.environ),
            platform=spec.platform_name,
            ca_file=ca,
            words=script_of(spec.scenario.talk).words.entries,
        )
        version = await target.open(run)
        try:
            staff = await provision(target, spec.shops)
            await business.ask(target, spec, staff, writer)
            url = webhook(agent.shop for agent in staff)
            doors = Doors(asked.gateway_url.rstrip("/"), spec.key, ca)
            await register(http, doors.url, spec.key, url, _trust(ca))
            crew = Crew(target, spec, staff, writer)
            async with timekeeping(doors, writer):
                try:
                    await crew.connect()
                    folder.announce("agents", version=version.version)
                    await crew.live()
                finally:
                    await business.read_figures(target, spec, staff, writer)
                    await crew.leave()
        finally:
            await _clean(target)


def _trust(ca: str) -> ssl.SSLContext:
    """What the system trusts, and a CA file where one is named."""
    context = ssl.create_default_context()
    if ca:
        context.load_verify_locations(ca)
    return context


async def _clean(target: Target) -> None:
    if os.environ.get("GOLIVE_KEEP"):
        return
    for leftover in await target.close():
        print(f"left behind at the target: {leftover.what} ({leftover.where})", flush=True)


def secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """What the environment hands to adapters: GOLIVE_SECRET_SOME_NAME becomes `some_name`."""
    found = {name[len(_SECRET) :].lower(): value for name, value in environment.items() if name.startswith(_SECRET)}
    if key := environment.get("GOLIVE_OPERATOR_KEY"):
        found.setdefault("operator_key", key)
    return found


def _spec(folder: RunFolder) -> RunSpec:
    try:
        return folder.spec()
    except OSError as error:
        raise UsageError(
            f"{folder.path}: no run's folder ({error.strerror}); golive makes one with run.json"
        ) from error
    except msgspec.MsgspecError as error:
        raise UsageError(f"{folder.path / 'run.json'}: {error}") from error


def _writer(folder: RunFolder, spec: RunSpec) -> Writer:
    try:
        return Writer(folder.history, "agents", spec.id)
    except FileExistsError as error:
        raise UsageError(
            f"{folder.history}: agents of this run already wrote their history; begin a new run"
        ) from error


def _close(writer: Writer) -> None:
    try:
        writer.close()
    except OSError as error:
        told = f"the end of the history is not written: {error.strerror}"
        raise OSError(error.errno, told, str(writer.path)) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulators.workforce", description="All simulated agents of a run."
    )
    parser.add_argument("--run", type=Path, required=True, help="the run's folder, with run.json")
    parser.add_argument("--target", default="reference", help="`reference`, or an adapter file")
    parser.add_argument("--target-url", required=True)
    parser.add_argument("--gateway-url", required=True)
    parser.add_argument("--public-url", default="")
    return parser


def _say(text: object, code: int) -> int:
    print(text, file=sys.stderr, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())

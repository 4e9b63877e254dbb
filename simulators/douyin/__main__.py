"""`python -m simulators.douyin --run DIR [--port N]`: the gateway of a run, until SIGTERM or SIGINT."""

import argparse
import asyncio
import contextlib
import errno
import gc
import os
import resource
import signal
import sys
from pathlib import Path

import msgspec
import uvloop

from history.run import RunFolder, RunSpec
from history.writer import Writer
from simulators.douyin.profiles import ProfileError
from simulators.douyin.server import gateway
from simulators.douyin.stubs import StubError

USAGE, FAILED = 2, 4


def main() -> int:
    """Run the gateway; 0 after a clean stop, 2 on a wrong call, 4 where the history could not be written."""
    asked = _parser().parse_args()
    folder = RunFolder(asked.run)
    try:
        spec = folder.spec()
        writer = Writer(folder.history, "gateway", spec.id)
    except (OSError, msgspec.MsgspecError) as error:
        return _fail(USAGE, f"{asked.run}: no folder of a new run: {error}")
    _raise_descriptors()
    # Nothing on the road of a message is cyclic (tests/simulators/douyin/test_server.py), and a full collection over
    # 1,100 customers' connections stops the loop for 60-170 ms: lag that would be taken for the target's.
    gc.freeze()
    gc.disable()
    try:
        uvloop.run(_serve(folder, spec, writer, asked.port))
    except (ProfileError, StubError) as error:
        return _fail(USAGE, str(error))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            return _fail(FAILED, f"the gateway cannot go on: {error}")
        return _fail(USAGE, f"port {asked.port} is taken: stop what listens there, or leave --port out for a free one")
    finally:
        closed = _close(writer)
    return closed


async def _serve(folder: RunFolder, spec: RunSpec, writer: Writer, port: int) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    allow = os.environ.get("GOLIVE_ALLOW", "").split(",")
    async with gateway(spec, writer, port, allow) as bound:
        folder.announce("gateway", bound, spec.platform)
        print(f"gateway of run {spec.id}: http://127.0.0.1:{bound}, profile {spec.platform}", flush=True)
        await stopped.wait()


def _close(writer: Writer) -> int:
    try:
        writer.close()
    except OSError as error:
        return _fail(FAILED, f"{writer.path}: the end of the history is not written: {error.strerror}")
    return 0


def _raise_descriptors() -> None:
    """Every customer is an open file: take what the system's hard limit gives."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with contextlib.suppress(ValueError, OSError):  # macOS refuses some hard limits; then the soft one stays
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _fail(code: int, why: str) -> int:
    print(why, file=sys.stderr, flush=True)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulators.douyin", description="The simulated Douyin gateway.")
    parser.add_argument("--run", type=Path, required=True, help="the run's folder, with run.json")
    parser.add_argument("--port", type=int, default=0, help="a port of 127.0.0.1; 0 takes a free one")
    return parser


if __name__ == "__main__":
    sys.exit(main())

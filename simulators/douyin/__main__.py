"""`python -m simulators.douyin --run DIR [--listen HOST] [--port N] …`: the gateway of a run, until SIGTERM."""

import argparse
import asyncio
import contextlib
import errno
import gc
import os
import resource
import signal
import socket
import ssl
import sys
from pathlib import Path

import msgspec
import uvloop

from history.run import RunFolder, RunSpec
from history.writer import Writer
from simulators.douyin.listening import LOOPBACK, Listening
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
        uvloop.run(_serve(folder, spec, writer, asked))
    except (ProfileError, StubError) as error:
        return _fail(USAGE, str(error))
    except OSError as error:
        return _explain(error, asked)
    finally:
        closed = _close(writer)
    return closed


async def _serve(folder: RunFolder, spec: RunSpec, writer: Writer, asked: argparse.Namespace) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    allow = os.environ.get("GOLIVE_ALLOW", "").split(",")
    listening = Listening(asked.listen, asked.port, asked.tls_cert, asked.tls_key, asked.public_url)
    trust = ssl.create_default_context()
    if asked.target_ca:
        trust.load_verify_locations(asked.target_ca)
    async with gateway(spec, writer, listening, allow, trust) as port:
        near, far = listening.near_url(port), listening.far_url(port)
        folder.announce("gateway", port, spec.platform, near)
        print(f"gateway of run {spec.id}: {near}, profile {spec.platform}", flush=True)
        if far != near:
            print(f"the target reaches it at {far}", flush=True)
        if listening.beyond_loopback:
            print(f"it listens on {listening.host}: other machines may reach it", flush=True)
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


def _explain(error: OSError, asked: argparse.Namespace) -> int:
    match error:
        case ssl.SSLError() | FileNotFoundError() | PermissionError() if asked.tls_cert or asked.target_ca:
            return _fail(USAGE, f"{error}: look at --tls-cert, --tls-key and --target-ca; `golive certs` makes a pair")
        case OSError(errno=errno.EADDRINUSE):
            hint = "stop what listens there, or leave --port out for a free one"
            return _fail(USAGE, f"port {asked.port} is taken: {hint}")
        case OSError(errno=errno.EADDRNOTAVAIL) | socket.gaierror():
            return _fail(USAGE, f"--listen {asked.listen}: this machine has no such address; 0.0.0.0 means all it has")
        case OSError(errno=errno.EACCES):
            return _fail(USAGE, f"port {asked.port} is not for this user: take one from 1024 up")
    return _fail(FAILED, f"the gateway cannot go on: {error}")


def _fail(code: int, why: str) -> int:
    print(why, file=sys.stderr, flush=True)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulators.douyin", description="The simulated Douyin gateway.")
    parser.add_argument("--run", type=Path, required=True, help="the run's folder, with run.json")
    parser.add_argument("--listen", default=LOOPBACK, metavar="HOST", help="an address of this machine; 0.0.0.0 is all")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--public-url", default="", help="how the target reaches the gateway, where that differs")
    parser.add_argument("--tls-cert", type=Path, metavar="FILE", help="speak TLS with this certificate (PEM)")
    parser.add_argument("--tls-key", type=Path, metavar="FILE", help="… and its key")
    parser.add_argument("--target-ca", type=Path, metavar="FILE", help="a CA that https webhooks may be signed by, too")
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""`python -m reference_service`: one process, one event loop, one port."""

import argparse
import asyncio
import contextlib
import gc
import os
import secrets
import signal
import socket
import sys
from functools import partial
from pathlib import Path

import apsw
import uvloop

from reference_service.api.sessions import dismiss
from reference_service.app import around
from reference_service.settings import Settings
from reference_service.shell.engine import Engine, running
from reference_service.shell.logs import capture, log
from reference_service.shell.serving import Server
from reference_service.storage.lock import DataInUse
from reference_service.storage.migrations import Unusable
from reference_service.storage.restoring import Refused


def main() -> int:
    """Run until SIGTERM or SIGINT. Exit codes: 0 stopped, 1 storage failed, 2 usage, a taken port or data folder."""
    options = _options()
    capture()
    sys.setswitchinterval(0.001)  # the journal's thread and the event loop share one interpreter lock
    try:
        listening = _listen(options.host, options.port)
    except OSError as error:
        return _complain(f"port {options.port} is taken: {error.strerror}; choose another with --port, or 0")
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: None)  # uvicorn raises the signal that stopped it once more at its end
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_serve(_settings(options), listening, options.ready_file))
    except (DataInUse, Unusable, Refused) as error:
        return _complain(str(error))
    except (apsw.Error, OSError) as error:
        _complain(f"the storage failed: {error}")
        return 1


async def _serve(settings: Settings, listening: socket.socket, ready_file: Path | None) -> int:
    async with running(settings) as engine:
        gc.collect()
        gc.freeze()  # what was recovered stays: no collection walks it again
        gc.set_threshold(20_000)  # a message makes hundreds of objects, none of them in a cycle
        server = Server(around(engine), settings, engine.limits)
        server.ready_file, server.ending = ready_file, partial(dismiss, engine)
        watching = asyncio.create_task(_stop_when_failed(engine, server))
        await server.serve([listening])
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        log("stopping")
        return 1 if engine.failed.is_set() else 0


async def _stop_when_failed(engine: Engine, server: Server) -> None:
    await engine.failed.wait()
    server.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError:
        listening.close()
        raise
    return listening


def _settings(options: argparse.Namespace) -> Settings:
    key = options.operator_key or secrets.token_urlsafe(18)
    if not options.operator_key:
        sys.stderr.write(f"no --operator-key given; this run's is {key}\n")
    return Settings(
        data=options.data,
        audit_key=options.audit_key,
        restore=options.restore,
        gateway_url=options.gateway,
        gateway_ca=options.gateway_ca,
        allow_hosts=frozenset(host.lower() for host in options.allow_host),
        operator_key=key,
        test_hooks=options.test_hooks,
        business_speed=options.business_speed,
        resume_window_s=options.resume_window,
        access_ttl_s=options.access_ttl,
        inbox=options.inbox,
        event_plan_s=options.event_plan,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="reference_service", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8800, help="0 = a free one")
    parser.add_argument("--data", type=Path, help="folder of the database; without it nothing outlives the process")
    parser.add_argument("--audit-key", type=Path, help="file of the audit chain's key; else one in the data folder")
    parser.add_argument("--restore", type=Path, help="a backup's file to start from; the present database is set aside")
    parser.add_argument("--gateway", default="", help="URL of the messaging platform's API")
    parser.add_argument("--gateway-ca", type=Path, help="a CA file to trust for it, beside the system's")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        help="host[:port] that shops may have called, and an address inside that a name leads to; repeatable",
    )
    parser.add_argument("--operator-key", default=os.environ.get("REFERENCE_OPERATOR_KEY", ""))
    parser.add_argument("--resume-window", type=float, default=30.0, help="seconds a cut device may take to resume")
    parser.add_argument("--access-ttl", type=float, default=3600.0, help="seconds an access token opens anything")
    parser.add_argument(
        "--event-plan",
        type=_pauses,
        default=Settings().event_plan_s,
        metavar="S,S",
        help="seconds before each further attempt at an outbound event",
    )
    parser.add_argument("--inbox", type=int, default=4000, help="pushes that may wait before one is refused (429)")
    parser.add_argument("--test-hooks", action="store_true")
    parser.add_argument("--business-speed", type=float, default=1.0, help="divides the business's clocks, nothing else")
    parser.add_argument("--ready-file", type=Path, help="gets {pid, port, version} as JSON once ready")
    return parser.parse_args()


def _pauses(text: str) -> tuple[float, ...]:
    """Seconds, with commas between them; argparse tells of what is no number."""
    pauses = tuple(float(each) for each in text.split(","))
    if not all(0 <= each <= 7 * 86_400 for each in pauses):
        raise ValueError(text)
    return pauses


def _complain(what: str) -> int:
    sys.stderr.write(what + "\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.second`: one process, one port; it ends with SIGTERM."""

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from aiohttp import web

from tests.second.service import Service
from tests.second.sins import sins


async def _serve(service: Service, options: argparse.Namespace) -> None:
    runner = web.AppRunner(service.app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", options.port)
    await site.start()
    _announce(options.ready_file, runner.addresses[0][1])
    ended = asyncio.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(ending, ended.set)
    await ended.wait()
    service.devices.leave_all()
    await runner.cleanup()


def _announce(file: Path | None, port: int) -> None:
    if file is None:
        sys.stderr.write(f"listening on http://127.0.0.1:{port}\n")
        return
    draft = file.with_suffix(".part")
    draft.write_text(json.dumps({"pid": os.getpid(), "port": port, "version": "1"}))
    draft.rename(file)


def main() -> None:
    """Run until told to stop."""
    parser = argparse.ArgumentParser(prog="tests.second", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 = a free one")
    parser.add_argument("--gateway", default="", help="URL of the messaging platform's API")
    parser.add_argument("--operator-key", default=os.environ.get("SECOND_OPERATOR_KEY", "operator"))
    parser.add_argument("--resume-window", type=float, default=30.0, help="seconds a cut device may take to resume")
    parser.add_argument("--ready-file", type=Path, help="gets {pid, port, version} as JSON once ready")
    parser.add_argument("--sin", choices=sorted(sins), help="one way to misbehave")
    options = parser.parse_args()
    service = Service(options.gateway, options.operator_key, options.resume_window)
    if options.sin:
        sins[options.sin](service)
    asyncio.run(_serve(service, options))


if __name__ == "__main__":
    main()

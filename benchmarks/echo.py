"""The echo server that clients are measured against: echo.c where there is a C compiler, else echo_picows.py."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
KINDS = ("c", "picows")


@dataclass
class Echo:
    """A running echo; `connections` and `messages` are its own count, known when it has ended."""

    kind: str
    port: int
    connections: int = 0
    messages: int = 0


def usual_kind() -> str:
    """C where it can be compiled."""
    return "c" if shutil.which("cc") else "picows"


@contextmanager
def echo(kind: str, cpu: int) -> Iterator[Echo]:
    """An echo server on 127.0.0.1, pinned to one CPU, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(HERE / "echo_picows.py")] if kind == "picows" else [compiled("echo.c", folder)]
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert server.stdin
        assert server.stdout
        os.sched_setaffinity(server.pid, {cpu})
        running = Echo(kind, int(server.stdout.readline()))
        try:
            yield running
        finally:
            server.stdin.close()
            running.connections, running.messages = map(int, server.stdout.readline().split())
            server.wait()
            server.stdout.close()


def compiled(source: str, folder: str | Path) -> str:
    """A C program of this folder, built into `folder`; its path."""
    program = Path(folder) / Path(source).stem
    subprocess.run(["cc", "-O2", "-Wall", "-o", program, HERE / source], check=True)
    return str(program)

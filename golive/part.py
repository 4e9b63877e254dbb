"""One process of a run: how it is started, watched, stopped, and started again by hand."""

import contextlib
import ctypes
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from golive.failures import HARNESS, USAGE, Failure

ROOT = Path(__file__).resolve().parents[1]
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


class Part:
    """A subprocess whose output goes to a log file; it gets SIGTERM when golive itself dies (Linux)."""

    def __init__(
        self, name: str, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None, nice: int = 0
    ) -> None:
        self.name = name
        self.command = list(command)
        self.log = log
        self.env = dict(env or {})
        self.nice = nice
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process's id, 0 before it was started."""
        return self._process.pid if self._process else 0

    @property
    def exit(self) -> int | None:
        """The exit code (negative: killed by that signal), None while it runs or before it was started."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches golive alone, which then stops it in order."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={**os.environ, **self.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=self._before,
            )

    def _before(self) -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        os.nice(self.nice)

    def kill(self) -> None:
        """kill -9, as a machine would die."""
        if self._process:
            self._signal(signal.SIGKILL)
            self._process.wait()

    def interrupt(self, patience_s: float = 15.0) -> None:
        """Ask it to end as Ctrl-C does, wait, and end it by force where it does not."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._end(self._process, patience_s)

    def wait(self, seconds: float) -> int | None:
        """Wait so long at most for its end; the exit code, None while it still runs."""
        if self._process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        return self.exit

    def stop(self, patience_s: float = 15.0) -> None:
        """Ask it to end, wait, and end it by force where it does not."""
        if self._process is None:
            return
        if self._process.poll() is not None:
            self._signal(signal.SIGTERM)  # its children (Locust's workers) may have survived it
            return
        self._process.terminate()
        self._end(self._process, patience_s)

    def _end(self, process: "subprocess.Popen[bytes]", patience_s: float) -> None:
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.kill()

    def _signal(self, number: signal.Signals) -> None:
        """To it and its children: they are a session of their own, whose id stays theirs while one of them lives."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def by_hand(self) -> str:
        """The command that starts it again."""
        settings = " ".join(f"{key}={shlex.quote(value)}" for key, value in self.env.items())
        return f"cd {shlex.quote(str(ROOT))} && {settings} {shlex.join(self.command)}".replace("&&  ", "&& ")

    def last_words(self, lines: int = 8) -> str:
        """The end of its log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""


def stop_stranger(pid: int, patience_s: float = 10.0) -> None:
    """End a process that a person started with the command golive printed."""
    try:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            os.kill(pid, 0)
            time.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def wait_until(check: Callable[[], object], parts: Sequence[Part], what: str, patience_s: float = 60.0) -> None:
    """Wait for check() to be true; raises Failure with a part's last words where one ends, or time is up."""
    deadline = time.monotonic() + patience_s
    while not check():
        for part in parts:
            if part.exit is not None:
                code = USAGE if part.exit == USAGE else HARNESS  # a taken port is the user's to mend
                raise Failure(f"{part.name} ended (exit {part.exit}) before {what}:\n{part.last_words()}", code)
        if time.monotonic() > deadline:
            raise Failure(f"{what}: nothing after {patience_s:.0f} s; see {', '.join(str(part.log) for part in parts)}")
        time.sleep(0.02)

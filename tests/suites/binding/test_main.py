"""The check as it is called: one clear line for whatever is wrong, its exit code, no traceback, no hang."""

import asyncio
import io
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from rich.console import Console

from golive import adapter
from golive.failures import Failure
from suites.binding.__main__ import main
from suites.binding.blocked import watched

ROOT = Path(__file__).resolve().parents[3]
KEY = "operator-key-of-nobody"
TARGET = """
[targets.staging]
url = "{url}"
adapter = "{adapter}"
secrets = {{ operator_key = "env:STAGING_KEY" }}
"""
WHOLE = """
class MyTarget:
    name, offers, limits, platform = "mine", frozenset(), None, "open-im"
    async def open(self, run): return {"version": 1}["name"]
    async def close(self): return []
    async def shop(self, want): ...
    async def agents(self, shop, n): ...
    async def connect(self, agent, device, resume): ...

target = MyTarget()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STAGING_KEY", KEY)
    monkeypatch.setenv("GOLIVE_LANG", "en")
    return tmp_path


def called(folder: Path, url: str, adapter_: str = "reference", target: str = "staging") -> tuple[int, list[str]]:
    """The exit code and the lines printed."""
    (folder / "golive.toml").write_text(TARGET.format(url=url, adapter=adapter_), encoding="utf-8")
    printed = io.StringIO()
    code = main(["--target", target], Console(file=printed, width=400))
    assert KEY not in printed.getvalue()
    assert "Traceback" not in printed.getvalue()
    return code, printed.getvalue().splitlines()


@pytest.fixture
def refusing() -> Iterator[str]:
    """A server that answers every call 401, and says the key it was shown."""
    started, loop = threading.Event(), asyncio.new_event_loop()
    urls: list[str] = []

    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=401, text=f'{{"code": "expired", "key": "{request.headers}"}}')

    async def serve() -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", refuse)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        urls.append(f"http://127.0.0.1:{runner.addresses[0][1]}")
        started.set()
        await stop.wait()
        await runner.cleanup()

    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    started.wait(5)
    yield urls[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join(5)
    loop.close()


def test_a_target_that_is_down_is_one_line_and_not_bound(folder: Path) -> None:
    code, (line, do, end) = called(folder, "http://127.0.0.1:9")
    assert (code, end) == (1, "The adapter is not bound yet: 1 wrong.")
    assert line.startswith("✗ reach")
    assert "127.0.0.1:9/readyz: no answer" in line
    assert "→" in do


def test_expired_credentials_are_one_line_without_the_secret(folder: Path, refusing: str) -> None:
    code, (line, *_) = called(folder, refusing)
    assert (code, line[:7], "answered 401" in line) == (1, "✗ reach", True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (WHOLE.replace("def connect", "def conect"), "its target has no method `connect`"),
        (WHOLE.replace("frozenset()", 'frozenset({"recal"})'), "did you mean `recall`"),
        (
            WHOLE.replace("frozenset()", 'frozenset({"clock"})'),
            "no method `advance`, to which offering 'clock' obliges",
        ),
        ("import nothing_like_that", "it does not import"),
    ],
)
def test_an_adapter_that_is_not_whole_is_a_usage_error(folder: Path, text: str, says: str) -> None:
    (folder / "mine.py").write_text(text, encoding="utf-8")
    code, (line,) = called(folder, "http://127.0.0.1:9", "mine.py")
    assert (code, says in line) == (2, True), line


def test_an_error_of_the_adapters_own_names_its_line(folder: Path) -> None:
    (folder / "mine.py").write_text(WHOLE, encoding="utf-8")
    code, (line, *_) = called(folder, "http://127.0.0.1:9", "mine.py")
    assert (code, line.startswith("✗ reach"), "KeyError: 'name'" in line, "mine.py:4" in line) == (1, True, True, True)


def test_a_port_that_is_taken_is_a_usage_error_and_nobodys_binding(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, (line,) = called(folder, f'http://127.0.0.1:9"\ngateway_port = {port}\nlisten = "127.0.0.1')
    assert (code, "the gateway cannot listen" in line) == (2, True), line


def test_an_unknown_target_is_a_usage_error(folder: Path) -> None:
    code, (line,) = called(folder, "http://127.0.0.1:9", target="stagin")
    assert (code, "no target 'stagin'; known are: reference, staging" in line) == (2, True)


@pytest.mark.thorough
def test_the_reference_is_bound(folder: Path) -> None:
    words = [sys.executable, "-m", "golive", "adapter", "check"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, "✗" in done.stdout) == (0, False), done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "The adapter is bound; 2 lines are not verified."


def test_a_check_that_never_ends_is_ended(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Failure, match=r"did not end within 0.2 s: does the adapter's file hang"):
        adapter.check([], ("-c", "while True: pass"), 0.2)
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(("exits", "code"), [("1", 1), ("2", 2), ("99", 4), ("'words'", 1)])
def test_its_exit_code_is_golives(exits: str, code: int) -> None:
    assert adapter.check([], ("-c", f"import sys; sys.stderr.close(); raise SystemExit({exits})")) == code


BLOCKS = """
import threading
from targets.reference import Reference

class Blocking(Reference):
    async def open(self, run):
        threading.Event().wait()

target = Blocking()
"""


def test_an_adapter_that_blocks_the_loop_ends_the_check_with_its_line(folder: Path) -> None:
    (folder / "mine.py").write_text(BLOCKS, encoding="utf-8")
    (folder / "golive.toml").write_text(TARGET.format(url="http://127.0.0.1:9", adapter="mine.py"), encoding="utf-8")
    words = [sys.executable, "-m", "suites.binding", "--target", "staging", "--patience", "0.3"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    line, _, end = done.stdout.splitlines()
    assert (done.returncode, line[:7], end) == (1, "✗ event", "The adapter is not bound yet: 1 wrong."), done
    assert "mine.py:7" in line
    assert done.stderr == ""


async def test_a_loop_that_stands_still_is_noticed_with_its_line() -> None:
    told: list[str] = []
    noticed = threading.Event()

    def blocked(where: str) -> None:
        told.append(where)
        noticed.set()

    with watched(blocked, 0.05):
        assert noticed.wait(10)  # as an adapter does that awaits nothing
    assert len(told) == 1
    assert "noticed.wait(10)" in told[0]

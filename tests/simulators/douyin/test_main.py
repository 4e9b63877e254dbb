"""The gateway as a process: it announces itself, stops cleanly, and says what is wrong."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import aiohttp
import msgspec
import pytest

from history.reader import read
from history.run import RunFolder
from tests.simulators.douyin.conftest import make_spec

pytestmark = pytest.mark.thorough


def started(folder: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "simulators.douyin", "--run", str(folder), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    made = RunFolder(tmp_path / "run")
    made.write_spec(make_spec())
    return made


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_announces_its_port_serves_and_ends_its_history_when_stopped(
    folder: RunFolder, number: signal.Signals
) -> None:
    process = started(folder.path)
    assert process.stdout is not None
    first = process.stdout.readline()
    ready = folder.heard("gateway")
    assert ready is not None
    assert (ready.pid, ready.version) == (process.pid, "open-im")
    assert first == f"gateway of run r1: http://127.0.0.1:{ready.port}, profile open-im\n"
    async with aiohttp.ClientSession() as http, http.ws_connect(f"http://127.0.0.1:{ready.port}/customer") as ws:
        await ws.send_str('{"op":"hello","customer":"c1","shop":"s1"}')
        assert "welcome" in await ws.receive_str()
        os.kill(process.pid, number)
        assert (await ws.receive()).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING)
    assert process.communicate(timeout=10)[1] == ""
    assert process.returncode == 0
    assert read(folder.history / "gateway.arrows").ended


def test_a_taken_port_is_named_and_the_code_is_2(folder: RunFolder) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = started(folder.path, "--port", str(port))
        _, error = process.communicate(timeout=20)
    assert process.returncode == 2
    assert error == f"port {port} is taken: stop what listens there, or leave --port out for a free one\n"
    assert folder.heard("gateway") is None


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--listen", "192.0.2.1"), "--listen 192.0.2.1: this machine has no such address; 0.0.0.0 means all it has"),
        (("--tls-cert", "nowhere.pem"), "look at --tls-cert, --tls-key and --target-ca; `golive certs` makes a pair"),
        (("--tls-cert", __file__), "look at --tls-cert"),
        (("--target-ca", __file__), "look at --tls-cert"),
    ],
)
def test_where_it_cannot_listen_is_said_in_one_line_and_code_2(
    folder: RunFolder, options: tuple[str, ...], why: str
) -> None:
    process = started(folder.path, *options)
    _, error = process.communicate(timeout=20)
    assert process.returncode == 2, error
    assert why in error
    assert error.count("\n") == 1


def test_it_says_aloud_that_others_may_reach_it(folder: RunFolder) -> None:
    process = started(folder.path, "--listen", "0.0.0.0", "--public-url", "http://gate.example.com:8899/")
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(3)]
    ready = folder.heard("gateway")
    process.terminate()
    process.communicate(timeout=10)
    assert ready is not None
    assert ready.url == f"http://127.0.0.1:{ready.port}"
    assert lines[1:] == [
        "the target reaches it at http://gate.example.com:8899\n",
        "it listens on 0.0.0.0: other machines may reach it\n",
    ]


def test_a_folder_without_a_run_is_one_sentence_and_code_2(tmp_path: Path) -> None:
    process = started(tmp_path)
    _, error = process.communicate(timeout=20)
    assert process.returncode == 2
    assert error.startswith(f"{tmp_path}: no folder of a new run: ")
    assert error.count("\n") == 1


def test_a_second_gateway_of_the_same_run_is_refused(folder: RunFolder) -> None:
    (folder.history / "gateway.arrows").touch()
    process = started(folder.path)
    _, error = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "File exists" in error


@pytest.mark.parametrize(
    ("platform", "settings", "why"),
    [("feige", {}, "no platform profile 'feige'"), ("doudian", {"stubs": "/none/at/all"}, "there is no folder /none")],
)
def test_a_profile_or_stubs_that_are_not_there_are_told_and_not_traced(
    tmp_path: Path, platform: str, settings: dict[str, str], why: str
) -> None:
    made = RunFolder(tmp_path / "run")
    made.write_spec(msgspec.structs.replace(make_spec(**settings), platform=platform))
    process = started(made.path)
    told = process.communicate(timeout=10)[1]
    assert process.returncode == 2
    assert why in told
    assert "Traceback" not in told


def test_what_nobody_stubbed_stands_at_the_end_of_the_log(folder: RunFolder) -> None:
    process = started(folder.path)
    assert process.stdout is not None
    process.stdout.readline()
    ready = folder.heard("gateway")
    assert ready is not None
    for _ in "12":
        with pytest.raises(HTTPError):
            urlopen(f"http://127.0.0.1:{ready.port}/order/searchList", data=b"{}")
    process.terminate()
    assert process.communicate(timeout=10)[0] == "/order/searchList ×2 not stubbed\n"

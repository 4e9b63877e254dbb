"""The gateway over TLS, from `golive certs` to a reply: the reference calls it by https, customers by wss."""

import json
import re
import socket
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

Golive = Callable[..., "subprocess.Popen[str]"]
PATIENCE_S = 90
TLS = ("--tls-cert", "certs/gateway.pem", "--tls-key", "certs/gateway.key")


@pytest.fixture
def certified(golive: Golive, tmp_path: Path) -> Path:
    """A folder with certificates that `golive certs` made."""
    out, _ = golive("certs").communicate(timeout=PATIENCE_S)
    assert "They end on" in out
    assert stat.S_IMODE((tmp_path / "certs" / "gateway.key").stat().st_mode) == 0o600
    return tmp_path


def first_line_with(process: "subprocess.Popen[str]", words: str) -> str:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return line
    raise AssertionError("".join(lines))


def test_a_message_and_its_reply_go_over_tls(golive: Golive, tiny: Path, certified: Path) -> None:
    ports = ("--gateway-port", "0", "--service-port", "0")
    serving = golive("serve", str(tiny), *ports, "--ca", "certs/ca.pem", *TLS)
    gateway = re.search(r"https://127\.0\.0\.1:\d+", first_line_with(serving, "golive chat --gateway"))
    assert gateway is not None
    chatting = golive("chat", "--gateway", gateway[0], "--ca", "certs/ca.pem")
    assert chatting.stdin is not None
    chatting.stdin.write("在吗\n")
    chatting.stdin.close()
    chatting.stdin = None  # nothing more to flush at its end
    first_line_with(chatting, "agent> ")
    refused = golive("chat", "--gateway", gateway[0])
    out, _ = refused.communicate("", timeout=PATIENCE_S)
    assert refused.returncode == 4
    assert "CERTIFICATE_VERIFY_FAILED" in out
    run = next(certified.glob("runs/*/run.json"))
    assert stat.S_IMODE(run.stat().st_mode) == 0o600
    key = json.loads(run.read_bytes())["key"].encode()
    told = [path for path in run.parent.rglob("*") if path.is_file() and path != run]
    assert told
    assert [path for path in told if key in path.read_bytes()] == []


def test_a_rehearsal_over_tls_is_judged(golive: Golive, tiny: Path, certified: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    road = ("--public-url", f"https://localhost:{port}", "--ca", "certs/ca.pem", *TLS)
    process = golive("rehearse", str(tiny), *road)
    out, _ = process.communicate(timeout=PATIENCE_S)
    found = json.loads((certified / "runs" / "last" / "summary.json").read_bytes())
    assert found["verdict"] in ("DEMO PASSED", "INVALID"), out  # a busy machine is no fault of TLS
    assert (found["lost"], found["duplicated"], found["phantom"]) == (0, 0, 0), out
    assert found["messages"] > 100
    assert found["replies"] > 0


def test_a_certificate_that_nobody_here_trusts_is_told_before_the_run(
    golive: Golive, tiny: Path, certified: Path
) -> None:
    process = golive("rehearse", str(tiny), *TLS)  # no --ca
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 4, out
    assert "certificate is not trusted" in out
    assert "golive certs 127.0.0.1" in out
    assert "Traceback" not in out
    assert certified.exists()

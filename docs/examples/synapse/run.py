"""Starts Matrix Synapse and the bridge on this machine, in an environment of their own: `python run.py FOLDER`.

The first time it installs `requirements.txt` into FOLDER/venv. It prints where the secrets are; Ctrl-C
ends both.
"""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
import venv
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SERVER = "shop.test"
HOMESERVER, BRIDGE = 8970, 8971  # ports
NO_LIMIT = {"per_second": 1000, "burst_count": 1000}


def main(folder: Path) -> int:
    """Install, configure, start, and wait."""
    folder.mkdir(parents=True, exist_ok=True)
    python = install(folder / "venv")
    configure(folder)
    quiet = {"cwd": folder, "stdout": (folder / "log").open("ab"), "stderr": subprocess.STDOUT}
    home = [str(python), "-m", "synapse.app.homeserver", "-c", "homeserver.json"]
    subprocess.run([*home, "--generate-keys"], check=True, **quiet)
    parts = [
        subprocess.Popen(home, **quiet),
        subprocess.Popen([str(python), str(HERE / "bridge.py"), "bridge.json"], **quiet),
    ]
    try:
        wait(f"http://127.0.0.1:{HOMESERVER}/_matrix/client/versions", parts, folder)
        print(f"Synapse and the bridge are ready. In another terminal:  . {folder / 'secrets.env'}", flush=True)
        while all(part.poll() is None for part in parts):
            time.sleep(0.5)
        print(f"one of them ended by itself; {folder / 'log'} says why", flush=True)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for part in parts:
            part.terminate()
        for part in parts:
            part.wait(20)


def install(where: Path) -> Path:
    """The Python of an environment that holds requirements.txt."""
    python, done = where / "bin" / "python", where / "installed"
    wanted = HERE / "requirements.txt"
    if not done.exists() or done.read_bytes() != wanted.read_bytes():
        venv.create(where, with_pip=True)
        print("installing Synapse: once, about a minute", flush=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(wanted)], check=True)
        done.write_bytes(wanted.read_bytes())
    return python


def configure(folder: Path) -> None:
    """Write the settings of both, with new secrets; what is there already stays."""
    if (folder / "secrets.env").exists():
        return
    registration, key, as_token, hs_token = (secrets.token_urlsafe(24) for _ in range(4))
    service = {
        "id": "douyin",
        "url": f"http://127.0.0.1:{BRIDGE}",
        "as_token": as_token,
        "hs_token": hs_token,
        "sender_localpart": "douyin",
        "rate_limited": False,
        "namespaces": {"users": [{"exclusive": True, "regex": "@douyin_.*"}], "aliases": [], "rooms": []},
    }
    bridge = {
        "port": BRIDGE,
        "homeserver": f"http://127.0.0.1:{HOMESERVER}",
        "server_name": SERVER,
        "as_token": as_token,
        "hs_token": hs_token,
        "key": key,
        "store": "bridge.sqlite",
    }
    write(folder / "douyin.json", service)
    write(folder / "bridge.json", bridge)
    write(folder / "homeserver.json", homeserver(registration))
    words = f"export SYNAPSE_REGISTRATION={registration}\nexport SYNAPSE_BRIDGE_KEY={key}\n"
    (folder / "secrets.env").touch(mode=0o600)
    (folder / "secrets.env").write_text(words)


def homeserver(registration: str) -> dict[str, Any]:
    """Synapse's settings (JSON is YAML): SQLite, loopback, no federation, no limits that a bench would run into."""
    limits = ("rc_message", "rc_registration", "rc_joins_per_room", "rc_room_creation")
    return {
        "server_name": SERVER,
        "listeners": [
            {
                "port": HOMESERVER,
                "type": "http",
                "tls": False,
                "bind_addresses": ["127.0.0.1"],
                "resources": [{"names": ["client"], "compress": False}],
            }
        ],
        "database": {"name": "sqlite3", "args": {"database": "homeserver.sqlite"}},
        "media_store_path": "media",
        "signing_key_path": "signing.key",
        "registration_shared_secret": registration,
        "macaroon_secret_key": secrets.token_urlsafe(24),
        "form_secret": secrets.token_urlsafe(24),
        "app_service_config_files": ["douyin.json"],
        "auto_accept_invites": {"enabled": True, "only_from_local_users": True},
        "federation_domain_whitelist": [],
        "trusted_key_servers": [],
        "report_stats": False,
        "bcrypt_rounds": 4,  # test passwords
        "rc_login": {"address": NO_LIMIT, "account": NO_LIMIT, "failed_attempts": NO_LIMIT},
        "rc_presence": {"per_user": NO_LIMIT},
        "rc_joins": {"local": NO_LIMIT, "remote": NO_LIMIT},
        "rc_invites": {"per_room": NO_LIMIT, "per_user": NO_LIMIT, "per_issuer": NO_LIMIT},
        **dict.fromkeys(limits, NO_LIMIT),
    }


def write(path: Path, settings: dict[str, Any]) -> None:
    """A file of settings, for its owner alone."""
    path.touch(mode=0o600)
    path.write_text(json.dumps(settings, indent=1))


def wait(url: str, parts: list[subprocess.Popen[bytes]], folder: Path) -> None:
    """Until a URL answers; SystemExit where a part ends before, or a minute is over."""
    for _ in range(240):
        if any(part.poll() is not None for part in parts):
            break
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        time.sleep(0.25)
    raise SystemExit(f"{url} does not answer; {folder / 'log'} says why")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ["PYTHONUNBUFFERED"] = "1"
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "synapse-bench").resolve()))

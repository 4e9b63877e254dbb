"""`golive certs`: a test CA and a server certificate, so that the gateway can speak TLS with a staging system."""

import os
import shlex
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import trustme

from golive.failures import Usage
from golive.language import say

WEEKS: Final = 6
ALWAYS: Final = ("localhost", "127.0.0.1", "::1")  # where golive's own customers connect


class Certificates(NamedTuple):
    """The files, and when the certificate ends. The CA's own key is kept nowhere: nobody can make another with it."""

    ca: Path
    cert: Path
    key: Path
    expires: datetime

    def command(self, hosts: Sequence[str]) -> str:
        """The command that uses them, for the first of these names."""
        name = next(iter(hosts), "127.0.0.1")
        words = ["golive", "rehearse", "short"]
        words += ["--listen", "0.0.0.0", "--public-url", _url(name)] if hosts else []
        words += ["--tls-cert", str(self.cert), "--tls-key", str(self.key), "--ca", str(self.ca)]
        return shlex.join(words)


def make(folder: Path, hosts: Sequence[str], now: datetime, *, force: bool = False) -> Certificates:
    """Write ca.pem, gateway.pem and gateway.key (0600) for these names and addresses, and this machine's loopback.

    Raises Usage where one of them is there already (unless `force`), or a name is none.
    """
    made = Certificates(folder / "ca.pem", folder / "gateway.pem", folder / "gateway.key", now + timedelta(weeks=WEEKS))
    for path in made[:3]:
        if path.exists() and not force:
            raise Usage(f"{path} is there already; write over it with --force, or choose another folder with --dir")
    authority = trustme.CA(organization_name="golive", organization_unit_name=f"golive test CA {now:%Y-%m-%d %H:%M}")
    names = dict.fromkeys((*hosts, *ALWAYS))
    try:
        issued = authority.issue_cert(*names, common_name="golive gateway", not_after=made.expires)
    except (ValueError, UnicodeError) as error:
        raise Usage(
            f"{' '.join(hosts)}: names such as staging-test.example.com or addresses, please ({error})"
        ) from error
    folder.mkdir(parents=True, exist_ok=True)
    _write(made.ca, authority.cert_pem.bytes(), 0o644)
    _write(made.cert, b"".join(part.bytes() for part in issued.cert_chain_pems), 0o644)
    _write(made.key, issued.private_key_pem.bytes(), 0o600)
    return made


def words(made: Certificates, hosts: Sequence[str]) -> list[str]:
    """What a person is told of them."""
    until = f"{made.expires:%Y-%m-%d}"
    return [
        say(f"{made.ca}   测试 CA:交给被测系统信任(不含私钥)", f"{made.ca}   the test CA: the target must trust it"),
        say(f"{made.cert}  网关证书", f"{made.cert}  the gateway's certificate"),
        say(f"{made.key}  其私钥,只有本用户可读", f"{made.key}  its key, readable for you alone"),
        say(
            f"证书将于 {until} 到期({WEEKS} 周后);CA 的私钥没有保存,谁也不能再用它签发证书。",
            f"They end on {until}, in {WEEKS} weeks. The CA's own key was not kept: nobody can sign with it again.",
        ),
        say("下一步:", "Next:"),
        f"  {made.command(hosts)}",
    ]


def _write(path: Path, content: bytes, mode: int) -> None:
    """Anew, never into a file that others may have open or read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)


def _url(host: str) -> str:
    return f"https://{f'[{host}]' if ':' in host else host}:8899"

"""`golive worker`: this host plays a share of the customers of a run whose master and gateway are elsewhere."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from golive.crowd import MASTER_PORT
from golive.descriptors import raise_limit
from golive.part import ROOT

DESCRIPTORS = 65536


def command(master: str, processes: int) -> list[str]:
    """Locust as a worker of `master`, HOST or HOST:PORT."""
    host, _, port = master.rpartition(":") if master.rpartition(":")[2].isdigit() else (master, "", "")
    locustfile = str(ROOT / "loadtests" / "locustfile.py")
    words = [sys.executable, "-m", "locust", "-f", locustfile, "--worker", "--loglevel", "WARNING"]
    words += ["--master-host", host, "--master-port", port or str(MASTER_PORT)]
    return [*words, "--processes", str(processes)] if processes > 1 else words


def environment(gateway: str, key: str, records: Path, ca: str) -> dict[str, str]:
    """What Locust reads from its environment (loadtests/assignment.py); no key is put on a command line."""
    found = {"GOLIVE_RUN": gateway, "GOLIVE_KEY": key, "GOLIVE_RECORDS": str(records.resolve())}
    return found | ({"GOLIVE_CA": str(Path(ca).resolve())} if ca else {})


def become(words: list[str], settings: Mapping[str, str]) -> NoReturn:
    """Be that Locust from now on. Raises Failure where the system allows too few open files."""
    raise_limit(min(DESCRIPTORS, _hard_limit()))
    os.chdir(ROOT)
    os.execve(words[0], words, {**os.environ, **settings})


def _hard_limit() -> int:
    import resource

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return DESCRIPTORS if hard == resource.RLIM_INFINITY else hard

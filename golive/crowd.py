"""How many processes the customers are spread over, and where: here, on other hosts, or started by somebody else."""

import shlex
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from golive.failures import Usage
from golive.language import say

MASTER_PORT = 5557  # Locust's own


@dataclass(frozen=True)
class Crowd:
    """`processes` are forked here; `workers` come from other hosts to our master, or to one that others start."""

    processes: int = 0
    workers: int = 0
    master_port: int = MASTER_PORT
    master_elsewhere: bool = False

    def __post_init__(self) -> None:
        """Raises Usage where two ways are asked for at once."""
        if self.processes and self.workers:
            raise Usage("--processes are on this host, --workers on others: give one of the two")
        if self.master_elsewhere and not self.workers:
            raise Usage("--master-elsewhere: say with --workers how many records to wait for")

    @property
    def size(self) -> int:
        """Streams of customers that the run will have."""
        return self.workers or self.processes or 1

    @property
    def patience_s(self) -> float:
        """How long the customers may take to be there; other hosts have people at their keyboards."""
        return 900.0 if self.workers else 120.0

    def streams(self) -> list[str]:
        """The streams that are brought from other hosts at the end."""
        far = [f"customers-{rank}" for rank in range(self.workers)]
        return [*far, "master"] if self.master_elsewhere else far

    def arguments(self, listen: str) -> list[str]:
        """What Locust is told besides."""
        if self.workers:
            bind = ["--master-bind-host", listen or "127.0.0.1", "--master-bind-port", str(self.master_port)]
            return ["--master", "--expect-workers", str(self.workers), *bind]
        if self.processes > 1:
            port = str(_free_port())
            bind = ["--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--master-port", port]
            return ["--processes", str(self.processes), *bind]
        return []

    def invitation(self, gateway: str, key: str, ca: str = "") -> str:
        """What a person is told to do on the other hosts; `gateway` is its URL as they reach it."""
        host = urlsplit(gateway).hostname or ""
        master = host if self.master_port == MASTER_PORT else f"{host}:{self.master_port}"
        words = ["golive", "worker", "--master", master, "--gateway", gateway, "--key", key]
        command = shlex.join([*words, *(["--ca", Path(ca).name] if ca else [])])
        if self.master_elsewhere:
            told = f"GOLIVE_RUN={gateway} GOLIVE_KEY={key}"
            return say(
                f"等待别处启动的 master 与 worker:\n  {told}", f"waiting for a master and workers with\n  {told}"
            )
        return say(
            f"等待其他主机上的 {self.workers} 个 worker;在每台主机上运行:\n  {command}",
            f"waiting for {self.workers} workers from other hosts; on each of them:\n  {command}",
        )

    def flags(self) -> list[str]:
        """The options of a command that say the same."""
        told = {"--processes": self.processes, "--workers": self.workers}
        words = [word for name, value in told.items() if value for word in (name, str(value))]
        return [*words, "--master-elsewhere"] if self.master_elsewhere else words


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])

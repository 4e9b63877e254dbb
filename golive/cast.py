"""Who takes part in a rehearsal and in which order: gateway, target, agents, customers."""

import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from golive.config import TargetConfig
from golive.failures import Failure
from golive.part import Part, wait_until
from history.run import Ready, RunFolder

REFERENCE = ("-m", "reference_service")
SERVICE_NICE = 5  # sharing a machine, a target that is too busy must look slow itself, not make the harness late


@dataclass
class Cast:
    """The processes of one run, in the order in which they are started; they are stopped in the opposite one."""

    folder: RunFolder
    target: TargetConfig | None = None  # None: the bundled reference
    target_secrets: dict[str, str] = field(default_factory=dict)
    gateway_port: int = 0
    service_port: int = 0
    program: tuple[str, ...] = REFERENCE  # what Python runs as the bundled reference
    keep: bool = False
    parts: list[Part] = field(default_factory=list)
    operator_key: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    def part(self, name: str) -> Part | None:
        """The part of that name, None where it was not started."""
        return next((part for part in self.parts if part.name == name), None)

    def start_gateway(self) -> str:
        """Start the simulated platform; its URL."""
        self._start("gateway", ["-m", "simulators.douyin", "--run", self._run, "--port", str(self.gateway_port)])
        return f"http://127.0.0.1:{self._ready('gateway').port}"

    def start_service(self, gateway: str) -> str:
        """Start the bundled reference; its URL."""
        port = self.service_port
        data = self.folder.path / "service"
        data.mkdir(exist_ok=True)
        arguments = [*self.program, "--port", str(port), "--data", str(data), "--gateway", gateway, "--test-hooks"]
        arguments += ["--ready-file", str(self.service_ready_file)]
        key = {"REFERENCE_OPERATOR_KEY": self.operator_key}
        part = self._start("service", arguments, key, SERVICE_NICE)
        wait_until(self.service_ready, [part], "the service is ready")
        ready = self.service_ready()
        if ready is None:
            raise Failure("the service was ready and is not any more")
        if not port:  # started again after a kill, it must be found where it was
            at = part.command.index("--port") + 1
            part.command[at] = str(ready.port)
        return f"http://127.0.0.1:{ready.port}"

    def start_agents(self, gateway: str, service: str) -> None:
        """Start the workforce; it provisions the target's shops and registers their webhook first."""
        adapter = self.target.adapter if self.target else "reference"
        url = self.target.url if self.target else service
        environment = {"GOLIVE_OPERATOR_KEY": self.operator_key} if self.target is None else {}
        environment |= {f"GOLIVE_SECRET_{key.upper()}": value for key, value in self.target_secrets.items()}
        if self.target and self.target.allow:
            environment["GOLIVE_ALLOW"] = ",".join(self.target.allow)
        if self.keep:
            environment["GOLIVE_KEEP"] = "1"
        arguments = ["-m", "simulators.workforce", "--run", self._run, "--target", adapter]
        self._start("agents", [*arguments, "--target-url", url, "--gateway-url", gateway], environment)
        self._ready("agents", 120.0)

    def start_customers(self, gateway: str) -> None:
        """Start Locust with the run's scenario."""
        arguments = ["-m", "locust", "-f", "loadtests/locustfile.py", "--headless", "--host", gateway]
        arguments += ["--loglevel", "WARNING", "--only-summary"]
        self._start("customers", arguments, {"GOLIVE_RUN": self._run, "GOLIVE_GATEWAY": gateway})
        self._ready("customers", 120.0)

    def stop(self, name: str, patience_s: float = 20.0) -> None:
        """Stop one part where it runs."""
        if part := self.part(name):
            part.stop(patience_s)

    def stop_all(self) -> None:
        """Stop what still runs, the last started first."""
        for part in reversed(self.parts):
            part.stop(5.0)

    @property
    def service_ready_file(self) -> Path:
        """Where the service says that it is ready, anew at each start."""
        return self.folder.ready / "service.json"

    def service_ready(self) -> Ready | None:
        """What the service announced last."""
        try:
            return msgspec.json.decode(self.service_ready_file.read_bytes(), type=Ready)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    @property
    def _run(self) -> str:
        return str(self.folder.path.resolve())

    def _start(self, name: str, arguments: list[str], env: dict[str, str] | None = None, nice: int = 0) -> Part:
        part = Part(name, [sys.executable, *arguments], self.folder.logs / f"{name}.log", env, nice)
        part.start()
        self.parts.append(part)
        return part

    def _ready(self, name: str, patience_s: float = 60.0) -> Ready:
        wait_until(lambda: self.folder.heard(name), self.parts, f"the {name} are ready", patience_s)
        ready = self.folder.heard(name)
        if ready is None:
            raise Failure(f"the {name} were ready and are not any more")
        return ready

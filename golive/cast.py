"""Who takes part in a rehearsal and in which order: gateway, target, agents, customers."""

import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from golive.config import TargetConfig
from golive.crowd import Crowd
from golive.failures import Failure
from golive.part import Part, wait_until
from golive.reach import Reach, environment, greet
from history.run import Ready, RunFolder

REFERENCE = ("-m", "reference_service")
SERVICE_NICE = 5  # sharing a machine, a target that is too busy must look slow itself, not make the harness late


class Gateway(NamedTuple):
    """Its URL for this machine's own processes, and for the target."""

    near: str
    far: str


@dataclass
class Cast:
    """The processes of one run, in the order in which they are started; they are stopped in the opposite one."""

    folder: RunFolder
    target: TargetConfig | None = None  # None: the bundled reference
    target_secrets: dict[str, str] = field(default_factory=dict)
    reach: Reach = field(default_factory=Reach)
    service_port: int = 0
    crowd: Crowd = field(default_factory=Crowd)
    program: tuple[str, ...] = REFERENCE  # what Python runs as the bundled reference
    keep: bool = False
    parts: list[Part] = field(default_factory=list)
    operator_key: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    def part(self, name: str) -> Part | None:
        """The part of that name, None where it was not started."""
        return next((part for part in self.parts if part.name == name), None)

    def start_gateway(self) -> Gateway:
        """Start the simulated platform. Raises Failure where it speaks TLS with a certificate that does not do."""
        reach = self.reach
        arguments = ["-m", "simulators.douyin", "--run", self._run, "--port", str(reach.gateway_port)]
        for option in ("listen", "public_url", "tls_cert", "tls_key", "target_ca"):
            if value := getattr(reach, option):
                arguments += [f"--{option.replace('_', '-')}", value]
        self._start("gateway", arguments, {"GOLIVE_ALLOW": ",".join(self.target.allow)} if self.target else {})
        near = self._ready("gateway").url
        greet(near, reach.ca)
        return Gateway(near, reach.public_url.rstrip("/") or near)

    def start_service(self, gateway: Gateway) -> str:
        """Start the bundled reference; its URL."""
        port = self.service_port
        data = self.folder.path / "service"
        data.mkdir(exist_ok=True)
        arguments = [*self.program, "--port", str(port), "--data", str(data), "--gateway", gateway.far]
        arguments += ["--gateway-ca", self.reach.ca] if self.reach.ca else []
        arguments += ["--business-speed", f"{self.folder.spec().scenario.business_speed:g}"]
        arguments += ["--test-hooks", "--ready-file", str(self.service_ready_file)]
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

    def start_agents(self, gateway: Gateway, service: str) -> None:
        """Start the workforce; it provisions the target's shops and registers their webhook first."""
        adapter = self.target.adapter if self.target else "reference"
        url = self.target.url if self.target else service
        env = {"GOLIVE_OPERATOR_KEY": self.operator_key} if self.target is None else {}
        env |= {f"GOLIVE_SECRET_{key.upper()}": value for key, value in self.target_secrets.items()}
        env |= self._road(gateway, self.target.allow if self.target else ())
        if self.keep:
            env["GOLIVE_KEEP"] = "1"
        arguments = ["-m", "simulators.workforce", "--run", self._run, "--target", adapter, "--target-url", url]
        self._start("agents", [*arguments, "--gateway-url", gateway.near, "--public-url", gateway.far], env)
        self._ready("agents", 120.0)

    def start_customers(self, gateway: Gateway) -> None:
        """Start Locust with the run's scenario, unless its master is somebody else's to start; wait for all workers."""
        if not self.crowd.master_elsewhere:
            self._start_locust(gateway)
        self._ready("customers", self.crowd.patience_s)

    def _start_locust(self, gateway: Gateway) -> None:
        arguments = ["-m", "locust", "-f", "loadtests/locustfile.py", "--headless", "--host", gateway.near]
        arguments += ["--loglevel", "WARNING", "--only-summary", *self.crowd.arguments(self.reach.listen)]
        env = {"GOLIVE_RUN": self._run, "GOLIVE_GATEWAY": gateway.near}
        self._start("customers", arguments, env | self._road(gateway))

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

    def _road(self, gateway: Gateway, allow: tuple[str, ...] = ()) -> dict[str, str]:
        """The environment of those who go to the gateway, which is ours wherever it listens."""
        own = urlsplit(gateway.near).hostname or ""
        return {"GOLIVE_ALLOW": ",".join((own, *allow)), **environment(self.reach)}

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

"""The bundled reference as a process of the suite: started, killed, started again where it was."""

import asyncio
import secrets
import sys
from pathlib import Path
from typing import Literal

import msgspec

from golive.failures import Failure
from golive.part import Part
from history.run import Ready

START_S = 60.0


class Hosted:
    """One reference service with a data folder of its own."""

    def __init__(self, program: tuple[str, ...], folder: Path, gateway: str, extra: tuple[str, ...] = ()) -> None:
        self.operator_key = secrets.token_urlsafe(24)
        self.data = folder / "service"
        self.data.mkdir(parents=True)
        self.log = folder / "service.log"
        self._ready = folder / "service.json"
        command = [sys.executable, *program, "--data", str(self.data), "--gateway", gateway, "--test-hooks"]
        self._command = [*command, "--ready-file", str(self._ready), *extra]
        self._part: Part | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """Where it listens; the same after a restart."""
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Start it and wait until it is ready. Raises Failure with its last words."""
        self._ready.unlink(missing_ok=True)
        part = Part("service", [*self._command, "--port", str(self._port)], self.log, self._secret)
        part.start()
        self._part = part
        self._port = (await self._heard(part)).port

    async def stop(self, how: Literal["kill", "stop"] = "stop") -> None:
        """End it: by SIGTERM, or as a machine dies."""
        if self._part is not None:
            await asyncio.to_thread(self._part.kill if how == "kill" else self._part.stop)

    @property
    def _secret(self) -> dict[str, str]:
        return {"REFERENCE_OPERATOR_KEY": self.operator_key}

    async def _heard(self, part: Part) -> Ready:
        async with asyncio.timeout(START_S):
            while part.exit is None:
                if self._ready.exists():
                    return msgspec.json.decode(self._ready.read_bytes(), type=Ready)
                await asyncio.sleep(0.02)
        raise Failure(f"the reference ended (exit {part.exit}) before it was ready:\n{part.last_words()}")

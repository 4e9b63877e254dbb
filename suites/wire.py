"""A raw WebSocket of our contract: every frame of both sides is kept, and held against asyncapi.yaml."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, Literal

import aiohttp

from suites.contract import frame_validator
from suites.grammar import Written, closed
from suites.lab import Lab

PATH: Final = "/api/v1/ws"
_LOST: Final = 1006


class Wire:
    """`session` holds what both sides wrote, `strange` what of it is none of asyncapi.yaml's, in words."""

    def __init__(self, socket: "aiohttp.ClientWebSocketResponse[bool]", patience_s: float) -> None:
        self.session: list[Written] = []
        self.strange: list[str] = []
        self.ready: dict[str, Any] = {}
        self.s = 0  # the newest dispatch, or where ready began
        self._socket, self._patience_s = socket, patience_s
        self._left: list[dict[str, Any]] = []  # read while something else was waited for

    async def say(self, op: str, **d: object) -> None:
        """Write a frame, which must be right itself."""
        frame = {"op": op, "d": d}
        self._keep("device", frame)
        await self._socket.send_str(json.dumps(frame, ensure_ascii=False))

    async def write(self, text: str) -> None:
        """Write something that is no frame."""
        self.session.append(Written("device", "nonsense"))
        await self._socket.send_str(text)

    async def write_bytes(self, data: bytes) -> None:
        """Write a binary message, which is no frame."""
        self.session.append(Written("device", "nonsense"))
        await self._socket.send_bytes(data)

    async def identify(self, authorization: str, device: str) -> dict[str, Any]:
        """Say who this is, by a whole Authorization header; the `ready`."""
        await self.say("identify", token=authorization.removeprefix("Bearer "), device_id=device)
        return await self.until("ready")

    async def until(self, *ops: str) -> dict[str, Any]:
        """The next frame of these, read or to come; fails where the connection ends before, or none comes in time."""
        return await self._next(lambda frame: frame["op"] in ops, " or ".join(ops))

    async def dispatched(self, t: str, **fields: object) -> dict[str, Any]:
        """The payload of the next dispatch of that type with these fields."""

        def wanted(frame: dict[str, Any]) -> bool:
            return frame.get("t") == t and all(frame["d"].get(name) == value for name, value in fields.items())

        found: dict[str, Any] = (await self._next(wanted, t))["d"]
        return found

    async def refusal(self) -> str | int:
        """The code of the next error, or the code of the close that came instead."""
        frame = await self._frame()
        while frame is not None and frame["op"] != "error":
            frame = await self._frame()
        return self.session[-1].s if frame is None else str(frame["d"]["code"])

    async def closed(self) -> int:
        """Read to the end; its code."""
        while await self._frame() is not None:
            pass
        return self.session[-1].s

    async def leave(self) -> None:
        """Close politely."""
        await self._socket.close()

    async def cut(self) -> None:
        """Abort the TCP connection."""
        connection = self._socket._response.connection  # aiohttp has no public way to abort
        if connection is not None and connection.transport is not None:
            connection.transport.abort()
        with contextlib.suppress(aiohttp.ClientError, OSError):
            await self._socket.close()

    async def _next(self, wanted: Any, what: str) -> dict[str, Any]:
        for known in self._left:
            if wanted(known):
                self._left.remove(known)
                return known
        while (frame := await self._frame()) is not None:
            if wanted(frame):
                return frame
            self._left.append(frame)
        raise AssertionError(f"the connection ended ({self.session[-1].s}) where {what} was due")

    async def _frame(self) -> dict[str, Any] | None:
        """The next frame of the service; None at the end."""
        try:
            async with asyncio.timeout(self._patience_s):
                message = await self._socket.receive()
        except TimeoutError:
            heard = [each.op for each in self.session[-8:]]
            raise AssertionError(f"no further frame within {self._patience_s:g} s; the last were {heard}") from None
        if message.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
            self.session.append(closed(self._socket.close_code or _LOST))
            return None
        frame = _frame_of(message.data)
        self._keep("service", frame)
        return frame

    def _keep(self, by: Literal["device", "service"], frame: dict[str, Any]) -> None:
        op = str(frame.get("op"))
        validator = frame_validator(op)
        if validator is None:
            self.strange.append(f"asyncapi.yaml has no frame {op!r}")
        elif error := next(validator.iter_errors(frame), None):
            self.strange.append(f"{by} {op} {frame.get('t', '')}: {error.message[:300]}")
        self.session.append(Written.frame(by, frame))
        if op == "ready":
            self.ready = frame["d"]
        if op in ("ready", "dispatch"):
            self.s = frame["d"]["s"] if op == "ready" else frame["s"]


def _frame_of(data: str | bytes) -> dict[str, Any]:
    """What the service wrote, decoded; fails where it is no frame at all."""
    with contextlib.suppress(ValueError):
        if isinstance(data, str) and isinstance(frame := json.loads(data), dict):
            return frame
    raise AssertionError(f"the service wrote what is no frame: {data[:200]!r}")


async def connect(lab: Lab, headers: Mapping[str, str] | None = None, patience_s: float = 0.0) -> Wire:
    """A new connection, of which nothing is read yet; skips where the target does not speak the contract.

    Raises aiohttp.WSServerHandshakeError where it is refused.
    """
    lab.need("contract")
    timeout = aiohttp.ClientWSTimeout(ws_close=2.0)
    socket = await lab.run.http.ws_connect(lab.run.target_url + PATH, timeout=timeout, headers=headers)
    return Wire(socket, patience_s or lab.patience_s)


@contextlib.asynccontextmanager
async def greeted(lab: Lab, headers: Mapping[str, str] | None = None, patience_s: float = 0.0) -> AsyncIterator[Wire]:
    """A connection that has heard `hello`, closed at the end of the block."""
    opened = await connect(lab, headers, patience_s)
    try:
        await opened.until("hello")
        yield opened
    finally:
        await opened.leave()

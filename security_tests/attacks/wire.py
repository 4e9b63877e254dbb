"""A WebSocket of our contract without an adapter: any frame may be written, and every frame that comes is kept."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import aiohttp
import msgspec

from suites.lab import Lab

WAIT_S: Final = 12.0


class Wire:
    """`frames` are those that came so far."""

    def __init__(self, socket: "aiohttp.ClientWebSocketResponse[bool]") -> None:
        self.socket = socket
        self.frames: list[dict[str, Any]] = []

    async def say(self, op: str, **d: object) -> None:
        """One frame."""
        await self.socket.send_str(msgspec.json.encode({"op": op, "d": d}).decode())

    async def until(self, *ops: str) -> dict[str, Any]:
        """The next frame of one of these kinds. Fails where the connection ends, or nothing comes."""
        try:
            async with asyncio.timeout(WAIT_S):
                while True:
                    message = await self.socket.receive()
                    assert message.type is aiohttp.WSMsgType.TEXT, (
                        f"closed with {self.socket.close_code}: {ops} were due"
                    )
                    self.frames.append(msgspec.json.decode(message.data))
                    if self.frames[-1]["op"] in ops:
                        return self.frames[-1]
        except TimeoutError:
            raise AssertionError(f"none of {ops} came within {WAIT_S:g} s; it was told {self.frames[-3:]}") from None

    async def closed(self) -> int:
        """The code the connection ends with; what comes before is kept."""
        try:
            async with asyncio.timeout(WAIT_S):
                while (message := await self.socket.receive()).type is aiohttp.WSMsgType.TEXT:
                    self.frames.append(msgspec.json.decode(message.data))
        except TimeoutError:
            raise AssertionError(f"not closed within {WAIT_S:g} s; it was told {self.frames[-3:]}") from None
        return int(self.socket.close_code or 1006)

    async def identify(self, authorization: str, device: str = "wire") -> dict[str, Any]:
        """Say who this is; the `ready`."""
        await self.say("identify", token=authorization.removeprefix("Bearer "), device_id=device)
        return await self.until("ready")


@contextlib.asynccontextmanager
async def wire(lab: Lab, headers: Mapping[str, str] | None = None) -> AsyncIterator[Wire]:
    """A connection that has heard `hello`. Raises aiohttp.WSServerHandshakeError where it is refused."""
    lab.need("contract")
    async with lab.run.http.ws_connect(f"{lab.run.target_url}/api/v1/ws", headers=headers, max_msg_size=0) as socket:
        opened = Wire(socket)
        await opened.until("hello")
        yield opened

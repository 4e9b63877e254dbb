"""A webhook that takes everything and does nothing: `python benchmarks/sink.py` prints its port, ends with stdin."""

import asyncio
import json
import sys
from typing import cast

import uvloop

TAKEN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"


class Sink(asyncio.Protocol):
    """One connection: every whole request is answered 200, a challenge with itself."""

    def __init__(self) -> None:
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        self._held += data
        while (head := self._held.find(b"\r\n\r\n")) >= 0:
            at = self._held.index(b"Content-Length: ") + 16
            end = head + 4 + int(self._held[at : self._held.index(b"\r\n", at)])
            if len(self._held) < end:
                return
            body, self._held = self._held[head + 4 : end], self._held[end:]
            answer = json.dumps(json.loads(body)["content"]).encode() if b"verify_webhook" in body else b"{}"
            self._transport.write(TAKEN % (len(answer), answer))


async def serve() -> None:
    """Until stdin ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(serve())

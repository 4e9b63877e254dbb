"""Without descriptors nothing falls: it is told, tried again without haste, and goes on."""

import asyncio
import errno
import os
import socket
from typing import Any, cast

import pytest

from simulators.douyin import accepting
from simulators.douyin.accepting import Accepting, listening_on
from simulators.douyin.doorkeeper import Doorkeeper


class Poor:
    """A listening socket whose process has no descriptors left for a while."""

    def __init__(self, real: socket.socket, failures: int) -> None:
        self._real, self.failures, self.tries = real, failures, 0

    def accept(self) -> Any:
        self.tries += 1
        if self.failures:
            self.failures -= 1
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return self._real.accept()

    def fileno(self) -> int:
        return self._real.fileno()


async def test_no_descriptors_is_told_waited_for_and_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepting, "PAUSE_S", 0.05)
    told: list[str] = []
    came = asyncio.Event()

    class Guest(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            came.set()
            cast(asyncio.Transport, transport).abort()

    async with listening_on("127.0.0.1", 0, 10) as real:
        poor = Poor(real, failures=3)
        keeper = Doorkeeper(Guest, 60.0, 1_000_000, told.append)
        taking = Accepting(cast(socket.socket, poor), keeper, None, told.append)
        with socket.create_connection(real.getsockname()) as guest:
            guest.sendall(b"GET / HTTP/1.1\r\n\r\n")
            async with asyncio.timeout(5):
                await came.wait()
        taking.close()
    assert poor.tries <= 3 + 3, "it was tried over and over"
    assert told == ["no connection can be taken: Too many open files; trying again every 0.05 s"] * 3

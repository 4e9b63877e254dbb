"""Connections to addresses that shops have named: where a name leads is checked as it is connected to (LIMIT-1)."""

import socket
from collections.abc import Set as AbstractSet
from typing import Any, Final

import aiohttp

from reference_service.domain import addresses

NOT_PERMITTED: Final = "address not permitted"


class NotPermitted(OSError):
    """The name led to an address that nothing may be sent to. Of several such addresses all say the same."""


def outward(hosts: AbstractSet[str], at_once: int, timeout_s: float | None = None) -> aiohttp.ClientSession:
    """A session to public addresses and those in `hosts`; it keeps nothing, unpacks nothing and asks no proxy."""

    def checked(info: tuple[Any, Any, int, str, tuple[Any, ...]]) -> socket.socket:
        family, kind, protocol, _, (address, port, *_) = info
        if not addresses.permitted(str(address), int(port), hosts):
            raise NotPermitted(NOT_PERMITTED)
        return socket.socket(family, kind, protocol)

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=at_once, socket_factory=checked),
        timeout=aiohttp.ClientTimeout(total=timeout_s),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        headers={"User-Agent": "golive-reference-service"},
    )


def reason(error: BaseException) -> str:
    """Why a request failed, without a word of what was sent or named."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, NotPermitted):
            return NOT_PERMITTED
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__

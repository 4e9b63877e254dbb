"""Where the service may call out to on a shop's wish: hosts the operator named, never inside (LIMIT-1); pure."""

import ipaddress
from collections.abc import Set as AbstractSet
from typing import Final

from yarl import URL

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def refusal(address: str, hosts: AbstractSet[str]) -> str:
    """Why this address may not be called, "" where it may: http or https, of a host named as `host` or `host:port`.

    Read by the parser that the call is made with, so both see the same host.
    """
    try:
        url = URL(address)
        host, port = (url.host or "").lower(), url.port
    except ValueError:
        return "no address"
    if url.scheme not in ("http", "https") or not host:
        return "neither http nor https"
    if url.user is not None or url.password is not None or url.fragment:
        return "it names a user or a fragment"
    return "" if _named(host, port) & hosts else "the operator has not allowed its host"


def permitted(address: str, port: int, hosts: AbstractSet[str]) -> bool:
    """Whether a connection to this address may be made: to a public one, or one that the operator named as such.

    That a name is allowed says nothing of where it leads.
    """
    found = _innermost(ipaddress.ip_address(address.partition("%")[0]))
    return bool(_named(str(found), port) & hosts) or (found.is_global and not found.is_multicast)


def _named(host: str, port: int | None) -> set[str]:
    return {host, f"[{host}]:{port}" if ":" in host else f"{host}:{port}"}


def _innermost(address: Address) -> Address:
    # The IPv4 address that an IPv6 address stands for: nothing inside is reached by another spelling.
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address

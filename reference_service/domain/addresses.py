"""Where the service may call out to on a shop's wish: only hosts that the operator has named (LIMIT-1); pure."""

from collections.abc import Set as AbstractSet

from yarl import URL


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
    return "" if {host, f"{host}:{port}"} & hosts else "the operator has not allowed its host"

"""Where the gateway listens, by plain HTTP or TLS, and the URL it is reached by."""

import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

LOOPBACK = "127.0.0.1"


class Listening(NamedTuple):
    """An address of this machine, a port (0 = a free one), and a certificate with its key where it speaks TLS.

    `public_url` is what others are told: the gateway may stand behind a name, a router or a proxy.
    """

    host: str = LOOPBACK
    port: int = 0
    tls_cert: Path | None = None
    tls_key: Path | None = None
    public_url: str = ""

    def context(self) -> ssl.SSLContext | None:
        """The server's side of TLS, None for plain HTTP. Raises OSError (ssl.SSLError) where the files do not do."""
        if self.tls_cert is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.tls_cert, self.tls_key)
        return context

    def near_url(self, port: int) -> str:
        """The URL for this machine's own processes, with the port that was bound."""
        host = {"0.0.0.0": LOOPBACK, "::": "::1", "": LOOPBACK}.get(self.host, self.host)
        name = f"[{host}]" if ":" in host else host
        return f"{'https' if self.tls_cert else 'http'}://{name}:{port}"

    def far_url(self, port: int) -> str:
        """The URL for the target."""
        return self.public_url.rstrip("/") or self.near_url(port)

    @property
    def beyond_loopback(self) -> bool:
        """Whether other machines may reach it."""
        try:
            return not ip_address(self.host).is_loopback
        except ValueError:
            return self.host != "localhost"

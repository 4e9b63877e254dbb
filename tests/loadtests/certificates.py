"""Certificates of a CA that lives as long as the tests."""

from pathlib import Path

import trustme
from gevent import ssl


class Certificates:
    """A CA, its file, and server contexts of certificates that it issued."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self.file = str(folder / "ca.pem")
        self._ca.cert_pem.write_to_path(self.file)

    def server(self, *names: str) -> ssl.SSLContext:
        """For gevent's servers."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*names).configure_cert(context)
        return context

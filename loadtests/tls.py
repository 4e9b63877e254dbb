"""TLS for one client connection without I/O: records in, the application's bytes out, and the other way."""

import contextlib
import ssl


class Tls:
    """A TLS client over two memory buffers. Certificate and server name are checked as `context` says.

    What it wants sent is in `outgoing()` after every call. Raises ssl.SSLError where the peer is not to be trusted.
    """

    __slots__ = ("_in", "_object", "_out", "shaken")

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        self._in = ssl.MemoryBIO()
        self._out = ssl.MemoryBIO()
        self._object = context.wrap_bio(self._in, self._out, server_hostname=host)
        self.shaken = False
        self._shake()

    def received(self, data: bytes) -> tuple[bytes, bool]:
        """The application's bytes in what came, and whether the peer has said it will send no more."""
        self._in.write(data)
        if not self.shaken:
            self._shake()
        parts: list[bytes] = []
        try:
            while self.shaken and (self._in.pending or self._object.pending()):
                part = self._object.read(65536)
                if not part:
                    return b"".join(parts), True
                parts.append(part)
        except ssl.SSLWantReadError:
            pass  # the rest of a record is still on its way
        except ssl.SSLZeroReturnError:  # close_notify
            return b"".join(parts), True
        return b"".join(parts), False

    def sealed(self, data: bytes) -> bytes:
        """The application's bytes as records, behind what was still to be sent."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._object.write(rest) :]  # one record (16 KiB) at a time
        return self._out.read()

    def outgoing(self) -> bytes:
        """What the protocol itself wants sent."""
        return self._out.read()

    def farewell(self) -> bytes:
        """The close_notify that ends our side."""
        with contextlib.suppress(ssl.SSLError):  # the peer's own is not waited for
            self._object.unwrap()
        return self._out.read()

    def _shake(self) -> None:
        with contextlib.suppress(ssl.SSLWantReadError):
            self._object.do_handshake()
            self.shaken = True


def trusting(ca_file: str | None) -> ssl.SSLContext:
    """A client context that trusts the CA of this PEM file, or the system's. Raises OSError, ssl.SSLError."""
    return ssl.create_default_context(cafile=ca_file)


def told(error: ssl.SSLError) -> str:
    """What went wrong, for a person: the verifier's sentence, or OpenSSL's reason."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: the server's certificate is refused: {error.verify_message}"
    if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"):
        return "TLS: the server does not speak TLS"
    return f"TLS: {(error.reason or str(error)).lower().replace('_', ' ')}"

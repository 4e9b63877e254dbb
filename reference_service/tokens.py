"""Signed, stateless values: people's tokens and devices' session ids; HMAC-SHA256, compared in constant time."""

import base64
import hashlib
import hmac
from typing import Literal

import msgspec


class Claims(msgspec.Struct, frozen=True, array_like=True):
    """What a token says: for whom, for what, until when (Unix seconds). `device` is set in sessions only."""

    use: Literal["access", "refresh", "session"]
    person: str
    until: float
    device: str = ""
    epoch: int = 0  # the person's; an older one is over


def issue(key: bytes, claims: Claims) -> str:
    """The token of these claims, URL-safe text."""
    body = base64.urlsafe_b64encode(msgspec.json.encode(claims)).rstrip(b"=")
    return f"{body.decode()}.{_seal(key, body)}"


def read(key: bytes, token: str, use: str, now: float) -> Claims | None:
    """The claims of a genuine token of that use that is not over, else None."""
    body, _, seal = token.partition(".")
    raw = body.encode("latin-1", "replace")
    if not hmac.compare_digest(_seal(key, raw).encode(), seal.encode("latin-1", "replace")):
        return None
    claims = msgspec.json.decode(base64.urlsafe_b64decode(raw + b"=" * (-len(raw) % 4)), type=Claims)
    return claims if claims.use == use and now < claims.until else None


def password_seal(key: bytes, password: str) -> str:
    """What is kept of a password. Passwords are 144 random bits made here, so a keyed hash needs no slowing down."""
    return hmac.digest(key, b"password " + password.encode(), hashlib.sha256).hex()


def same(a: str, b: str) -> bool:
    """Whether two secrets are equal, in constant time."""
    return hmac.compare_digest(a.encode(), b.encode())


def _seal(key: bytes, body: bytes) -> str:
    return base64.urlsafe_b64encode(hmac.digest(key, b"token " + body, hashlib.sha256)).rstrip(b"=").decode()

"""The signature of open.douyin.com's webhooks: X-Douyin-Signature = hex sha1(client_secret + raw body)."""

import hashlib
import hmac
from collections.abc import Iterable


def sign(secret: str, body: bytes) -> str:
    """The signature of a raw body, 40 lower-case hex digits."""
    return hashlib.sha1(secret.encode() + body, usedforsecurity=False).hexdigest()


def verify_signature(secrets: Iterable[str], body: bytes, given: str) -> bool:
    """Whether any of the apps' secrets signed these bytes (GATEWAY-1). Compares in constant time."""
    said = given.encode("latin-1", "replace")
    right = False
    for secret in secrets:
        right |= hmac.compare_digest(sign(secret, body).encode(), said)
    return right

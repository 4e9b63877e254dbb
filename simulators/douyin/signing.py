"""The signatures of Douyin's, Doudian's and TikTok Shop's public pages, over raw bytes (douyin-protocol.md)."""

import hashlib
import hmac
from typing import Literal

Method = Literal["md5", "hmac-sha256"]


def webhook_signature(client_secret: str, body: bytes) -> str:
    """X-Douyin-Signature of the open platform: hex sha1(client_secret + raw body) (section 4a, [A])."""
    return hashlib.sha1(client_secret.encode() + body).hexdigest()


def doudian_push_signature(app_key: str, app_secret: str, body: bytes, method: Method = "md5") -> str:
    """event-sign of a Doudian push, by the method the app chose in its console (section 1, [C])."""
    return _sign(method, app_secret, app_key.encode() + body + app_secret.encode())


def doudian_call_signature(
    app_key: str, app_secret: str, call: str, param_json: str, timestamp: str, method: Method = "hmac-sha256"
) -> str:
    """sign of a Doudian API call; `param_json` as it is sent, keys sorted (section 2, [B])."""
    plain = f"{app_secret}app_key{app_key}method{call}param_json{param_json}timestamp{timestamp}v2{app_secret}"
    return _sign(method, app_secret, plain.encode())


def doudian_spi_signature(
    app_key: str, app_secret: str, param_json: str, timestamp: str, method: Method = "md5"
) -> str:
    """sign of a call by which Doudian asks a service (section 2, SPI, [B])."""
    plain = f"{app_secret}app_key{app_key}param_json{param_json}timestamp{timestamp}{app_secret}"
    return _sign(method, app_secret, plain.encode())


def tiktok_shop_signature(app_key: str, app_secret: str, body: bytes) -> str:
    """Authorization header of a TikTok Shop webhook (section 3b, [A])."""
    return _sign("hmac-sha256", app_secret, app_key.encode() + body)


def _sign(method: Method, secret: str, plain: bytes) -> str:
    if method == "md5":
        return hashlib.md5(plain).hexdigest()
    return hmac.new(secret.encode(), plain, hashlib.sha256).hexdigest()

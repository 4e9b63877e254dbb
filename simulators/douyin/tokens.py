"""The access tokens of shop accounts: exchanged for a code, refreshed, expired (open.douyin.com OAuth)."""

from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from history.run import App, ShopSpec
from simulators.douyin import codes
from targets.platform import Refusal

REFRESHABLE_S = 2_592_000.0


class Grant(NamedTuple):
    """What a token call gives; lifetimes in seconds from now."""

    access_token: str
    expires_in: float
    refresh_token: str
    refresh_expires_in: float
    open_id: str


class TokenCall(msgspec.Struct, frozen=True):
    """A call of /oauth/access_token/ or /oauth/refresh_token/; absent fields are ""."""

    client_key: str = ""
    client_secret: str = ""
    grant_type: str = ""
    code: str = ""
    refresh_token: str = ""


@dataclass
class TokenBook:
    """All tokens of the run; `lifetime_s` is an access token's. Times are seconds of one clock.

    A code may be exchanged again: the platform's codes are single-use, but a target restarted in a rehearsal has
    nobody to authorise it anew.
    """

    app: App
    shops: tuple[ShopSpec, ...]
    lifetime_s: float = 1_296_000.0
    _access: dict[str, tuple[str, float]] = field(default_factory=dict)  # token -> open_id, expires at
    _refresh: dict[str, tuple[str, float]] = field(default_factory=dict)
    _issued: int = 0

    def grant(self, call: TokenCall, now: float) -> Grant | Refusal:
        """Answer a token call; a wrong one gets the Refusal that says which field is wrong."""
        if (call.client_key, call.client_secret) != (self.app.client_key, self.app.client_secret):
            return Refusal(codes.BAD_PARAMETER, "client_key or client_secret is wrong")
        if call.grant_type == "authorization_code":
            return self._exchange(call.code, now)
        if call.grant_type == "refresh_token":
            return self._renew(call.refresh_token, now)
        return Refusal(codes.BAD_PARAMETER, "grant_type must be authorization_code or refresh_token")

    def check(self, token: str, open_id: str, now: float) -> Refusal | None:
        """Why `token` may not act for `open_id` at `now`, or None where it may."""
        owner, expires = self._access.get(token, ("", 0.0))
        if not owner:
            return Refusal(codes.TOKEN_INVALID, "access_token is invalid")
        if now >= expires:
            return Refusal(codes.TOKEN_EXPIRED, "access_token has expired")
        if owner != open_id:
            return Refusal(codes.TOKEN_MISMATCH, "access_token is not this open_id's")
        return None

    def _exchange(self, code: str, now: float) -> Grant | Refusal:
        for shop in self.shops:
            if code and shop.authorization_code == code:
                refresh = f"rft.{self._next()}"
                self._refresh[refresh] = (shop.open_id, now + REFRESHABLE_S)
                return self._issue(shop.open_id, refresh, now)
        return Refusal(codes.BAD_PARAMETER, "code is unknown")

    def _renew(self, refresh: str, now: float) -> Grant | Refusal:
        open_id, expires = self._refresh.get(refresh, ("", 0.0))
        if not open_id or now >= expires:
            return Refusal(codes.TOKEN_INVALID, "refresh_token is unknown or has expired")
        return self._issue(open_id, refresh, now)

    def _issue(self, open_id: str, refresh: str, now: float) -> Grant:
        access = f"act.{self._next()}"
        self._access[access] = (open_id, now + self.lifetime_s)
        return Grant(access, self.lifetime_s, refresh, self._refresh[refresh][1] - now, open_id)

    def _next(self) -> str:
        self._issued += 1
        return f"{self._issued:06d}.{self.app.client_key}"

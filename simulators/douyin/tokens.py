"""The access tokens of shop accounts: exchanged for a code, refreshed, expired. Knows no codes of any profile."""

from dataclasses import dataclass, field

from history.run import ShopSpec
from targets.platform import Grant, Refusal, TokenCall


@dataclass
class TokenBook:
    """All tokens of the run; `lifetime_s` is an access token's. Times are seconds of one clock.

    A code may be exchanged again: the platform's codes are single-use, but a target restarted in a rehearsal has
    nobody to authorise it anew.
    """

    client_key: str
    shops: tuple[ShopSpec, ...]
    lifetime_s: float
    refresh_s: float
    _access: dict[str, tuple[ShopSpec, float]] = field(default_factory=dict)  # token -> shop, expires at
    _refresh: dict[str, tuple[ShopSpec, float]] = field(default_factory=dict)
    _issued: int = 0

    def grant(self, call: TokenCall, now: float) -> Grant | Refusal:
        """Answer a token call; a wrong one gets the Refusal that says what is wrong."""
        if call.grant == "refresh":
            return self._renew(call.refresh_token, now)
        shop = next((shop for shop in self.shops if _entitled(shop, call)), None)
        if shop is None:
            return Refusal("code", "code is unknown" if call.grant == "code" else "no such shop")
        refresh = f"rft.{self._next()}"
        self._refresh[refresh] = (shop, now + self.refresh_s)
        return self._issue(shop, refresh, now)

    def check(self, token: str, account: str, now: float) -> ShopSpec | Refusal:
        """Whose `token` is at `now`, or why it may not act for `account` ("" = its own)."""
        if not token:
            return Refusal("token_missing", "access_token is missing")
        if token not in self._access:
            return Refusal("token_invalid", "access_token is invalid")
        shop, expires = self._access[token]
        if now >= expires:
            return Refusal("token_expired", "access_token has expired")
        if account not in ("", shop.open_id):
            return Refusal("token_mismatch", "access_token is not this open_id's")
        return shop

    def expire(self, token: str, now: float) -> None:
        """Let a token's life end now, where it is one."""
        if token in self._access:
            self._access[token] = (self._access[token][0], now)

    def _renew(self, refresh: str, now: float) -> Grant | Refusal:
        if refresh not in self._refresh or now >= self._refresh[refresh][1]:
            return Refusal("refresh_token", "refresh_token is unknown or has expired")
        return self._issue(self._refresh[refresh][0], refresh, now)

    def _issue(self, shop: ShopSpec, refresh: str, now: float) -> Grant:
        access = f"act.{self._next()}"
        self._access[access] = (shop, now + self.lifetime_s)
        return Grant(access, self.lifetime_s, refresh, self._refresh[refresh][1] - now, shop)

    def _next(self) -> str:
        self._issued += 1
        return f"{self._issued:06d}.{self.client_key}"


def _entitled(shop: ShopSpec, call: TokenCall) -> bool:
    if call.grant == "self":
        return bool(call.account) and shop.open_id == call.account
    return bool(call.code) and shop.authorization_code == call.code

"""Access tokens: who gets one, for whom it counts, and until when."""

import pytest

from history.run import ShopSpec
from simulators.douyin.tokens import TokenBook
from targets.platform import Grant, Refusal, TokenCall

SHOP = ShopSpec(id="s1", name="", open_id="o1", customers=1, agents=1, capacity=1, authorization_code="c1")
EXCHANGE = TokenCall("code", code="c1")


def book() -> TokenBook:
    return TokenBook("k", (SHOP,), 100.0, 2_592_000.0)


def granted(answer: Grant | Refusal) -> Grant:
    assert isinstance(answer, Grant)
    return answer


def reason(refusal: object) -> str:
    assert isinstance(refusal, Refusal)
    return refusal.reason


def test_a_code_gives_a_token_for_its_shop_until_it_expires() -> None:
    tokens = book()
    grant = granted(tokens.grant(EXCHANGE, 0.0))
    assert (grant.shop, grant.expires_in, grant.refresh_expires_in) == (SHOP, 100.0, 2_592_000.0)
    assert grant.access_token.startswith("act.")
    assert grant.refresh_token.startswith("rft.")
    assert tokens.check(grant.access_token, "o1", 99.9) is SHOP
    assert reason(tokens.check(grant.access_token, "o1", 100.0)) == "token_expired"


def test_a_token_is_for_its_own_account_only() -> None:
    tokens = book()
    grant = granted(tokens.grant(EXCHANGE, 0.0))
    assert reason(tokens.check(grant.access_token, "o2", 1.0)) == "token_mismatch"
    assert reason(tokens.check("act.invented", "o1", 1.0)) == "token_invalid"
    assert reason(tokens.check("", "", 1.0)) == "token_missing"
    assert tokens.check(grant.access_token, "", 1.0) is SHOP


def test_a_refresh_gives_a_new_token_and_its_own_life_goes_on() -> None:
    tokens = book()
    first = granted(tokens.grant(EXCHANGE, 0.0))
    renew = TokenCall("refresh", refresh_token=first.refresh_token)
    second = granted(tokens.grant(renew, 150.0))
    assert second.access_token != first.access_token
    assert second.refresh_expires_in == 2_592_000.0 - 150.0
    assert tokens.check(second.access_token, "o1", 249.0) is SHOP
    assert reason(tokens.grant(renew, 2_592_000.0)) == "refresh_token"


@pytest.mark.parametrize(
    "call", [TokenCall("code", code="unknown"), TokenCall("code"), TokenCall("self", account="o9")]
)
def test_a_wrong_call_is_refused(call: TokenCall) -> None:
    assert reason(book().grant(call, 0.0)) == "code"


def test_a_shop_of_ones_own_is_named_by_its_account() -> None:
    assert granted(book().grant(TokenCall("self", account="o1"), 0.0)).shop is SHOP


@pytest.mark.parametrize("call", [TokenCall("code"), TokenCall("self")])
def test_an_empty_code_or_account_is_nobodys(call: TokenCall) -> None:
    unset = ShopSpec(id="s2", name="", open_id="", customers=1, agents=1, capacity=1, authorization_code="")
    assert reason(TokenBook("k", (unset,), 1.0, 1.0).grant(call, 0.0)) == "code"

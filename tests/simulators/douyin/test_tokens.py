"""Access tokens: who gets one, for whom it counts, and until when."""

import pytest

from history.run import App, ShopSpec
from simulators.douyin.tokens import Grant, TokenBook, TokenCall
from targets.platform import Refusal

APP = App(client_key="k", client_secret="s")
SHOP = ShopSpec(id="s1", name="", open_id="o1", customers=1, agents=1, capacity=1, authorization_code="c1")
EXCHANGE = TokenCall("k", "s", "authorization_code", code="c1")


def book() -> TokenBook:
    return TokenBook(APP, (SHOP,), lifetime_s=100.0)


def granted(answer: Grant | Refusal) -> Grant:
    assert isinstance(answer, Grant)
    return answer


def code_of(refusal: Grant | Refusal | None) -> int:
    assert isinstance(refusal, Refusal)
    return refusal.code


def test_a_code_gives_a_token_for_its_shop_until_it_expires() -> None:
    tokens = book()
    grant = granted(tokens.grant(EXCHANGE, 0.0))
    assert (grant.open_id, grant.expires_in, grant.refresh_expires_in) == ("o1", 100.0, 2_592_000.0)
    assert grant.access_token.startswith("act.")
    assert grant.refresh_token.startswith("rft.")
    assert tokens.check(grant.access_token, "o1", 99.9) is None
    assert code_of(tokens.check(grant.access_token, "o1", 100.0)) == 28001008


def test_a_token_is_for_its_own_account_only() -> None:
    tokens = book()
    grant = granted(tokens.grant(EXCHANGE, 0.0))
    assert code_of(tokens.check(grant.access_token, "o2", 1.0)) == 28001015
    assert code_of(tokens.check("act.invented", "o1", 1.0)) == 28001003
    assert code_of(tokens.check("", "", 1.0)) == 28001003


def test_a_refresh_gives_a_new_token_and_its_own_life_goes_on() -> None:
    tokens = book()
    first = granted(tokens.grant(EXCHANGE, 0.0))
    renew = TokenCall("k", "s", "refresh_token", refresh_token=first.refresh_token)
    second = granted(tokens.grant(renew, 150.0))
    assert second.access_token != first.access_token
    assert second.refresh_expires_in == 2_592_000.0 - 150.0
    assert tokens.check(second.access_token, "o1", 249.0) is None
    assert code_of(tokens.grant(renew, 2_592_000.0)) == 28001003


@pytest.mark.parametrize(
    "call",
    [
        TokenCall("k", "wrong", "authorization_code", code="c1"),
        TokenCall("k", "s", "authorization_code", code="unknown"),
        TokenCall("k", "s", "authorization_code"),
        TokenCall("k", "s", "client_credential"),
        TokenCall(),
    ],
)
def test_a_wrong_call_is_refused_as_a_bad_parameter(call: TokenCall) -> None:
    assert code_of(book().grant(call, 0.0)) == 28001007


def test_an_empty_authorization_code_is_nobodys() -> None:
    unset = ShopSpec(id="s2", name="", open_id="o2", customers=1, agents=1, capacity=1, authorization_code="")
    assert code_of(TokenBook(APP, (unset,)).grant(TokenCall("k", "s", "authorization_code"), 0.0)) == 28001007

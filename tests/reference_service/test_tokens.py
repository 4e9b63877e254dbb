"""Sealed tokens: genuine, for their use only, and for their time only."""

from hypothesis import given
from hypothesis import strategies as st

from reference_service import tokens

KEY = b"k" * 32
CLAIMS = tokens.Claims("access", "a1", 100.0)


def test_a_token_says_what_it_was_issued_for() -> None:
    assert tokens.read(KEY, tokens.issue(KEY, CLAIMS), "access", 99.9) == CLAIMS


def test_a_token_ends_at_its_time() -> None:
    assert tokens.read(KEY, tokens.issue(KEY, CLAIMS), "access", 100.0) is None


def test_a_token_of_another_use_or_key_is_none() -> None:
    token = tokens.issue(KEY, CLAIMS)
    assert tokens.read(KEY, token, "refresh", 0.0) is None
    assert tokens.read(b"x" * 32, token, "access", 0.0) is None


@given(st.integers(0, 200), st.characters())
def test_a_token_with_any_character_changed_is_none(place: int, character: str) -> None:
    token = tokens.issue(KEY, CLAIMS)
    place %= len(token)
    changed = token[:place] + character + token[place + 1 :]
    assert changed == token or tokens.read(KEY, changed, "access", 0.0) is None


@given(st.text())
def test_no_text_makes_an_error(text: str) -> None:
    assert tokens.read(KEY, text, "access", 0.0) is None


def test_passwords_are_kept_sealed() -> None:
    assert "secret" not in tokens.password_seal(KEY, "secret")
    assert tokens.password_seal(KEY, "secret") != tokens.password_seal(KEY, "Secret")

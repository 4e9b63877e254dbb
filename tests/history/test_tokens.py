"""Tokens survive a text, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from history.tokens import AUTOMATIC, clean, find, is_automatic, token

WORDS = st.text(alphabet="你好，。 退货加微信0123ABC", max_size=20)
PARTS = (st.integers(0, 2**16 - 1), st.integers(0, 2**16 - 1), st.integers(0, 2**24 - 1))


@given(*PARTS, WORDS, WORDS)
def test_a_token_is_found_in_any_talk(run, sender, number, before, after):
    made = token(run, sender, number)
    assert find(f"{before} {made} {after}") == made
    assert find(f"{before} {made.upper()} {after}") == made


@given(st.tuples(*PARTS), st.tuples(*PARTS))
def test_different_senders_have_different_tokens(one, other):
    assert (token(*one) == token(*other)) is (one == other)


@given(*PARTS, st.integers(0, 15), st.sampled_from("bcdfghjkmnpqrstz"))
def test_a_token_with_one_letter_changed_is_not_taken_for_another(run, sender, number, at, letter):
    made = token(run, sender, number)
    changed = made[:at] + letter + made[at + 1 :]
    assert find(changed) in ("", made)


@pytest.mark.parametrize(
    "text", ["", "您好", token(1, 2, 3)[:-1], token(1, 2, 3) + "b", f"{token(1, 2, 3)} {token(1, 2, 4)}", "b" * 16]
)
def test_no_token_or_two_is_unreadable(text):
    assert find(text) == ""


@pytest.mark.parametrize("parts", [(-1, 0, 0), (2**16, 0, 0), (0, 2**16, 0), (0, 0, 2**24)])
def test_what_does_not_fit_is_refused(parts):
    with pytest.raises(ValueError, match="does not fit a token"):
        token(*parts)


def test_a_token_is_checked_against_the_word_list():
    made = token(1, 2, 3)
    assert clean(made, ["vx", "微信"])
    assert not clean(made, [made[3:6].upper()])


@given(*PARTS)
def test_only_the_sender_automatic_makes_automatic_tokens(run, sender, number):
    assert is_automatic(token(run, sender, number)) is (sender == AUTOMATIC)
    assert is_automatic(token(run, AUTOMATIC, number))


@pytest.mark.parametrize("name", ["", "@M17==", "bcdfghjkmnpqrstz", "c00017-4"])
def test_what_is_no_token_is_not_automatic(name):
    assert not is_automatic(name)

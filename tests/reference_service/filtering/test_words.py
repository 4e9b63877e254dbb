"""The compiled word list against a slow oracle that is obviously right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.filtering.folding import fold
from reference_service.filtering.words import Hit, Word, WordFilter, WordListError

LETTERS = st.text("abAB加微信ａⅧ\u200b", max_size=12)
PHRASES = st.lists(st.text("abA加微信Ⅷ", min_size=1, max_size=4), max_size=5)


def naive(words: list[str], allow: list[str], text: str) -> set[tuple[int, int, str]]:
    """Compare every listed word with every place of the folded text."""
    folded, sources = fold(text)
    places = sources if sources is not None else list(range(len(text)))

    def spans(phrase: str) -> list[tuple[int, int]]:
        plain = fold(phrase).text
        return [(at, at + len(plain)) for at in range(len(folded)) if folded.startswith(plain, at)]

    allowed = [span for phrase in allow for span in spans(phrase)]
    return {
        (places[start], places[end - 1] + 1, word)
        for word in words
        for start, end in spans(word)
        if not any(low <= start and end <= high for low, high in allowed)
    }


@given(PHRASES, PHRASES, LETTERS)
def test_finds_what_the_naive_oracle_finds(words: list[str], allow: list[str], text: str) -> None:
    found = WordFilter([Word(word) for word in words], allow).find(text)
    assert {(hit.start, hit.end, hit.word.word) for hit in found} == naive(words, allow, text)


def test_offsets_are_those_of_the_text_as_it_came() -> None:
    word = Word("vx")
    assert WordFilter([word]).find("加Ｖ\u200bＸ吧") == [Hit(1, 4, word)]


def test_an_allowed_phrase_unlocks_what_it_covers_and_nothing_longer() -> None:
    words = WordFilter([Word("微信"), Word("加微信支付")], ["微信支付"])
    assert words.find("可以微信支付吗") == []
    assert [hit.word.word for hit in words.find("加微信支付")] == ["加微信支付"]
    assert [hit.word.word for hit in words.find("微信")] == ["微信"]


@pytest.mark.parametrize("word", ["\u200b", "", "*", "***", "＊"])
def test_a_word_that_could_not_be_matched_or_masked_is_refused(word: str) -> None:
    with pytest.raises(WordListError):
        WordFilter([Word(word)])


def test_an_empty_list_finds_nothing() -> None:
    assert WordFilter().find("加微信") == []

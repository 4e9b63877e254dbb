"""Masks: length and offsets stay, nothing listed is left, once is enough (FILTER-3)."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reference_service.filtering import judging
from reference_service.filtering.allowing import laid_open
from reference_service.filtering.contacts import ContactRule
from reference_service.filtering.words import Contacts, Hit, Word, WordFilter

TEXTS = st.text("abA加微信信Ⅷａ*.，\u200b1一", max_size=16)
PHRASES = st.lists(st.text("abA加微信Ⅷ*.1一", min_size=1, max_size=4), max_size=5)
WORDS = PHRASES.map(lambda phrases: [Word(phrase, to_agent="mask", pinyin=True, initials=True) for phrase in phrases])
PHONES = Contacts(phone=ContactRule(to_agent="mask"))


def masked(words: list[Word], allow: list[str], text: str) -> str | None:
    return judging.check(WordFilter(words, allow), text, "to_agent").text


@pytest.mark.parametrize(
    ("words", "allow", "text", "left"),
    [
        ("加微 微信号", "", "请加微信号吧", "请****吧"),  # overlaps are covered whole
        ("微信", "", "加微微信信吧", "加****吧"),  # and what is repeated around, which the mask would bring together
        ("微信", "", "微-信", "***"),
        ("乙 甲丙", "", "甲乙丙", "***"),
        ("b cd", "abc", "abc", "abc"),
        ("b cd", "abc", "abcd", "a***"),  # a phrase of which a part is covered allows nothing more
        ("微信", "微信支付", "微信支付或微信", "微信支付或**"),
        ("加微信 微信", "微信支付", "加微信支付", "***支付"),
    ],
)
def test_masked_texts(words: str, allow: str, text: str, left: str) -> None:
    listed = [Word(word, boundary=False) for word in words.split()]
    assert masked(listed, allow.split(), text) == left


def test_only_words_that_are_to_be_hidden_are_covered() -> None:
    assert masked([Word("甲", to_agent="review"), Word("乙"), Word("丙", to_agent="pass")], [], "甲乙丙") == "甲*丙"


@settings(deadline=None)
@given(WORDS, PHRASES, TEXTS)
@example([Word("pq", to_agent="mask", boundary=False)], ["pqp"], "pqpqpqpq")
def test_a_masked_text_has_its_length_and_no_listed_word_and_masks_once(
    words: list[Word], allow: list[str], text: str
) -> None:
    listed = WordFilter(words, allow, contacts=PHONES)
    judged = judging.check(listed, text, "to_agent")
    assert judged.text is not None
    assert len(judged.text) == len(text)
    assert listed.find(judged.text) == []
    assert judging.check(listed, judged.text, "to_agent").text == judged.text
    assert all(after in (before, "*") for before, after in zip(text, judged.text, strict=True))
    for hit in judged.hits:
        assert set(judged.text[hit.start : hit.end]) == {"*"}


@given(PHRASES, TEXTS)
def test_a_text_without_a_listed_word_passes_untouched(phrases: list[str], text: str) -> None:
    listed = WordFilter([Word(phrase) for phrase in phrases])
    judged = judging.check(listed, text, "to_agent")
    assert (judged.action == "pass") == (not listed.find(text))
    assert judged.action != "pass" or judged.text == text


SPANS = st.tuples(st.integers(0, 12), st.integers(1, 4)).map(lambda one: (one[0], one[0] + one[1]))


@given(st.lists(SPANS, unique=True, max_size=8), st.lists(SPANS, unique=True, max_size=8))
def test_what_is_laid_open_is_what_looking_again_and_again_would_find(
    words: list[tuple[int, int]], phrases: list[tuple[int, int]]
) -> None:
    hits = [Hit(start, end, Word("甲")) for start, end in words]
    gone: list[Hit] = []
    while True:
        whole = [(a, b) for a, b in phrases if not any(hit.start < b and a < hit.end for hit in gone)]
        now = [hit for hit in hits if not any(a <= hit.start and hit.end <= b for a, b in whole)]
        if now == gone:
            break
        gone = now
    assert laid_open(hits, sorted(phrases)) == gone

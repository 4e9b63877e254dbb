"""What the filter does with a text: no listed word passes, lengths stay, what is clean stays as it is."""

from hypothesis import given
from hypothesis import strategies as st

from reference_service.filtering import judging
from reference_service.filtering.words import Word, WordFilter

TEXTS = st.text("abA加微信Ⅷａ*\u200b", max_size=16)
PHRASES = st.lists(st.text("abA加微信Ⅷ*", min_size=1, max_size=4).filter(lambda word: word.strip("*")), max_size=5)
MASKING = PHRASES.map(lambda phrases: [Word(phrase, to_agent="mask") for phrase in phrases])


def test_the_contracts_defaults_block_to_the_customer_and_mask_to_the_agent() -> None:
    words = WordFilter([Word("加微信")])
    assert judging.check(words, "请加微信吧", "to_customer")[:2] == ("block", None)
    assert judging.check(words, "请加微信吧", "to_agent")[:2] == ("mask", "请***吧")


def test_the_strictest_rule_decides() -> None:
    words = WordFilter([Word("甲", to_agent="pass"), Word("乙", to_agent="mask"), Word("丙", to_agent="block")])
    assert judging.check(words, "甲", "to_agent")[:2] == ("pass", "甲")
    assert judging.check(words, "甲乙", "to_agent")[:2] == ("mask", "甲*")
    assert judging.check(words, "甲乙丙", "to_agent")[:2] == ("block", None)


def test_overlapping_words_are_covered_whole() -> None:
    words = WordFilter([Word("加微"), Word("微信号")])
    assert judging.check(words, "请加微信号吧", "to_agent").text == "请****吧"


def test_masking_one_word_does_not_leave_another_that_an_allowed_phrase_had_covered() -> None:
    words = WordFilter([Word("b"), Word("cd")], ["abc"])
    assert judging.check(words, "abc", "to_agent").text == "abc"
    assert judging.check(words, "abcd", "to_agent").text == "a***"


@given(MASKING, PHRASES, TEXTS)
def test_a_masked_text_has_its_length_and_no_listed_word_and_masks_once(
    words: list[Word], allow: list[str], text: str
) -> None:
    listed = WordFilter(words, allow)
    judged = judging.check(listed, text, "to_agent")
    assert judged.text is not None
    assert len(judged.text) == len(text)
    assert listed.find(judged.text) == []
    assert judging.check(listed, judged.text, "to_agent").text == judged.text
    assert all(after in (before, "*") for before, after in zip(text, judged.text, strict=True))


@given(PHRASES, TEXTS)
def test_a_text_without_a_listed_word_passes_untouched(phrases: list[str], text: str) -> None:
    listed = WordFilter([Word(phrase) for phrase in phrases])
    judged = judging.check(listed, text, "to_customer")
    assert (judged.action == "pass") == (not listed.find(text))
    assert judged.action != "pass" or judged.text == text


@given(st.text())
def test_no_text_makes_an_error(text: str) -> None:
    judging.check(WordFilter([Word("加微信"), Word("vx")]), text, "to_customer")

"""What the filter does with a text: no listed word passes, lengths stay, what is clean stays as it is."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.filtering import judging
from reference_service.filtering.contacts import ContactRule
from reference_service.filtering.words import Contacts, Word, WordFilter

ALL_CONTACTS = Contacts(ContactRule(), ContactRule(), ContactRule(), ContactRule())
EVERYTHING = WordFilter(
    [
        Word("加微信", pinyin=True, initials=True, aliases=("vx", "薇信")),
        Word("全网第一", to_agent="review"),
        Word("六四", to_agent="block"),
        Word("QQ", separators=True, repeats=True),
        Word("a+b"),
    ],
    ["微信支付", "加微信支付"],
    contacts=ALL_CONTACTS,
)


def test_the_contracts_defaults_block_to_the_customer_and_mask_to_the_agent() -> None:
    words = WordFilter([Word("加微信")])
    assert judging.check(words, "请加微信吧", "to_customer")[:2] == ("block", None)
    assert judging.check(words, "请加微信吧", "to_agent")[:2] == ("mask", "请***吧")


def test_the_strictest_rule_decides() -> None:
    rules = {"甲": "pass", "乙": "review", "丙": "mask", "丁": "block"}
    words = WordFilter([Word(word, to_agent=rule) for word, rule in rules.items()])  # type: ignore[arg-type]
    assert judging.check(words, "戊", "to_agent")[:2] == ("pass", "戊")
    assert judging.check(words, "甲", "to_agent")[:2] == ("pass", "甲")
    assert judging.check(words, "甲乙", "to_agent")[:2] == ("review", "甲乙")
    assert judging.check(words, "甲乙丙", "to_agent")[:2] == ("mask", "甲乙*")
    assert judging.check(words, "甲乙丙丁", "to_agent")[:2] == ("block", None)


@given(st.text() | st.text("加薇微信ab+vxQq.全网第一六四①壹138000@:/-\u200b\u20dd\u202e\x00*，"))
def test_no_text_makes_an_error_and_offsets_are_within_it(text: str) -> None:
    hits = judging.check(EVERYTHING, text, "to_customer").hits
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    assert hits == sorted(hits, key=lambda hit: (hit.start, hit.end))


@given(st.lists(st.characters(categories=["Cs"]) | st.sampled_from("加微信\x00\U0001f600\u202e"), max_size=12))
def test_neither_do_lone_surrogates(characters: list[str]) -> None:
    text = "".join(characters)
    masked = judging.check(EVERYTHING, text, "to_agent").text
    assert masked is not None
    assert len(masked) == len(text)


HOSTILE = WordFilter(
    [Word("甲乙", pinyin=True), Word("甲"), Word("乙丙", boundary=False), Word("丁戊丁"), Word("vx", repeats=True)],
    ["乙丙乙", "甲甲"],
    contacts=ALL_CONTACTS,
)


def calls(text: str) -> int:
    """How many functions are called to judge a text: its cost, whatever else the machine does."""
    count = 0

    def tick(*_: object) -> None:
        nonlocal count
        count += 1

    judging.check(HOSTILE, text, "to_agent")  # fills the tables
    sys.setprofile(tick)
    try:
        judging.check(HOSTILE, text, "to_agent")
    finally:
        sys.setprofile(None)
    return count


UNITS = [
    "甲",
    "乙丙",
    "甲.",
    "甲丁乙",
    "丁丁戊",
    "v",
    "ѵх",
    "jia3 yi",
    "1-3 8.",
    "13800138000 ",
    "a.b-",
    "甲\u20dd",
    "a.a@",
]


@pytest.mark.parametrize("unit", UNITS)
def test_the_work_grows_as_the_text_does(unit: str) -> None:
    short, long = calls((unit * 300)[:300]), calls((unit * 1200)[:1200])
    assert long <= 4.4 * short

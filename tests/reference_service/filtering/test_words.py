"""The compiled word list: every claimed class with examples, boundaries, the allow list, and a slow oracle."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reference_service.filtering.claims import CLAIMS
from reference_service.filtering.contacts import ContactRule
from reference_service.filtering.folding import PLAIN, fold
from reference_service.filtering.listing import fault_of_text
from reference_service.filtering.words import Contacts, Hit, Word, WordFilter

SEEN: list[tuple[str, Word, str, str]] = [  # class, word, text, the part of it that is the hit
    ("plain", Word("微信"), "加微信吗", "微信"),
    ("plain", Word("加 v"), "请加 v吧", "加 v"),
    ("plain", Word("❤"), "送你❤吧", "❤"),
    ("plain", Word("全网第一"), "全网第一2024", "全网第一"),
    ("case", Word("WeChat"), "加weCHAT吧", "weCHAT"),
    ("width", Word("vx"), "加Ｖｘ", "Ｖｘ"),
    ("width", Word("vx"), "加🅥🆇", "🅥🆇"),
    ("width", Word("kg"), "三㎏吧", "㎏"),
    ("width", Word("平成"), "㍻元年", "㍻"),
    ("invisible", Word("微信"), "微\u200b\u2060\ufeff\u00ad\u034f信", "微\u200b\u2060\ufeff\u00ad\u034f信"),
    ("invisible", Word("vx"), "v\u202ex", "v\u202ex"),
    ("marks", Word("微信"), "微\u20dd信\u0336吧", "微\u20dd信"),
    ("marks", Word("wechat"), "加wéchàt", "wéchàt"),
    ("traditional", Word("加微信号"), "加微信號", "加微信號"),
    ("traditional", Word("蝦皮"), "上虾皮买", "虾皮"),
    ("digits", Word("全网第一"), "全网第①！", "全网第①"),
    ("digits", Word("全网第1"), "全网第壹", "全网第壹"),
    ("digits", Word("12315"), "打❶贰㈢1๕", "❶贰㈢1๕"),
    ("homoglyph", Word("vx"), "加ѵх", "ѵх"),
    ("homoglyph", Word("加v信"), "加ᴠ信", "加ᴠ信"),
    ("homoglyph", Word("vx"), "🇻🇽", "🇻🇽"),
    ("separators", Word("加微信"), "加 . 微-😀信", "加 . 微-😀信"),
    ("separators", Word("加微信"), "加，微，信", "加，微，信"),
    ("separators", Word("微信"), "微\x00\ud800信", "微\x00\ud800信"),
    ("separators", Word("vx", separators=True), "v.x", "v.x"),
    ("separators", Word("QQ", separators=True), "加Q-Q", "Q-Q"),
    ("repeats", Word("加微信"), "加微微微信", "加微微微信"),
    ("repeats", Word("QQ群号"), "QQ群群号", "QQ群群号"),
    ("repeats", Word("wechat", repeats=True), "weechhat", "weechhat"),
    ("alias", Word("微信", aliases=("薇信", "VX")), "加薇.信", "薇.信"),
    ("alias", Word("微信", aliases=("薇信", "VX")), "加ѵX1", "ѵX"),
    ("pinyin", Word("微信", pinyin=True), "加WeiXin聊", "WeiXin"),
    ("pinyin", Word("微信", pinyin=True), "wēi xìn", "wēi xìn"),
    ("pinyin", Word("微信", pinyin=True), "wei1 xin4吧", "wei1 xin"),
    ("pinyin", Word("微信", pinyin=True), "w.e.i.x.i.n", "w.e.i.x.i.n"),
    ("pinyin", Word("微信", pinyin=True), "微xin或wei信", "微xin"),
    ("pinyin", Word("美女", pinyin=True), "mei nv", "mei nv"),
    ("pinyin", Word("美女", pinyin=True), "meinǚ", "meinǚ"),
    ("pinyin", Word("加v信", pinyin=True), "jiavxin", "jiavxin"),
    ("pinyin", Word("微信", pinyin=True), "wei1 xin4WeiXin", "wei1 xin"),
    ("pinyin", Word("加一", pinyin=True), "jia一吧", "jia一"),
    ("pinyin", Word("加1", pinyin=True), "jia1吧", "jia1"),
    ("pinyin", Word("微信", pinyin=True), "wеiхin", "wеiхin"),
    ("initials", Word("微信", initials=True), "加WX聊", "WX"),
    ("initials", Word("微信", initials=True), "wx123456", "wx"),
]

UNSEEN: list[tuple[Word, str]] = [
    (Word("vx"), "vxworks和xvx"),
    (Word("line"), "online deadline airlines"),
    (Word("12315"), "订单号112315"),
    (Word("12315"), "订单号123150"),
    (Word("A货"), "USA货源"),
    (Word("全网第一"), "全网第12名"),
    (Word("全网第一"), "全网第11名"),
    (Word("加微信"), "请加，微信支付可以吗"),
    (Word("微信"), "我说的微，信不信由你"),
    (Word("国家级"), "出口到二十个国家。级别很高"),
    (Word("微信"), "微 . . . 信"),
    (Word("微信"), "微a信"),
    (Word("你妈的"), "送你妈妈的礼物"),
    (Word("QQ群号"), "Q群号"),
    (Word("六四"), "64G内存"),
    (Word("哈哈"), "哈 哈"),
    (Word("大陆"), "加大6码"),
    (Word("vx"), "v.x"),
    (Word("a.b", repeats=True), "ab"),
    (Word("vx", homoglyphs=False), "ѵx"),
    (Word("全网第一", digits=False), "全网第1"),
    (Word("微信", separators=False), "微 信"),
    (Word("加微信", repeats=False), "加微微信"),
    (Word("加vx", boundary=True), "加vxabc"),
    (Word("微信"), "weixin wx"),
    (Word("微信", pinyin=True), "weixing卫星 wei"),
    (Word("微信", initials=True), "wxs w x"),
    (Word("加一", pinyin=True), "jia1 hao3"),  # a syllable with its tone
    (Word("一一", pinyin=True), "yi1"),
    (Word("2"), "½杯"),  # half a character is none: a hit must be a part of the text
    (Word("成元"), "㍻元年"),
    (Word("加平", separators=True), "加.㍻"),
]


@pytest.mark.parametrize(("means", "word", "text", "part"), SEEN, ids=[f"{row[0]}-{row[2]!a}" for row in SEEN])
def test_each_class_is_seen_through_at_the_right_place(means: str, word: Word, text: str, part: str) -> None:
    at = text.index(part)
    hits = WordFilter([word]).find(text)
    assert hits[0] == Hit(at, at + len(part), word, means)  # type: ignore[arg-type]


@pytest.mark.parametrize(("word", "text"), UNSEEN, ids=[f"{row[0].word}-{row[1]}" for row in UNSEEN])
def test_what_only_looks_like_the_word_is_none(word: Word, text: str) -> None:
    assert WordFilter([word]).find(text) == []


def test_every_claimed_class_has_an_example_here() -> None:
    assert {row[0] for row in SEEN} == {claim.name for claim in CLAIMS}


def test_a_mixed_word_is_found_with_the_account_behind_it() -> None:
    assert [hit.word.word for hit in WordFilter([Word("加vx")]).find("加vxabc123")] == ["加vx"]
    assert [hit.word.word for hit in WordFilter([Word("A货", boundary=False)]).find("USA货")] == ["A货"]


def test_classes_may_be_combined() -> None:
    words = WordFilter([Word("加微信号")])
    assert [(hit.start, hit.end) for hit in words.find("加.\u200b微微\u20dd 徵 信號")] == []
    assert [(hit.start, hit.end) for hit in words.find("加.\u200b微微\u20dd 信 號！")] == [(0, 10)]


def test_an_allowed_phrase_unlocks_what_it_covers_and_nothing_longer() -> None:
    words = WordFilter([Word("微信"), Word("微信支付宝")], ["微信支付"])
    assert words.find("可以加微信支付吗") == []
    assert words.find("可以用微信支付嗎") == []
    assert [hit.word.word for hit in words.find("微信支付宝")] == ["微信支付宝"]
    assert [hit.word.word for hit in words.find("微信")] == ["微信"]
    assert [hit.word.word for hit in words.find("加微信吗，微信支付")] == ["微信"]


def test_a_chinese_numeral_is_no_tone() -> None:
    hits = WordFilter([Word("一一", pinyin=True)]).find("YI.YI一一")
    assert [(hit.start, hit.end) for hit in hits] == [(0, 5), (3, 6), (5, 7)]


def test_an_allowed_part_of_a_character_unlocks_nothing() -> None:
    assert [hit.word.word for hit in WordFilter([Word("平成")], ["成"]).find("㍻")] == ["平成"]


def test_one_word_in_another_are_two_hits_and_none_comes_twice() -> None:
    long, short = Word("加微信"), Word("微信", aliases=("微信",), pinyin=True)
    assert WordFilter([long, short]).find("加微信") == [Hit(0, 3, long), Hit(1, 3, short)]


def test_contacts_are_hits_with_a_rule_of_their_own_and_the_allow_list_holds_for_them() -> None:
    contacts = Contacts(phone=ContactRule("mask", "review"))
    words = WordFilter([], ["客服热线400-800-8000"], contacts=contacts)
    phone = Word("phone", "mask", "review", "contact")
    assert words.find("电话13800138000，邮箱a@b.com") == [Hit(2, 13, phone, "contact")]
    assert words.find("客服热线400-800-8000") == []


def test_an_empty_list_finds_nothing() -> None:
    assert WordFilter().find("加微信13800138000") == []


@pytest.mark.parametrize("word", ["\u200b", "", "*", "***", "＊", "\u0301"])
def test_a_word_with_nothing_to_match_is_left_out(word: str) -> None:
    assert WordFilter([Word(word), Word("甲")]).find(f"*{word}*") == []


LETTERS = "甲乙丙妈a1A１一.，-Ⅷ\u200b"
PHRASES = st.lists(st.text("甲乙妈a1一.", min_size=1, max_size=3), max_size=4, unique=True)
TEXTS = st.text(LETTERS, max_size=14)


def naive(words: list[str], text: str) -> set[tuple[int, int]]:
    """Strictly: every place of the folded text where a folded word stands that begins and ends with a character."""
    folded, places = PLAIN.fold(text), PLAIN.places(text)
    return {
        (places[at], places[at + len(plain) - 1] + 1)
        for plain in map(fold, words)
        for at in range(len(folded))
        if folded.startswith(plain, at)
        and (at == 0 or places[at - 1] != places[at])
        and (at + len(plain) == len(places) or places[at + len(plain) - 1] != places[at + len(plain)])
    }


STRICT: dict[str, Any] = {"separators": False, "repeats": False, "boundary": False, "digits": True, "homoglyphs": False}


@given(PHRASES, TEXTS)
def test_without_options_it_finds_what_the_naive_oracle_finds(words: list[str], text: str) -> None:
    found = WordFilter([Word(word, **STRICT) for word in words]).find(text)
    assert {(hit.start, hit.end) for hit in found} == naive(words, text)


@given(PHRASES, TEXTS)
def test_with_every_option_it_finds_all_that_and_only_hits_that_squeeze_to_a_word(words: list[str], text: str) -> None:
    options = {"boundary": False, "digits": True, "separators": True, "repeats": True}
    found = WordFilter([Word(word, **options) for word in words]).find(text)
    assert {(hit.start, hit.end) for hit in found} >= naive([word for word in words if "." not in word], text)
    for hit in found:
        squeezed, listed = (
            [a for a, b in pairwise(f"{''.join(filter(str.isalnum, fold(part)))}\0") if a != b or a.isdecimal()]
            for part in (text[hit.start : hit.end], hit.word.word)
        )
        assert squeezed == listed or not squeezed


@given(PHRASES, PHRASES, TEXTS)
def test_allowed_phrases_take_away_what_they_cover_and_nothing_else(
    words: list[str], allow: list[str], text: str
) -> None:
    listed = [Word(word) for word in words]
    spans = naive(allow, text)
    wanted = [
        hit
        for hit in WordFilter(listed).find(text)
        if not any(start <= hit.start and hit.end <= end for start, end in spans)
    ]
    assert WordFilter(listed, allow).find(text) == wanted


@given(PHRASES, PHRASES, TEXTS)
def test_more_words_never_take_a_hit_away(some: list[str], more: list[str], text: str) -> None:
    few = WordFilter([Word(word) for word in some]).find(text)
    many = WordFilter([Word(word) for word in [*some, *more]]).find(text)
    assert set(few) <= set(many)


@given(PHRASES.flatmap(lambda words: st.tuples(st.just(words), st.permutations(words))), PHRASES, TEXTS)
def test_the_order_of_the_list_makes_no_difference(
    orders: tuple[list[str], list[str]], allow: list[str], text: str
) -> None:
    one, other = (WordFilter([Word(word) for word in words], allow) for words in orders)
    assert one.find(text) == other.find(text)


ANY = st.text(st.characters() | st.sampled_from("微信女一陸ǚvＡⅧ.*\u200b\u0301"), min_size=1, max_size=6)


@settings(deadline=None)
@given(ANY, st.text(st.sampled_from("中，。 "), max_size=3), st.booleans())
def test_whatever_can_be_listed_is_found_in_every_spelling(word: str, around: str, sounded: bool) -> None:
    listed = Word(word, pinyin=sounded, initials=sounded, aliases=(word + "甲",))
    assume(fault_of_text(word) == "")
    hits = WordFilter([listed]).find(f"{around}{word}{around}")
    assert listed in [hit.word for hit in hits]
    assert WordFilter([listed]).find(f"{around}{word}甲")

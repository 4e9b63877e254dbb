"""Every claimed class of evasion, on every word it is claimed for: seen, at its place, and nothing of it left."""

from collections.abc import Callable
from random import Random

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin

from fixtures.words import words
from reference_service.filtering import judging
from reference_service.filtering.claims import CLAIMS, NOT_CLAIMED
from reference_service.filtering.folding import IGNORED, fold
from reference_service.filtering.lookalikes import LATIN
from reference_service.filtering.sounds import is_chinese
from reference_service.filtering.squeezing import BETWEEN
from reference_service.filtering.words import Word, WordFilter

TRADITIONAL = opencc.OpenCC("s2t").convert
LISTED = (*words(), "全网第1", "微信", "12315", "美女", "一对一")
FILTER = WordFilter([Word(word, **({"pinyin": True, "initials": True} if is_chinese(word) else {})) for word in LISTED])
INVISIBLE = sorted(character for character in IGNORED if character < "\U000e0000")
MARKS = "\u0301\u0336\u20dd\u20e0\u0483\u1ab0\u3099"
BETWEENS = " \t\u3000.-_~*/|·•+=#@&^%$()[]{}<>“”「」★☆✨😀❤🔥\u2800\x00\ue000丨"
DIGITS = [
    "０零〇⓪⓿",
    "１一壹①⑴⒈❶➀➊⓵𝟏¹",
    "２二贰②❷➋",
    "３三叁③❸➌",
    "４四肆④❹➃",
    "５五伍⑤❺⑸",
    "６六陆⑥❻",
    "７七柒⑦❼",
    "８八捌⑧❽",
    "９九玖⑨❾",
]
ALIKE = {letter: [character for character, like in LATIN.items() if like == letter] for letter in LATIN.values()}
Evasion = Callable[[str, Random], str]


def each(word: str, of: Callable[[str], str]) -> str:
    return "".join(map(of, word))


def wide(character: str) -> str:
    return chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character


def digits(word: str, rng: Random) -> str:
    other = {digit: forms for forms in DIGITS for digit in (*forms, str(DIGITS.index(forms)))}
    return each(word, lambda c: rng.choice(other.get(c, c)))


def joined(word: str, between: Callable[[], str]) -> str:
    return "".join(character + between() for character in word[:-1]) + word[-1]


def in_pinyin(word: str, rng: Random) -> str:
    style, between = rng.choice([(Style.NORMAL, ""), (Style.NORMAL, " "), (Style.TONE, "-"), (Style.TONE3, " ")])
    spoken = between.join(lazy_pinyin(word, style=style))
    return rng.choice((spoken, spoken.upper(), half_in_pinyin(word, rng)))


def half_in_pinyin(word: str, rng: Random) -> str:
    han = [at for at, character in enumerate(word) if is_chinese(character)]
    left = rng.choice(han) if len(han) <= 3 else -1
    spoken = lazy_pinyin(word, errors=list)
    return "".join(character if at == left else spoken[at] for at, character in enumerate(word))


SEEN: dict[str, Evasion] = {
    "plain": lambda word, _: word,
    "case": lambda word, rng: each(word, lambda c: rng.choice((c.lower(), c.upper()))),
    "width": lambda word, _: each(word, wide),
    "invisible": lambda word, rng: joined(word, lambda: "".join(rng.choices(INVISIBLE, k=rng.randrange(1, 6)))),
    "marks": lambda word, rng: each(word, lambda c: c + "".join(rng.choices(MARKS, k=rng.randrange(1, 4)))),
    "traditional": lambda word, _: each(word, lambda c: t if len(t := TRADITIONAL(c)) == 1 else c),
    "digits": digits,
    "homoglyph": lambda word, rng: each(word, lambda c: rng.choice(ALIKE.get(c.lower(), c))),
    "separators": lambda word, rng: joined(word, lambda: "".join(rng.choices(BETWEENS, k=rng.randrange(BETWEEN + 1)))),
    "repeats": lambda word, rng: each(word, lambda c: c * (1 if fold(c).isdecimal() else rng.choice((1, 2, 3, 7)))),
    "pinyin": in_pinyin,
    "initials": lambda word, _: "".join(lazy_pinyin(word, style=Style.FIRST_LETTER)),
}
UNSEEN: dict[str, Evasion] = {
    "homophone": lambda word, _: word.replace("微信", "威心").replace("好", "郝"),
    "look_alike_chinese": lambda word, _: word.replace("微", "徽").replace("好", "奸"),
    "split_characters": lambda word, _: word.replace("信", "亻言").replace("好", "女子"),
    "letters_between": lambda word, _: joined(word, lambda: "x"),
    "reversed": lambda word, _: word[::-1],
    "vertical": lambda word, _: "\n".join(f"{character}我" for character in word),
    "entities": lambda word, _: each(word, lambda c: f"&#{ord(c)};"),
}


def applies(means: str, word: str) -> bool:
    solid = is_chinese(word) and len(word) > 1 and word.isalnum()
    claim = next(claim for claim in CLAIMS if claim.name == means)
    asked = is_chinese(word) and len(word) > 1
    return {"every": True, "chinese": solid, "latin": word.upper() != word.lower(), "asked": asked}[claim.words]


def test_every_claimed_class_is_tried() -> None:
    assert {claim.name for claim in CLAIMS} == {*SEEN, "alias"}  # aliases stand in test_words.py
    assert {claim.name for claim in NOT_CLAIMED} >= {*UNSEEN}


@pytest.mark.parametrize("means", SEEN)
def test_each_word_is_seen_in_each_class_and_nothing_listed_is_left(means: str) -> None:
    changed = 0
    for word in filter(lambda word: applies(means, word), LISTED):
        for seed in range(12):
            hidden = SEEN[means](word, Random(f"{word}{seed}"))
            changed += hidden != word
            assert_seen(word, hidden)
    assert changed or means == "plain"


def assert_seen(word: str, hidden: str) -> None:
    text = f"亲，{hidden}哦"
    assert word in [hit.word.word for hit in FILTER.find(text)], text
    masked = judging.check(FILTER, text, "to_agent").text
    assert masked is not None
    assert FILTER.find(masked) == [], (text, masked)
    assert (len(masked), masked[:2], masked[-1]) == (len(text), "亲，", "哦")


PILED = ("separators", "invisible", "marks", "traditional", "digits", "case", "homoglyph", "width")


@settings(deadline=None)
@given(st.sampled_from(LISTED), st.sets(st.sampled_from(PILED)), st.randoms())
def test_classes_may_be_piled_up(word: str, means: set[str], rng: Random) -> None:
    """Separators first: the others put none between two characters."""
    hidden = word
    for one in PILED:
        if one in means and applies(one, word):
            hidden = SEEN[one](hidden, rng)
    assert_seen(word, hidden)


@pytest.mark.parametrize("means", UNSEEN)
def test_what_is_not_claimed_is_not_seen(means: str) -> None:
    """If it is one day, it can be claimed."""
    assert FILTER.find(UNSEEN[means]("微信好评返现", Random(1))) == []

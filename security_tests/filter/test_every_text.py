"""No text makes an error, and none takes more than its share of time (FILTER-4)."""

import asyncio
import json
from itertools import cycle
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from security_tests.filter.corpus import ALLOW, LIST
from security_tests.filter.door import Door
from security_tests.filter.measuring import Tally
from security_tests.profiles import often
from targets.interface import FilterVerdict, WordRule

NASTY: Final = (
    "\x00", "\x1b[31m", "\r\n", "\u202e", "\u2066", "\ud800", "\udfff", "\udbff\udc00", "\U0010ffff", "\ufffe",
    "\ufffd", "İ", "ß", "ﷺ", "ﬃ", "㍿", "㋿", "𝟏", "\u0300" * 40, "👩\u200d🚀", "🇨🇳", "e\u0301", "\u1160", "&#0;",
    "%00", "${x}", "{{7*7}}", "<b>", "微信", "微\u200b信", "wei1 xin4", "加v", "*", "\\", '"', "'", "\u2028", "\x7f",
    "ſ", "\u212a", "ꭰ", "𠀀", "丨",
)  # fmt: skip
ODD: Final = st.lists(st.one_of(st.sampled_from(NASTY), st.text(st.characters(), max_size=4)), max_size=12).map("".join)
LENGTHS: Final = (500, 4000)
LETTERS: Final = 8_000  # of a question, in texts of one length: the way to the filter and back weighs alike
ROUNDS: Final = 6
QUESTIONS: Final = 15
MOST: Final = 3.0  # times as long for the same letters in texts eight times as long; what is quadratic takes 8 times
SHAPES: Final = {  # what an automaton, a squeezer, a masker and an allow list might stumble over
    "letters of a word": "微",
    "a word's beginnings": "好评返",
    "words": "微信",
    "words and separators": "微.信 ",
    "separators": ". -_",
    "invisible characters": "\u200b\u0301",
    "digits": "1",
    "words in allowed phrases": "微信支付",
    "pinyin": "weixi",
    "clean talk": "请问这件还有货吗，什么时候发？",
}


@pytest.mark.promise("FILTER-4")
@often
@given(texts=st.lists(ODD, min_size=1, max_size=5))
async def test_no_text_makes_an_error(door: Door, relation: Tally, texts: list[str]) -> None:
    """Each is judged, or refused with a reason where it is no Unicode text (half a surrogate pair)."""
    if not door.contract:
        pytest.skip("not offered: contract")
    await _listed(door)

    async def wrong(text: str) -> str:
        body = json.dumps({"texts": [text], "direction": "to_agent"}).encode()  # \ud800 is written as such
        status, answer = await door.raw(body)
        halves = any(0xD800 <= ord(character) < 0xE000 for character in text)
        if status != 200:
            return "" if halves and 400 <= status < 500 else f"{text!r} was answered {status}: {answer[:200]!r}"
        told = json.loads(answer)["results"][0]
        kept = told["text"] is not None and len(told["text"]) == len(text)
        return "" if kept or halves else f"{text!r} became {told}"

    relation.look([await wrong(text) for text in texts])


async def _listed(door: Door) -> None:
    """The corpus' list, put there once a door."""
    if not getattr(door, "listed", False):
        await door.put(LIST, ALLOW)
        door.listed = True  # type: ignore[attr-defined]


@pytest.mark.promise("FILTER-4")
@pytest.mark.parametrize("shape", SHAPES)
async def test_the_time_grows_as_the_text_does(door: Door, relation: Tally, shape: str) -> None:
    """As many letters take as long in long texts as in short ones. The fastest of at most ROUNDS looks counts:
    what is slow by itself stays slow.
    """
    await door.put(LIST, ALLOW)
    texts = SHAPES[shape] * (max(LENGTHS) + LETTERS // min(LENGTHS))
    short, long = ([texts[at : at + length] for at in range(LETTERS // length)] for length in LENGTHS)
    best = dict.fromkeys(LENGTHS, float("inf"))
    for _ in range(ROUNDS):
        for length, question in zip(LENGTHS, (short, long), strict=True):
            began = door.now()
            await door.check(question, "agent")
            best[length] = min(best[length], door.now() - began)
        quick, slow = best.values()
        if slow <= MOST * quick:
            break
    told = ", ".join(f"in texts of {length} {seconds * 1000:.1f} ms" for length, seconds in best.items())
    relation.look(["" if slow <= MOST * quick else f"{shape}: {LETTERS} letters took {told}"])


@pytest.mark.promise("FILTER-4")
async def test_whoever_asks_during_a_reload_is_answered_by_one_list_alone(door: Door, relation: Tally) -> None:
    """Two lists take turns while many ask: every answer is wholly that of the one or of the other."""
    texts = [f"{word}在这里{number}" for number in range(40) for word in ("甲乙", "丙丁")]
    one, other = [WordRule("甲乙")], [WordRule("丙丁")]
    wanted = []
    for listed in (one, other):
        await door.put(listed)
        wanted.append(_seen(await door.check(texts)))
    got: list[list[tuple[str, int]]] = []

    async def asking() -> None:
        for _ in range(QUESTIONS):
            got.append(_seen(await door.check(texts)))
            await asyncio.sleep(0)  # in this process nothing else would get its turn

    askers = asyncio.gather(*(asking() for _ in range(4)))
    turns = cycle((one, other))
    while not askers.done():
        await door.put(next(turns))
        await asyncio.sleep(0)
    await askers
    relation.look(["" if each in wanted else f"neither the one list nor the other: {each[:4]} …" for each in got])
    assert len({wanted.index(each) for each in got}) == 2, "no reload fell among the questions"


def _seen(told: list[FilterVerdict]) -> list[tuple[str, int]]:
    return [(each.action, len(each.hits)) for each in told]

"""A sentence's verdict is the same however its word is written: in every claimed class, also two at once."""

from random import Random
from typing import Any, Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fixtures.corpus import FORBIDDEN, RULES
from fixtures.evasions.catalogue import CATALOGUE
from security_tests.filter.corpus import ALLOW, LIST, covers
from security_tests.filter.door import Door
from security_tests.filter.measuring import Tally
from security_tests.profiles import often
from targets.interface import FilterVerdict

RULE: Final = {rule.word: rule for rule in RULES}
# First the characters in another form, then something between them: not the other way round.
FORMS: Final = ("case", "full_width", "fancy_letters", "traditional", "homoglyphs", "circled_digits", "formal_digits")
BETWEEN: Final = ("ignorables", "marks", "spaces", "signs", "emoji_between")
BY_NAME: Final = {evasion.name: evasion for evasion in CATALOGUE}
SAMPLE: Final = 8


def _one(word: str, names: tuple[str, ...], seed: int) -> str:
    """The word in all of these disguises, one over the other."""
    hidden = word
    for name in names:
        hidden = BY_NAME[name].hide(hidden, Random(seed))
    return hidden


@pytest.mark.promise("FILTER-1", "FILTER-3")
@often
@given(data=st.data())
async def test_a_sentence_is_judged_alike_however_its_word_is_written(door: Door, relation: Tally, data: Any) -> None:
    """Blocked on its way to a customer for that word, at its place; on its way to an agent no part of it is left."""
    claims = await door.claims()
    await door.put(LIST, ALLOW)
    rows = data.draw(st.lists(st.sampled_from(FORBIDDEN), min_size=SAMPLE, max_size=SAMPLE), "sentences")
    form, between = data.draw(st.sampled_from(FORMS), "form"), data.draw(st.sampled_from(BETWEEN), "between")
    seed = data.draw(st.integers(0, 999), "seed")
    cases = []
    for row in rows:
        names = tuple(
            name
            for name in (form, between)
            if covers(claims, BY_NAME[name].claim, RULE[row.word]) and BY_NAME[name].applies(row.word)
        )
        hidden = _one(row.word, names, seed)
        if row.word not in hidden:
            before, _, after = row.text.partition(row.word)
            cases.append((row.word, hidden, before, before + hidden + after))
    assume(cases)
    texts = [text for *_, text in cases]
    blocked, masked = await door.check(texts), await door.check(texts, "agent")
    relation.look([_wrong(*each) for each in zip(cases, blocked, masked, strict=True)])


def _wrong(case: tuple[str, str, str, str], blocked: FilterVerdict, masked: FilterVerdict) -> str:
    word, hidden, before, text = case
    start, end = len(before), len(before) + len(hidden)
    places = [(hit.start, hit.end) for hit in blocked.hits if hit.word == word]
    if blocked.action != "block" or not any(start <= left and right <= end for left, right in places):
        return f"{word!r} written {hidden!r} in {text!r}: {blocked}"
    seen = masked.text or ""
    if len(seen) != len(text) or not set(seen[start:end]) & {"*"}:
        return f"{text!r} became {seen!r} on its way to an agent"
    return ""

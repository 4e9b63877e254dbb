"""Relations about what is found: every word that stands there, nothing that does not, whatever else is listed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from security_tests.filter.door import Door, Listed, put_or_reject
from security_tests.filter.measuring import Tally
from security_tests.filter.reading import reads_as, stands
from security_tests.filter.strategies import BESIDE, TEXTS, Case, cases, foreign, words
from security_tests.profiles import often
from targets.interface import FilterVerdict

RANK = {"pass": 0, "review": 1, "mask": 2, "block": 3}
BETWEEN = "。今呢。"  # no filter sees a word across this


def _covered(verdict: FilterVerdict) -> set[int]:
    return {at for hit in verdict.hits for at in range(hit.start, hit.end)}


@pytest.mark.promise("FILTER-1")
@often
@given(case=cases())
async def test_every_word_that_stands_there_is_found(door: Door, relation: Tally, case: Case) -> None:
    await put_or_reject(door, case.words)

    def wrong(text: str, verdict: FilterVerdict) -> str:
        for listed in case.words:
            for start, end in stands(listed.word, text):
                if not any(hit.start <= start and end <= hit.end for hit in verdict.hits if hit.word == listed.word):
                    return f"{listed.word!r} stands at {start} of {text!r}: {verdict}"
        return ""

    relation.look([wrong(*pair) for pair in zip(case.texts, await door.check(case.texts), strict=True)])


@pytest.mark.promise("FILTER-2")
@often
@given(case=cases())
async def test_every_hit_reads_as_its_word(door: Door, relation: Tally, case: Case) -> None:
    await put_or_reject(door, case.words)
    listed = {each.word: each for each in case.words}

    def wrong(text: str, verdict: FilterVerdict) -> str:
        for hit in verdict.hits:
            if not 0 <= hit.start < hit.end <= len(text):
                return f"{hit} lies outside of {text!r}"
            if hit.word not in listed or not reads_as(text[hit.start : hit.end], listed[hit.word]):
                return f"{text[hit.start : hit.end]!r} of {text!r} was taken for {hit.word!r}"
        return "" if bool(verdict.hits) == (verdict.action != "pass") else f"{verdict.action} of {text!r} without a hit"

    relation.look([wrong(*pair) for pair in zip(case.texts, await door.check(case.texts), strict=True)])


@pytest.mark.promise("FILTER-2")
@often
@given(data=st.data())
async def test_a_text_without_a_letter_of_any_word_passes_as_it_is(door: Door, relation: Tally, data: Any) -> None:
    listed = data.draw(words(), "words")
    texts = data.draw(st.lists(foreign(listed), min_size=TEXTS, max_size=TEXTS), "texts")
    await put_or_reject(door, listed)
    told = await door.check(texts)
    relation.look(
        [
            "" if verdict == FilterVerdict("pass", text, ()) else f"{text!r}: {verdict}"
            for text, verdict in zip(texts, told, strict=True)
        ]
    )


@pytest.mark.promise("FILTER-1")
@often
@given(case=cases(least=2))
async def test_more_words_never_let_more_pass(door: Door, relation: Tally, case: Case) -> None:
    await put_or_reject(door, case.words[:1])
    few = await door.check(case.texts)
    await put_or_reject(door, case.words)
    many = await door.check(case.texts)
    relation.look(
        [
            ""
            if _covered(before) <= _covered(after) and RANK[before.action] <= RANK[after.action]
            else f"{text!r}: {before} with {case.words[0].word!r} alone, {after} with more"
            for text, before, after in zip(case.texts, few, many, strict=True)
        ]
    )


@pytest.mark.promise("FILTER-2")
@often
@given(case=cases())
async def test_two_texts_beside_each_other_are_judged_as_each_by_itself(
    door: Door, relation: Tally, case: Case
) -> None:
    await put_or_reject(door, case.words)
    pairs = list(zip(case.texts, case.texts[1:] + case.texts[:1], strict=True))
    alone = await door.check(case.texts)
    joined = await door.check([left + BETWEEN + right for left, right in pairs])

    def wrong(at: int) -> str:
        left, right = pairs[at]
        moved = len(left) + len(BETWEEN)
        own, next_ = alone[at].hits, alone[(at + 1) % len(alone)].hits
        wanted = {*own, *(hit._replace(start=hit.start + moved, end=hit.end + moved) for hit in next_)}
        got = set(joined[at].hits)
        return "" if got == wanted else f"{left!r} and {right!r}: together {got ^ wanted} differ"

    relation.look([wrong(at) for at in range(len(pairs))])


@pytest.mark.promise("FILTER-4")
@often
@given(case=cases(least=2), seed=st.randoms(use_true_random=False))
async def test_the_order_of_the_list_changes_nothing(door: Door, relation: Tally, case: Case, seed: Any) -> None:
    other = list(case.words)
    seed.shuffle(other)
    await put_or_reject(door, case.words)
    one = await door.check(case.texts, "agent")
    await put_or_reject(door, other)
    two = await door.check(case.texts, "agent")
    relation.look(_differences(case.texts, one, two))


@pytest.mark.promise("FILTER-4")
@often
@given(case=cases(least=2))
async def test_a_word_listed_and_taken_off_again_leaves_no_trace(door: Door, relation: Tally, case: Case) -> None:
    await put_or_reject(door, case.words[1:])
    before = await door.check(case.texts, "agent")
    await put_or_reject(door, case.words)
    await put_or_reject(door, case.words[1:])
    relation.look(_differences(case.texts, before, await door.check(case.texts, "agent")))


def _differences(texts: tuple[str, ...], one: list[FilterVerdict], two: list[FilterVerdict]) -> list[str]:
    return [
        "" if (a.action, a.text, {*a.hits}) == (b.action, b.text, {*b.hits}) else f"{text!r}: {a}, then {b}"
        for text, a, b in zip(texts, one, two, strict=True)
    ]


@pytest.mark.promise("FILTER-2")
@often
@given(data=st.data())
async def test_an_allowed_phrase_unlocks_itself_and_nothing_longer(door: Door, relation: Tally, data: Any) -> None:
    """With 微信 listed and 微信支付 allowed: 微信支付 is clean, 微信 is not, nor is 微信支付宝 where it is listed."""
    word = data.draw(st.text("甲乙丙", min_size=2, max_size=3), "word")
    before = data.draw(st.text(BESIDE, max_size=2), "before")
    after = data.draw(st.text(BESIDE, min_size=1, max_size=2), "after")
    phrase, longer, beyond = before + word + after, before + word + after + "宝", word[-1:] + after
    await put_or_reject(door, [Listed(word), Listed(longer)], [phrase, beyond])
    texts = [phrase, word, f"{phrase}，{word}", longer, f"好{phrase}吧", word + after]
    told = await door.check(texts)
    seen = [(each.action, {(hit.start, hit.word) for hit in each.hits}) for each in told]
    second = len(phrase) + 1
    wanted = [
        ("pass", set()),
        ("block", {(0, word)}),
        ("block", {(second, word)}),
        ("block", {(0, longer)}),
        ("pass", set()),
        ("block", {(0, word)}) if before else ("pass", set()),
    ]
    pairs = zip(texts, seen, wanted, strict=True)
    relation.look(["" if got == due else f"{text!r}: {got}, due {due}" for text, got, due in pairs])

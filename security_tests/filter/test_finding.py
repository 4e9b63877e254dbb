"""Relations about what is found: every word that stands there, nothing that does not, whatever else is listed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from security_tests.filter.door import Door, put_or_reject
from security_tests.filter.measuring import Tally
from security_tests.filter.reading import reads_as, stands
from security_tests.filter.strategies import BESIDE, TEXTS, Case, cases, foreign, words
from security_tests.profiles import often
from targets.interface import FilterVerdict, Verdict, WordRule

RANK: dict[Verdict, int] = {"pass": 0, "review": 1, "mask": 2, "block": 3}
MASK = "*"
BETWEEN = "。今呢。"  # no filter sees a word across this


def _covered(verdict: FilterVerdict) -> set[int]:
    return {at for hit in verdict.hits for at in range(hit.start, hit.end)}


@pytest.mark.promise("FILTER-1")
@often
@given(case=cases())
async def test_every_word_that_stands_there_is_found(door: Door, relation: Tally, case: Case) -> None:
    await put_or_reject(door, case.words)

    def wrong(text: str, verdict: FilterVerdict) -> str | None:
        places = [(each.word, *place) for each in case.words for place in stands(each.word, text)]
        for word, start, end in places:
            if not any(hit.start <= start and end <= hit.end for hit in verdict.hits if hit.word == word):
                return f"{word!r} stands at {start} of {text!r}: {verdict}"
        return "" if places else None

    relation.look([wrong(*pair) for pair in zip(case.texts, await door.check(case.texts), strict=True)])


@pytest.mark.promise("FILTER-2")
@often
@given(case=cases())
async def test_every_hit_reads_as_its_word(door: Door, relation: Tally, case: Case) -> None:
    await put_or_reject(door, case.words)
    listed = {each.word: each for each in case.words}

    def wrong(text: str, verdict: FilterVerdict) -> str | None:
        for hit in verdict.hits:
            if not 0 <= hit.start < hit.end <= len(text):
                return f"{hit} lies outside of {text!r}"
            if hit.word not in listed or not reads_as(text[hit.start : hit.end], listed[hit.word]):
                return f"{text[hit.start : hit.end]!r} of {text!r} was taken for {hit.word!r}"
        if not verdict.hits:
            return None if verdict.action == "pass" else f"{verdict.action} of {text!r} without a hit"
        return f"{text!r} passes with {verdict.hits}" if verdict.action == "pass" else ""

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
            None
            if not before.hits
            else ""
            if _covered(before) <= _covered(after) and RANK[before.action] <= RANK[after.action]
            else f"{text!r}: {before} with {case.words[0].word!r} alone, {after} with more"
            for text, before, after in zip(case.texts, few, many, strict=True)
        ]
    )


@pytest.mark.promise("FILTER-1", "FILTER-2")
@often
@given(case=cases(least=2), rules=st.lists(st.sampled_from(list(RANK)), min_size=4, max_size=4))
async def test_the_strictest_rule_of_the_words_found_decides(
    door: Door, relation: Tally, case: Case, rules: list[Verdict]
) -> None:
    rule = dict(zip((each.word for each in case.words), rules, strict=False))
    await put_or_reject(door, [each._replace(to_customer=rule[each.word]) for each in case.words])

    def wrong(text: str, verdict: FilterVerdict) -> str | None:
        due = max((rule[hit.word] for hit in verdict.hits), key=RANK.__getitem__, default="pass")
        if verdict.action != due or (verdict.text is None) != (due == "block"):
            return f"{text!r} with {rule}: {verdict}"
        masked = [
            verdict.text[hit.start : hit.end] for hit in verdict.hits if verdict.text and rule[hit.word] == "mask"
        ]
        if "".join(masked).strip(MASK) or (due in ("pass", "review") and verdict.text != text):
            return f"{text!r} with {rule} became {verdict.text!r}"
        return "" if verdict.hits else None

    relation.look([wrong(*pair) for pair in zip(case.texts, await door.check(case.texts), strict=True)])


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

    def wrong(at: int) -> str | None:
        left, right = pairs[at]
        moved = len(left) + len(BETWEEN)
        own, next_ = alone[at].hits, alone[(at + 1) % len(alone)].hits
        wanted = {*own, *(hit._replace(start=hit.start + moved, end=hit.end + moved) for hit in next_)}
        got = set(joined[at].hits)
        if got == wanted:
            return "" if wanted else None
        return f"{left!r} and {right!r}: together {got ^ wanted} differ"

    relation.look([wrong(at) for at in range(len(pairs))])


@pytest.mark.promise("FILTER-4")
@often
@given(case=cases(least=2))
async def test_the_order_of_the_list_changes_nothing(door: Door, relation: Tally, case: Case) -> None:
    await put_or_reject(door, case.words)
    one = await door.check(case.texts, "agent")
    await put_or_reject(door, case.words[::-1])
    two = await door.check(case.texts, "agent")
    relation.look([_difference(*each) for each in zip(case.texts, one, two, strict=True)])


@pytest.mark.promise("FILTER-4")
@often
@given(case=cases(least=2))
async def test_a_word_listed_and_taken_off_again_leaves_no_trace(door: Door, relation: Tally, case: Case) -> None:
    await put_or_reject(door, case.words[1:])
    before = await door.check(case.texts, "agent")
    await put_or_reject(door, case.words)
    meanwhile = await door.check(case.texts, "agent")
    await put_or_reject(door, case.words[1:])
    after = await door.check(case.texts, "agent")
    left = [_difference(*each) for each in zip(case.texts, before, after, strict=True)]
    did = [_difference(*each) for each in zip(case.texts, before, meanwhile, strict=True)]
    relation.look([trace or ("" if once else None) for trace, once in zip(left, did, strict=True)])


def _difference(text: str, one: FilterVerdict, two: FilterVerdict) -> str | None:
    if (one.action, one.text, {*one.hits}) != (two.action, two.text, {*two.hits}):
        return f"{text!r}: {one}, then {two}"
    return "" if one.hits else None


@pytest.mark.promise("FILTER-2")
@often
@given(data=st.data())
async def test_an_allowed_phrase_unlocks_itself_and_nothing_longer(door: Door, relation: Tally, data: Any) -> None:
    """With 微信 listed and 微信支付 allowed: 微信支付 is clean, 微信 is not, nor is 微信支付宝 where it is listed."""
    word = data.draw(st.text("甲乙丙", min_size=2, max_size=3), "word")
    before = data.draw(st.text(BESIDE, max_size=2), "before")
    after = data.draw(st.text(BESIDE, min_size=1, max_size=2), "after")
    phrase, longer, beyond = before + word + after, before + word + after + "宝", word[-1:] + after
    await put_or_reject(door, [WordRule(word), WordRule(longer)], [phrase, beyond])
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

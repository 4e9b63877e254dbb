"""Relations about masks: length and offsets stay, every hit is covered, nothing listed is left, once is enough."""

import pytest
from hypothesis import given

from security_tests.filter.door import Door, put_or_reject
from security_tests.filter.measuring import Tally
from security_tests.filter.reading import letters_of, skeleton, stands
from security_tests.filter.strategies import CHINESE, Case, cases
from security_tests.profiles import often
from targets.interface import FilterVerdict

MASK = "*"


async def _masked(door: Door, case: Case) -> list[tuple[str, FilterVerdict, str]]:
    """Text, verdict, and what the other side would see, of each text on its way to an agent."""
    await put_or_reject(door, case.words)
    told = await door.check(case.texts, "agent")
    return [(text, each, each.text or "") for text, each in zip(case.texts, told, strict=True)]


@pytest.mark.promise("FILTER-3")
@often
@given(case=cases())
async def test_a_mask_keeps_length_and_offsets_and_covers_every_hit(door: Door, relation: Tally, case: Case) -> None:
    def wrong(text: str, verdict: FilterVerdict, seen: str) -> str | None:
        if verdict.action not in ("pass", "mask") or len(seen) != len(text):
            return f"{text!r} became {seen!r} ({verdict.action})"
        if any(new not in (old, MASK) for old, new in zip(text, seen, strict=True)):
            return f"{text!r} became {seen!r}: more than masked"
        open_ = [hit for hit in verdict.hits if set(seen[hit.start : hit.end]) != {MASK}]
        if open_:
            return f"{text!r} became {seen!r}: {open_} are not covered"
        return "" if verdict.hits else None

    relation.look([wrong(*each) for each in await _masked(door, case)])


@pytest.mark.promise("FILTER-3")
@often
@given(case=cases(most=1, letters=CHINESE))  # a Latin letter that is covered may lay the next word open
async def test_a_mask_covers_no_letter_of_another_word(door: Door, relation: Tally, case: Case) -> None:
    def wrong(text: str, verdict: FilterVerdict, seen: str) -> str | None:
        inside = {at for hit in verdict.hits for at in range(hit.start, hit.end)}
        own = letters_of(case.words[0])  # written more often than listed, it may be covered more often
        over = {old for at, (old, new) in enumerate(zip(text, seen, strict=True)) if old != new and at not in inside}
        if set(skeleton("".join(over))) - own:
            return f"{text!r} became {seen!r} for {verdict.hits}"
        return "" if verdict.hits else None

    relation.look([wrong(*each) for each in await _masked(door, case)])


@pytest.mark.promise("FILTER-3")
@often
@given(case=cases())
async def test_no_listed_word_survives_a_mask(door: Door, relation: Tally, case: Case) -> None:
    def wrong(text: str, seen: str) -> str | None:
        left = [listed.word for listed in case.words if stands(listed.word, seen)]
        if left:
            return f"{text!r} became {seen!r}, in which {left} can be read"
        return "" if seen != text else None

    relation.look([wrong(text, seen) for text, _, seen in await _masked(door, case)])


@pytest.mark.promise("FILTER-3")
@often
@given(case=cases())
async def test_what_was_masked_passes_as_it_is(door: Door, relation: Tally, case: Case) -> None:
    masked = [seen for _, _, seen in await _masked(door, case)]
    again = await door.check(masked, "agent")
    relation.look(
        [
            None
            if seen == text
            else ""
            if verdict == FilterVerdict("pass", seen, ())
            else f"{text!r} became {seen!r}, and that {verdict}"
            for text, seen, verdict in zip(case.texts, masked, again, strict=True)
        ]
    )

"""Forbidden sentences are caught, clean ones are not; each class of evasion by itself, each category by itself."""

import pytest

from fixtures.corpus import CLEAN, DISGUISED, FORBIDDEN, RULES
from fixtures.evasions.catalogue import CATALOGUE, SPLIT_MESSAGES, Evasion
from reports.filter_figures import CleanTalk, Recall
from security_tests.filter.corpus import ALLOW, LIST, covers, hidden
from security_tests.filter.door import Door, Refused
from security_tests.filter.measuring import Measured
from targets.interface import FilterVerdict

RULE = {rule.word: rule for rule in RULES}
WILD = tuple(dict.fromkeys(row.evasion for row in DISGUISED))


def _names(verdict: FilterVerdict, word: str) -> bool:
    return verdict.action == "block" and word in {hit.word for hit in verdict.hits}


@pytest.mark.promise("FILTER-1")
@pytest.mark.parametrize("category", dict.fromkeys(row.category for row in FORBIDDEN))
async def test_forbidden_talk_is_blocked_for_the_word_that_stands_in_it(door: Door, category: str) -> None:
    await door.put(LIST, ALLOW)
    rows = [row for row in FORBIDDEN if row.category == category]
    told = await door.check([row.text for row in rows])
    missed = [(row.word, row.text) for row, verdict in zip(rows, told, strict=True) if not _names(verdict, row.word)]
    assert not missed, f"the listed word was not found: {missed}"


@pytest.mark.promise("FILTER-2")
@pytest.mark.parametrize("category", dict.fromkeys(row.category for row in CLEAN))
async def test_clean_talk_passes_as_it_is(door: Door, category: str, measured: Measured) -> None:
    """Numbers of orders, prices and sizes are no contacts either, where a target looks for those."""
    try:
        await door.put(LIST, ALLOW, contacts=True)
    except Refused:
        await door.put(LIST, ALLOW)
    texts = [row.text for row in CLEAN if row.category == category]
    told = await door.check(texts)
    wrong = [
        (text, verdict.action, [hit.word for hit in verdict.hits])
        for text, verdict in zip(texts, told, strict=True)
        if verdict != FilterVerdict("pass", text, ())
    ]
    if door.name == "over the network":
        measured.clean.append(CleanTalk(category, len(texts), len(wrong)))
    assert not wrong, f"clean talk was taken for something else: {wrong}"


@pytest.mark.promise("FILTER-1")
@pytest.mark.parametrize("evasion", CATALOGUE, ids=[evasion.name for evasion in CATALOGUE])
async def test_a_listed_word_is_found_in_disguise(door: Door, evasion: Evasion, measured: Measured) -> None:
    """A class that the target claims for a word must be seen through; any other is measured, and no failure."""
    await door.put(LIST, ALLOW)
    claims = await door.claims()
    tried = [(rule, text) for rule in RULES for text in hidden(rule, evasion)]
    told = await door.check([f"亲，{text}哦" for _, text in tried], "customer")
    found = [_names(verdict, rule.word) for (rule, _), verdict in zip(tried, told, strict=True)]
    due = [covers(claims, evasion.claim, rule) for rule, _ in tried]
    if door.name == "over the network":
        for claimed in sorted(set(due), reverse=True):
            caught = [yes for yes, expected in zip(found, due, strict=True) if expected == claimed]
            measured.classes.append(Recall(evasion.name, claimed, len(caught), sum(caught)))
    missed = [(rule.word, text) for (rule, text), yes, must in zip(tried, found, due, strict=True) if must and not yes]
    assert not missed, f"{evasion.claim} is claimed, and these got through ({len(missed)} of {sum(due)}): {missed[:10]}"
    if not any(due):
        pytest.skip(f"not offered: the target claims no class {evasion.claim}; measured, not judged")


@pytest.mark.promise("FILTER-1")
async def test_every_class_that_is_claimed_is_tried(door: Door) -> None:
    tried = {evasion.claim for evasion in CATALOGUE} | {SPLIT_MESSAGES}
    if strange := sorted((await door.claims()).keys() - tried):
        pytest.skip(
            f"not offered: a way to hide a word as {', '.join(strange)}, which the target claims to see through"
        )


@pytest.mark.promise("FILTER-1")
@pytest.mark.parametrize("evasion", WILD)
async def test_words_are_found_as_people_disguise_them(door: Door, evasion: str, measured: Measured) -> None:
    await door.put(LIST, ALLOW)
    claims = await door.claims()
    rows = [row for row in DISGUISED if row.evasion == evasion]
    told = await door.check([row.text for row in rows])
    found = [_names(verdict, row.word) for row, verdict in zip(rows, told, strict=True)]
    due = [covers(claims, evasion, RULE[row.word]) for row in rows]
    if door.name == "over the network":
        measured.classes.append(Recall(f"wild: {evasion}", any(due), len(rows), sum(found)))
    missed = [(row.word, row.text) for row, yes, must in zip(rows, found, due, strict=True) if must and not yes]
    assert not missed, f"{evasion} is claimed, and these got through: {missed}"
    if not any(due):
        pytest.skip(f"not offered: the target claims no class {evasion}; measured, not judged")

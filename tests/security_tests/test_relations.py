"""Every relation holds for a plain filter of another make, and sees the bugs that it is there for."""

import asyncio
from collections.abc import Callable
from inspect import signature
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from security_tests.filter import test_every_text, test_finding, test_masking
from security_tests.filter.measuring import Tally
from tests.security_tests.plain_filter import BUGS, PlainFilter

pytestmark = pytest.mark.thorough

RELATIONS: dict[str, Callable[..., Any]] = {
    name.removeprefix("test_"): relation
    for module in (test_finding, test_masking, test_every_text)
    for name, relation in vars(module).items()
    if name.startswith("test_") and "shape" not in signature(relation).parameters
}
ENOUGH = settings(
    max_examples=50,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=tuple(HealthCheck),
)
SEEN_BY = {
    "misses the second word": "every_word_that_stands_there_is_found",
    "calls a hit by another word": "every_hit_reads_as_its_word",
    "takes a sign for a word": "a_text_without_a_letter_of_any_word_passes_as_it_is",
    "finds the longest only of many": "more_words_never_let_more_pass",
    "hears the sentence before": "two_texts_beside_each_other_are_judged_as_each_by_itself",
    "knows the first word only": "the_order_of_the_list_changes_nothing",
    "forgets nothing": "a_word_listed_and_taken_off_again_leaves_no_trace",
    "unlocks what touches": "an_allowed_phrase_unlocks_itself_and_nothing_longer",
    "masks one sign": "a_mask_keeps_length_and_offsets_and_covers_every_hit",
    "masks a neighbour": "a_mask_covers_no_letter_of_another_word",
    "masks the first of two": "no_listed_word_survives_a_mask",
    "marks its masks": "what_was_masked_passes_as_it_is",
    "asks the first word": "the_strictest_rule_of_the_words_found_decides",
    "fails on NUL": "no_text_makes_an_error",
    "mixes lists": "whoever_asks_during_a_reload_is_answered_by_one_list_alone",
}


def play(name: str, bug: str = "") -> Tally:
    """The relation against the filter, with enough examples to be sure."""
    relation, tally = RELATIONS[name], Tally()
    door = PlainFilter(bug)
    if not hasattr(relation, "hypothesis"):
        asyncio.run(relation(door=door, relation=tally))
        return tally
    own: Any = relation
    inner, kept = own.hypothesis.inner_test, own._hypothesis_internal_use_settings

    try:  # Hypothesis calls no coroutine: pytest-asyncio does the same for the suite
        with asyncio.Runner() as runner:
            own.hypothesis.inner_test = lambda **drawn: runner.run(inner(**drawn))
            own._hypothesis_internal_use_settings = ENOUGH
            own(door=door, relation=tally)
    finally:
        own.hypothesis.inner_test, own._hypothesis_internal_use_settings = inner, kept
    return tally


@pytest.mark.parametrize("name", RELATIONS)
def test_it_holds_for_a_filter_that_does_what_it_says(name: str) -> None:
    tally = play(name)
    assert (tally.broken, tally.examples > 30) == (0, True)


@pytest.mark.parametrize("bug", BUGS)
def test_it_sees_the_bug_that_it_is_there_for(bug: str) -> None:
    with pytest.raises((AssertionError, BaseExceptionGroup)):
        play(SEEN_BY[bug], bug)


def test_every_relation_has_a_bug_that_it_has_seen() -> None:
    assert sorted(SEEN_BY.values()) == sorted(RELATIONS)
    assert sorted(SEEN_BY) == sorted(BUGS)

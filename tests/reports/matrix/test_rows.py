"""One state for each promise."""

from datetime import date

import pytest

from reports.matrix.accepted import Accepted
from reports.matrix.rows import NO_CASE, rows, smallest

TODAY = date(2026, 11, 28)


def row_of(promise, cases, accepted=(), owed=("SYNC-1",)):
    return next(row for row in rows(cases, owed, accepted, TODAY) if row.promise == promise)


@pytest.mark.parametrize(
    ("states", "state"),
    [
        (("holds", "holds"), "holds"),
        (("holds", "broken", "unknown"), "broken"),
        (("holds", "unknown", "not verified"), "unknown"),
        (("holds", "not verified"), "holds"),
        (("not verified", "not verified"), "not verified"),
        ((), "not verified"),
    ],
)
def test_the_worst_answer_is_the_promises_answer(states, state, make):
    row = row_of("SYNC-1", [make(f"SYNC-1/{n}", each) for n, each in enumerate(states)])
    assert row.state == state
    assert (row.holds, row.broken, row.unknown, row.not_verified) == tuple(
        states.count(each) for each in ("holds", "broken", "unknown", "not verified")
    )


def test_a_promise_that_is_owed_and_no_case_speaks_of_says_so():
    row = row_of("SYNC-1", [])
    assert (row.state, row.required, row.gaps) == ("not verified", True, (NO_CASE,))


def test_the_part_that_was_not_verified_is_shown_where_the_rest_holds(make):
    row = row_of("SYNC-1", [make("SYNC-1/a"), make("SYNC-1/b", "not verified", "not offered: clock")])
    assert (row.state, row.gaps) == ("holds", ("not offered: clock",))


def test_a_case_speaks_for_all_its_promises(make):
    found = rows([make("SYNC-1/a", "broken", promises=("SYNC-1", "GATEWAY-4"))], (), (), TODAY)
    assert [(row.promise, row.state) for row in found] == [("GATEWAY-4", "broken"), ("SYNC-1", "broken")]


def test_a_promise_nobody_knows_is_shown_and_not_dropped(make):
    assert row_of("MAGIC-1", [make("MAGIC-1/a", "broken")]).state == "broken"


def test_the_smallest_counter_example_has_the_fewest_lines(make):
    long, short = make("SYNC-1/a", "broken", happened="1\n2\n3"), make("SYNC-1/b", "broken", happened="1\n2, and more")
    assert smallest([long, short]) == short
    assert row_of("SYNC-1", [long, short]).happened == "1\n2, and more"


def test_a_failure_is_accepted_only_where_every_one_of_the_promise_is(make):
    entry = Accepted(case="KNOW-1/a", reason="known", owner="Li", expires=TODAY)
    broken = [make("KNOW-1/a", "broken"), make("KNOW-1/b", "broken")]
    assert row_of("KNOW-1", broken, [entry]).accepted == ""
    assert row_of("KNOW-1", broken[:1], [entry]).accepted == "known, Li, until 2026-11-28"

"""The verdict of a suite: what is not shown to hold is no GO, and a run that tested nothing is no pass."""

from datetime import date

import pytest

from reports.matrix.accepted import Accepted
from reports.matrix.ruling import Ruling, judge

TODAY = date(2026, 11, 28)


def ruling(results, *accepted, fault=""):
    return judge(results, accepted, TODAY, fault)[1]


def put(full, case):
    """A whole run in which this case stands for its promise."""
    run = full()
    return full(cases=(*(each for each in run.cases if each.promises != case.promises), case))


@pytest.mark.parametrize("suite", ["contract", "security"])
def test_every_promise_held_is_a_go(suite, full):
    assert ruling(full(suite)) == Ruling("GO", 0, ())


def test_a_broken_promise_is_no_go(full, make):
    assert ruling(put(full, make("KNOW-1/a", "broken"))) == Ruling("NO-GO", 1, ("KNOW-1 is broken: 1 of 1 cases",))


def test_an_unknown_is_no_go(full, make):
    told = "KNOW-1 is unknown: 1 of 1 cases: the lab failed"
    assert ruling(put(full, make("KNOW-1/a", "unknown", "the lab failed"))) == Ruling("NO-GO", 1, (told,))


def test_a_required_promise_not_verified_is_a_condition(full, make):
    told = "not verified: KNOW-1: not offered: contract"
    results = put(full, make("KNOW-1/a", "not verified", "not offered: contract"))
    assert ruling(results) == Ruling("GO WITH CONDITIONS", 1, (told,))


def test_a_promise_without_any_case_is_a_condition_too(full):
    run = full()
    results = full(cases=tuple(each for each in run.cases if each.promises != ("KNOW-1",)))
    assert ruling(results).verdict == "GO WITH CONDITIONS"


def test_without_an_answer_about_loss_there_is_no_going_live(full, make):
    assert ruling(put(full, make("DELIVERY-1/a", "not verified", "not offered: x"))).verdict == "NO-GO"


def test_promises_without_an_answer_are_told_by_reason(run, make):
    results = run(
        make("KNOW-1/a"),
        make("BOT-1/a", "not verified", "not offered: bot"),
        selected=("KNOW-1", "BOT-1", "FAQ-1", "VIP-1"),
    )
    assert ruling(results).reasons == (
        "not verified: VIP-1, FAQ-1: no case of this run speaks of it",
        "not verified: BOT-1: not offered: bot",
    )


def test_one_chosen_case_owes_only_its_own_promises(run, make):
    assert ruling(run(make("KNOW-1/a"), chosen="KNOW-1/a")) == Ruling("GO", 0, ())


def test_what_is_selected_is_all_that_is_required(run, make):
    assert ruling(run(make("KNOW-1/a"), selected=("KNOW-*",))) == Ruling("GO", 0, ())
    assert ruling(run(make("KNOW-1/a"), selected=("KNOW-*", "BOT-1"))).verdict == "GO WITH CONDITIONS"


def test_nothing_collected_is_no_pass(run):
    told = ruling(run())
    assert (told.verdict, told.exit_code) == ("INVALID", 3)
    assert told.reasons[0] == "nothing was tested: 0 cases, none of them executed"
    assert ruling(run(selected=("KNOW-1",))).exit_code == 3


def test_only_skips_are_no_pass(run, make):
    assert ruling(run(make("KNOW-1/a", "not verified"), selected=("KNOW-1",))).exit_code == 3


def test_a_run_cut_short_is_invalid_whatever_it_saw(full):
    results = full()
    assert ruling(full(planned=len(results.cases) + 1)).verdict == "INVALID"


def test_more_cases_than_were_planned_are_invalid_too(full):
    assert ruling(full(planned=3)).verdict == "INVALID"


def test_a_file_of_tests_that_could_not_be_read_is_invalid_whatever_the_others_saw(full):
    assert ruling(full(failed="test_x.py cannot be read: SyntaxError")) == Ruling(
        "INVALID", 3, ("test_x.py cannot be read: SyntaxError",)
    )


def test_a_fault_of_the_harness_is_invalid(full):
    assert ruling(full(), fault="pytest ended with 3") == Ruling("INVALID", 3, ("pytest ended with 3",))


def test_a_failure_that_names_no_promise_is_not_forgotten(full, make):
    results = full()
    lost = full(cases=(*results.cases, make("stray", "broken")))
    assert ruling(lost) == Ruling("NO-GO", 1, ("case stray is broken",))


def test_an_accepted_failure_is_a_condition_and_stays_broken(full, make):
    entry = Accepted(promise="KNOW-1", reason="rebuilt", owner="Li", expires=TODAY)
    rows, found = judge(put(full, make("KNOW-1/a", "broken")), [entry], TODAY)
    assert found == Ruling("GO WITH CONDITIONS", 1, ("accepted: KNOW-1 (rebuilt, Li, until 2026-11-28)",))
    assert next(row.state for row in rows if row.promise == "KNOW-1") == "broken"


def test_an_accepted_loss_is_no_go(full, make):
    entry = Accepted(promise="DELIVERY-1", reason="x", owner="y", expires=TODAY)
    assert ruling(put(full, make("DELIVERY-1/a", "broken")), entry).verdict == "NO-GO"


def test_a_listed_failure_that_passes_is_no_go(full):
    entry = Accepted(promise="KNOW-1", reason="x", owner="y", expires=TODAY)
    told = "accepted: KNOW-1 holds now; take it out of the list"
    assert ruling(full(), entry) == Ruling("NO-GO", 1, (told,))


def test_an_accepted_promise_does_not_cover_an_unknown(full, make):
    entry = Accepted(promise="KNOW-1", reason="x", owner="y", expires=TODAY)
    assert ruling(put(full, make("KNOW-1/a", "unknown", "no idea")), entry).verdict == "NO-GO"

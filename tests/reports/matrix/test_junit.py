"""junit.xml of a suite: failure, error and skipped are told apart, and its names are stable."""

from datetime import date
from xml.etree import ElementTree

import pytest

from reports.matrix.accepted import Accepted
from reports.matrix.junit import junit
from reports.matrix.matrix import matrix

TODAY = date(2026, 11, 28)
KNOWN = Accepted(promise="KNOW-1", reason="rebuilt", owner="Li", expires=TODAY)


def read(results, *accepted, fault=""):
    root = ElementTree.fromstring(junit(matrix(results, accepted, TODAY, fault)))
    return root, {(case.get("classname"), case.get("name")): case for case in root}


def tag(case):
    return next((child.tag for child in case if child.tag != "properties"), "ok")


def test_the_four_states_are_told_apart(run, make):
    states = ("holds", "broken", "unknown", "not verified")
    cases = [make(f"KNOW-1/{n}", state, f"why {n}") for n, state in enumerate(states)]
    root, found = read(run(*cases, selected=("KNOW-1",)))
    told = {name: (tag(case), next((c.get("message") for c in case if c.tag == tag(case)), None))
            for (_, name), case in found.items()}  # fmt: skip
    assert told == {
        "0": ("ok", None),
        "1": ("failure", "why 1"),
        "2": ("error", "why 2"),
        "3": ("skipped", "why 3"),
        "can be trusted": ("ok", None),
    }
    assert [root.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["5", "1", "1", "1"]


def test_promises_and_owasp_items_are_properties(run, make):
    case = make("SYNC-1/a", promises=("SYNC-1", "GATEWAY-4"))
    _, found = read(run(case, selected=("SYNC-1",)))
    properties = [(p.get("name"), p.get("value")) for p in found["contract.SYNC-1", "a"].iter("property")]
    assert properties == [("promise", "SYNC-1"), ("promise", "GATEWAY-4")]


def test_a_story_keeps_its_lines(run, make):
    _, found = read(run(make("KNOW-1/a", "broken", happened="promised:\n  x\x00y"), selected=("KNOW-1",)))
    assert found["contract.KNOW-1", "a"].find("failure").text == "promised:\n  x y"


def test_a_promise_without_a_case_is_skipped_and_not_left_out(run, make):
    _, found = read(run(make("KNOW-1/a"), selected=("KNOW-1", "BOT-1")))
    assert tag(found["contract.BOT-1", "no case"]) == "skipped"


@pytest.mark.parametrize(("cases", "name"), [([], "no case"), ([("DELIVERY-1/a", "not verified")], "no answer")])
def test_a_promise_without_whose_answer_nothing_goes_live_fails(cases, name, run, make):
    told = run(make("KNOW-1/a"), *(make(*each) for each in cases), selected=("KNOW-1", "DELIVERY-1"))
    assert tag(read(told)[1]["contract.DELIVERY-1", name]) == "failure"


def test_an_accepted_failure_is_skipped_with_its_reason(run, make):
    _, found = read(run(make("KNOW-1/a", "broken"), selected=("KNOW-1",)), KNOWN)
    skipped = found["contract.KNOW-1", "a"].find("skipped")
    assert skipped.get("message") == "accepted: rebuilt, Li, until 2026-11-28"


def test_a_failure_of_two_promises_is_skipped_only_where_both_bear_it(run, make):
    both = make("KNOW-1/a", "broken", promises=("KNOW-1", "DELIVERY-1"))
    _, found = read(run(both, selected=("KNOW-1",)), KNOWN)
    assert tag(found["contract.KNOW-1", "a"]) == "failure"


def test_a_wrong_acceptance_is_a_failure(run, make):
    told = "accepted: KNOW-1 holds now; take it out of the list"
    assert tag(read(run(make("KNOW-1/a"), selected=("KNOW-1",)), KNOWN)[1]["accepted.toml", told]) == "failure"


@pytest.mark.parametrize("fault", ["", "pytest ended with 3"])
def test_a_run_that_is_not_whole_is_an_error(fault, run, make):
    results = run(make("KNOW-1/a"), selected=("KNOW-1",), planned=1 if fault else 2)
    assert tag(read(results, fault=fault)[1]["run", "can be trusted"]) == "error"


def test_control_characters_do_not_break_the_file(run, make):
    read(run(make("KNOW-1/\x00\x1b<&>[\ud800]", "unknown", "\x07")))

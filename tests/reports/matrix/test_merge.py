"""Several runs of one target version: the worst decides, one fills another's gaps, and only a rehearsal makes a GO."""

import json
from datetime import date
from xml.etree import ElementTree

import jsonschema_rs
import msgspec
import pytest
from rich.console import Console

from reports.matrix.accepted import Accepted
from reports.matrix.markdown import row_line
from reports.matrix.matrix import matrix
from reports.matrix.merge import NO_VERSION, Mismatch, merge, merged_word, same_version
from reports.matrix.merged_files import merged_junit, merged_markdown, merged_summary
from reports.matrix.schemas import HERE
from reports.matrix.terminal import merged_panel
from reports.model import Verdict
from reports.page.merged_page import headline

TODAY = date(2026, 11, 28)


@pytest.fixture
def rehearsal(tell, spec, clean):
    """A rehearsal of the same target that was a GO."""
    from reports.judge import About, conclude

    told = conclude(tell(clean, spec()), About(target="desk", target_version="7.1"), TODAY)
    held = tuple(msgspec.structs.replace(v, state="holds", reason="") for v in told.verdicts if v.promise != "SYNC-3")
    return msgspec.structs.replace(
        told, verdict="GO", exit_code=0, reasons=(), demo=False, target="desk", verdicts=held
    )


def judged(results, *accepted, fault=""):
    return matrix(results, accepted, TODAY, fault)


def both(full):
    return {"c": judged(full()), "s": judged(full("security"))}


def test_a_rehearsal_and_both_suites_that_hold_are_a_go(rehearsal, full):
    told = merge(rehearsal, both(full), TODAY)
    assert (told.verdict, told.exit_code, told.reasons) == ("GO", 0, ())
    assert headline(told) == "可以上线 GO"
    assert merged_word(told) == "GO"


def test_without_a_rehearsal_nothing_may_go_live(full):
    told = merge(None, both(full), TODAY)
    assert (told.verdict, merged_word(told), headline(told)) == ("GO", "PASSED", "套件通过 / suite passed")
    assert "可以上线" not in merged_markdown(told)


def test_a_demonstration_stays_one(rehearsal, full):
    demo = msgspec.structs.replace(rehearsal, target="reference", demo=True)
    told = merge(demo, {"c": judged(full(target="reference"))}, TODAY)
    assert (merged_word(told), headline(told)) == (
        "DEMO PASSED",
        "演示通过 / demo passed (target: bundled reference)",
    )
    assert "可以上线" not in merged_markdown(told)


def test_the_worst_run_decides(rehearsal, full):
    no_go = msgspec.structs.replace(rehearsal, verdict="NO-GO", exit_code=1, reasons=("lost = 0 is broken",))
    told = merge(no_go, both(full), TODAY)
    assert (told.verdict, told.exit_code, told.reasons) == ("NO-GO", 1, ("in the rehearsal: lost = 0 is broken",))
    invalid = msgspec.structs.replace(rehearsal, verdict="INVALID", exit_code=3, reasons=())
    assert merge(invalid, both(full), TODAY).exit_code == 3
    cut = {**both(full), "c": judged(full(planned=999))}
    assert merge(rehearsal, cut, TODAY).verdict == "INVALID"
    fault = {**both(full), "s": judged(full("security"), fault="interrupted")}
    assert merge(rehearsal, fault, TODAY).reasons == ("in the security suite: interrupted",)


def test_a_conditional_rehearsal_is_conditional_all_together(rehearsal, full):
    some = msgspec.structs.replace(rehearsal, verdict="GO WITH CONDITIONS", exit_code=1, reasons=("waived: x = 0 (y)",))
    assert merge(some, both(full), TODAY).verdict == "GO WITH CONDITIONS"


def test_a_broken_case_of_a_suite_is_no_go_whatever_the_rehearsal_saw(rehearsal, full, make):
    cases = (*full().cases, make("DELIVERY-1/b", "broken"))
    told = merge(rehearsal, {"c": judged(full(cases=cases))}, TODAY)
    assert (told.verdict, told.reasons) == ("NO-GO", ("DELIVERY-1 is broken: 1 of 2 cases",))
    row = next(row for row in told.rows if row.promise == "DELIVERY-1")
    assert (row.state, row.elsewhere) == ("broken", "rehearsal")


def test_what_only_the_rehearsal_saw_is_no_gap(rehearsal, full):
    told = merge(rehearsal, {"c": judged(full(cases=[c for c in full().cases if "ORDER-1" not in c.promises]))}, TODAY)
    row = next(row for row in told.rows if row.promise == "ORDER-1")
    assert (row.state, row.elsewhere, row.gaps) == ("holds", "rehearsal", ())
    assert row_line(row) == "| ORDER-1 | holds | 0 | 0 | 0 | 0 | judged by the rehearsal too |"


def test_a_rehearsal_answers_what_a_suite_could_not(rehearsal, full, make):
    cases = (
        *(c for c in full().cases if c.promises != ("ORDER-1",)),
        make("ORDER-1/a", "not verified", "not offered: x"),
    )
    told = merge(rehearsal, {"c": judged(full(cases=cases))}, TODAY)
    row = next(row for row in told.rows if row.promise == "ORDER-1")
    assert (row.state, row.elsewhere, row.gaps) == ("holds", "rehearsal", ("not offered: x",))
    assert told.verdict == "GO"


def test_what_a_rehearsal_found_broken_is_broken_in_the_matrix(rehearsal, full):
    broken = Verdict(promise="ORDER-1", checker="order", state="broken", violations=1, opportunities=9)
    told = merge(msgspec.structs.replace(rehearsal, verdicts=(broken,)), both(full), TODAY)
    assert next(row.state for row in told.rows if row.promise == "ORDER-1") == "broken"


def test_a_part_of_a_suite_leaves_its_holes_open(rehearsal, run, make):
    told = merge(rehearsal, {"c": judged(run(make("SYNC-2/a"), selected=("SYNC-2",)))}, TODAY)
    assert told.verdict == "GO WITH CONDITIONS"
    assert [part.whole for part in told.parts] == [True, False]


@pytest.mark.parametrize("part", [{"chosen": "KNOW-1/a"}, {"narrowed": True}, {"selected": ("BOT-1",)}])
def test_some_cases_of_a_promise_are_no_answer_about_it(part, rehearsal, full, make):
    cases = tuple(c for c in full().cases if c.promises != ("KNOW-1",))
    whole, some = full(cases=cases), full(cases=(make("KNOW-1/a", promises=("KNOW-1", "BOT-1")),), **part)
    told = merge(rehearsal, {"c": judged(whole), "d": judged(some)}, TODAY)
    assert (told.verdict, told.reasons) == (
        "GO WITH CONDITIONS",
        ("not verified: KNOW-1: only some of its cases were played",),
    )
    broken = full(cases=(make("KNOW-1/a", "broken", promises=("KNOW-1", "BOT-1")),), **part)
    assert merge(rehearsal, {"c": judged(full()), "d": judged(broken)}, TODAY).verdict == "NO-GO"


def test_a_wrong_acceptance_is_no_go_all_together(rehearsal, full):
    entry = Accepted(promise="KNOW-1", reason="x", owner="y", expires=TODAY)
    told = merge(rehearsal, {"c": judged(full(), entry)}, TODAY)
    assert told.reasons == ("accepted: KNOW-1 holds now; take it out of the list",)


def test_other_targets_and_versions_are_refused(rehearsal, full):
    with pytest.raises(Mismatch, match="'desk' and s of 'other'"):
        merge(rehearsal, {"s": judged(full("security", target="other"))}, TODAY)
    with pytest.raises(Mismatch, match=r"'7\.1' and s of '7\.2'"):
        merge(None, {"c": judged(full()), "s": judged(full("security", target_version="7.2"))}, TODAY)
    with pytest.raises(Mismatch, match="judge one at a time"):
        merge(rehearsal, {"s": judged(full("security", target_version=""))}, TODAY)


def test_runs_of_a_target_without_a_version_are_put_together_on_a_condition(full):
    told = merge(None, {"c": judged(full(target_version="")), "s": judged(full("security", target_version=""))}, TODAY)
    assert (told.verdict, told.reasons) == ("GO WITH CONDITIONS", (NO_VERSION,))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("7.1", "7.1", True), ("shop desk 7.1", "7.1", True), ("7.1", "17.1", False), ("", "", True), ("", "7.1", False)],
)
def test_a_version_is_the_same_with_the_targets_name_before_it(one, other, same):
    assert same_version(one, other) is same
    assert same_version(other, one) is same


def test_everything_written_of_a_merged_verdict_tells_it(rehearsal, full, make):
    cases = (*full().cases, make("KNOW-1/b", "broken", "why", "story\nof two lines"))
    told = merge(rehearsal, {"20261128-contract": judged(full(cases=cases))}, TODAY)
    document = json.loads(msgspec.json.encode(merged_summary(told)))
    jsonschema_rs.validator_for(json.loads((HERE / "merged.schema.json").read_text())).validate(document)
    assert (document["verdict"], document["exit_code"], len(document["parts"])) == ("NO-GO", 1, 2)
    text = merged_markdown(told)
    assert "| 20261128-contract | contract | 2026-11-28T18:15:02+08:00 | NO-GO |" in text
    assert "| KNOW-1 | broken | 1 | 1 | 0 | 0 |" in text
    root = ElementTree.fromstring(merged_junit(told))
    assert [suite.get("name") for suite in root][1:] == ["golive contract", "golive verdict"]
    assert root.find("testsuite[@name='golive verdict']/testcase/failure") is not None
    console = Console(width=140, color_system=None)
    with console.capture() as captured:
        console.print(merged_panel(told, "x/report.html", "zh"))
    assert "不可上线 NO-GO" in captured.get()
    assert "安全没有跑" in captured.get()

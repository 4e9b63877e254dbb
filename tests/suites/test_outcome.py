"""From pytest's reports to a Case, and a failure in words."""

import pytest

from reports.conformance import Case
from suites import outcome

PROPERTIES = [("promise", "SYNC-1"), ("promise", "GATEWAY-4"), ("case", "SYNC-1/it_resumes"), ("owasp", "API1:2023")]


def report(when: str, result: str = "passed", longrepr: object = None, *more: tuple[str, object]) -> pytest.TestReport:
    return pytest.TestReport(
        "contract_tests/test_x.py::test_it_resumes",
        ("test_x.py", 1, "test_it_resumes"),
        {},
        result,  # type: ignore[arg-type]
        longrepr,  # type: ignore[arg-type]
        when,  # type: ignore[arg-type]
        duration=0.25,
        user_properties=[*PROPERTIES, *more],
    )


def of(*reports: pytest.TestReport) -> Case:
    return outcome.case([report("setup"), *reports, report("teardown")], "golive contract --case SYNC-1/it_resumes")


def test_a_test_that_passed_holds() -> None:
    assert of(report("call")) == Case(
        id="SYNC-1/it_resumes",
        promises=("SYNC-1", "GATEWAY-4"),
        state="holds",
        seconds=0.75,
        owasp=("API1:2023",),
    )


def test_a_failed_claim_is_broken_and_says_how_to_see_it_again() -> None:
    words = "promised:\n  SYNC-1: …\nseen:\n  message 3 never came"
    case = of(report("call", "failed", "longer", ("happened", words), ("broken", True)))
    assert (case.state, case.reason, case.happened) == ("broken", "message 3 never came", words)
    assert case.again == "golive contract --case SYNC-1/it_resumes"


def test_an_error_that_is_no_claim_leaves_it_unknown() -> None:
    assert of(report("call", "failed", "ConnectionError: gone", ("happened", ""), ("broken", False))).state == "unknown"


def test_a_failed_clean_up_leaves_it_unknown() -> None:
    reports = [report("setup"), report("call"), report("teardown", "failed", "KeyError: 1", ("broken", True))]
    assert outcome.case(reports, "again").state == "unknown"


def test_a_test_that_was_never_called_is_no_pass() -> None:
    assert (of().state, of().reason) == ("unknown", "the test was set up and never called")


def test_a_lab_that_failed_in_the_middle_of_a_test_is_no_fault_of_the_targets() -> None:
    told = (("broken", True), (outcome.FAILED_LAB, "the lab cannot be set up: no port"))
    case = of(report("call", "failed", "longer", *told))
    assert (case.state, case.reason) == ("unknown", "the lab cannot be set up: no port")


def test_the_addresses_of_objects_are_left_out_of_what_was_seen() -> None:
    error = AssertionError("resumed\nassert not True\n  +  where True = <Device object at 0x7f>.resumed\n  + 3 more")
    told = outcome.happened(["SYNC-1"], error, "", "golive contract")
    assert told.split("seen:\n")[1].split("see it")[0] == "  resumed\n  assert not True\n    + 3 more\n"


def test_a_skip_is_not_verified_with_its_reason() -> None:
    skipped = of(report("call", "skipped", ("lab.py", 120, "Skipped: not offered: clock")))
    assert (skipped.state, skipped.reason, skipped.again) == ("not verified", "not offered: clock", "")


@pytest.mark.parametrize(
    ("error", "broken"),
    [
        (AssertionError("never came"), True),
        (pytest.fail.Exception("never came"), True),
        (pytest.fail.Exception("Timeout (>120.0s) from pytest-timeout."), False),
        (ConnectionRefusedError("down"), False),
        (ExceptionGroup("two", [ValueError("x"), AssertionError("never came")]), True),
        (ExceptionGroup("two", [ValueError("x"), OSError("y")]), False),
    ],
)
def test_only_a_claim_that_failed_says_that_the_target_broke_its_promise(error: Exception, broken: bool) -> None:
    assert outcome.is_broken(error) is broken


def test_a_failure_says_what_was_promised_what_was_seen_what_happened_and_how_to_see_it_again() -> None:
    text = outcome.happened(
        ["SEND-1"], AssertionError("two messages came"), "0.1 s  c1  writes", "golive contract --case X"
    )
    assert text.splitlines() == [
        "promised:",
        f"  SEND-1: {outcome.promises()['SEND-1']}",
        "seen:",
        "  two messages came",
        "what happened:",
        "  0.1 s  c1  writes",
        "see it again:",
        "  golive contract --case X",
    ]


def test_figures_of_the_filter_are_kept_once_each() -> None:
    part = {"classes": [{"class": "width", "claimed": True, "hidden": 4, "found": 4}], "clean": [], "relations": []}
    reports = [report("call", "passed", None, ("filter", part)), report("teardown", "passed", None, ("filter", part))]
    assert outcome.told(reports).filter == [part]

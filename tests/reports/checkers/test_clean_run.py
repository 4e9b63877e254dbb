"""On a small healthy run every checker holds, each on opportunities of its own."""

import pytest

from reports import checkers


@pytest.mark.parametrize("checker", checkers.CHECKERS, ids=lambda checker: checker.name)
def test_a_healthy_run_keeps_every_promise(checker, tell, spec, clean):
    verdict = checker.check(tell(clean, spec()))

    assert (verdict.state, verdict.violations, verdict.unknown) == ("holds", 0, 0), verdict
    assert verdict.opportunities > 0
    assert verdict.upper_bound == min(1.0, 3 / verdict.opportunities)
    assert set(verdict.metrics) == set(checker.metrics)
    assert set(verdict.metrics.values()) == {0}


@pytest.mark.parametrize("checker", checkers.CHECKERS, ids=lambda checker: checker.name)
def test_an_empty_history_proves_nothing(checker, tell):
    assert checker.check(tell("")).state == "unknown"


@pytest.mark.parametrize("part", ["customers", "gateway", "agents"])
def test_without_a_stream_nothing_is_known(part, tell, clean):
    text = "\n".join(line for line in clean.splitlines() if f" {part} " not in line)
    others = "\n".join(f"60 {other} end" for other in ("customers", "gateway", "agents") if other != part)

    verdicts = checkers.run(tell(f"{text}\n{others}", end=None))

    assert {verdict.state for verdict in verdicts} == {"unknown"}
    assert all(part in verdict.reason for verdict in verdicts)


def test_a_checker_that_crashes_says_unknown_and_why(tell, clean):
    def crash(_history):
        raise ZeroDivisionError("nobody thought of this")

    (verdict,) = checkers.run(tell(clean), [checkers.Checker("crash", "DELIVERY-9", ("lost",), crash)])

    assert verdict.state == "unknown"
    assert verdict.promise == "DELIVERY-9"
    assert "ZeroDivisionError: nobody thought of this" in verdict.reason

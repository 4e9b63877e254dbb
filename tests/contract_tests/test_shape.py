"""What schemathesis could not do is told, and makes no pass of what it did not find."""

import json
from pathlib import Path
from typing import Any

import pytest

from contract_tests.shape.answers import Unmet, absent, met, too_few, unheard
from contract_tests.shape.checking import Checked, Finding, gaps, joined, read


def told(folder: Path, *events: dict[str, Any]) -> Checked:
    report = folder / "report.ndjson"
    report.write_text("".join(f"{json.dumps(event)}\n" for event in events))
    return read(report)


def ended(phase: str, status: str = "success") -> dict[str, Any]:
    return {"PhaseFinished": {"phase": {"name": phase}, "status": status}}


LATE = {"NonFatalError": {"value": {"type": "ReadTimeout", "message": "timed out"}, "label": "GET /api/v1/agents"}}


@pytest.mark.parametrize(
    ("events", "missing"),
    [
        ([ended("fuzzing"), ended("stateful", "failure")], []),
        ([ended("fuzzing")], ["stateful ended: never begun"]),
        ([ended("fuzzing"), ended("stateful", "skip")], ["stateful ended: skip"]),
        ([ended("fuzzing", "error"), ended("stateful")], ["fuzzing ended: error"]),
        ([ended("fuzzing"), LATE, ended("stateful")], ["GET /api/v1/agents: ReadTimeout: timed out"]),
        (
            [ended("fuzzing"), ended("stateful"), {"FatalError": {"exception": {"type": "OSError", "message": "x"}}}],
            ["the whole run: OSError: x"],
        ),
    ],
)
def test_a_call_that_nobody_answered_in_time_is_no_pass(
    events: list[dict[str, Any]], missing: list[str], tmp_path: Path
) -> None:
    assert gaps(told(tmp_path, *events), ["fuzzing", "stateful"]) == missing


def test_an_operation_that_met_no_id_is_unknown_and_one_that_is_not_there_is_broken() -> None:
    offered = {"changeArticle", "listAgents", "getShop"}
    answers = {
        "PATCH /api/v1/knowledge/{article_id}": {404},
        "GET /api/v1/agents": {405},
        "GET /api/v1/shop": {200, 401},
    }
    found = Checked([], answers, {}, [])
    assert absent(offered, found) == ["listAgents"]
    silent = unheard(offered, found)
    assert silent[0] == "changeArticle was never answered but with [404]"
    with pytest.raises(Unmet, match="changeArticle was never answered"):
        met([], silent)
    assert too_few(offered, found) == ["only 33% of the operations ever succeeded"]
    met([], [])


def test_what_could_not_be_asked_is_asked_again_and_what_was_found_is_kept(tmp_path: Path) -> None:
    first = told(tmp_path, ended("coverage", "error"), ended("stateful"), LATE)
    again = told(tmp_path, ended("coverage"), ended("stateful", "skip"))
    assert gaps(joined(first, again), ["coverage", "stateful"]) == []
    late = told(tmp_path, ended("coverage", "error"), LATE)
    assert gaps(joined(first, late), ["coverage"]) == [
        "coverage ended: error",
        "GET /api/v1/agents: ReadTimeout: timed out",
    ]
    found = Finding("GET /api/v1/agents", "server error", "", "")
    assert joined(
        first._replace(findings=[found], answers={"a": {200}}), again._replace(answers={"a": {404}, "b": {201}})
    ) == (Checked([found], {"a": {200, 404}, "b": {201}}, {"coverage": "success", "stateful": "success"}, []))

"""summary.json, summary.md and the schemas of what a suite writes."""

import json
from datetime import date

import jsonschema_rs
import msgspec
import pytest

from reports.conformance import save
from reports.matrix.accepted import Accepted
from reports.matrix.markdown import markdown
from reports.matrix.matrix import matrix, word
from reports.matrix.schemas import FILES, HERE, text
from reports.matrix.summary import summary

TODAY = date(2026, 11, 28)


def document(results, *accepted):
    return json.loads(msgspec.json.encode(summary(matrix(results, accepted, TODAY))))


@pytest.mark.parametrize("name", FILES)
def test_the_schema_files_are_those_of_the_structs(name):
    assert (HERE / name).read_bytes() == text(FILES[name]), "run: python -m reports.matrix.schemas"


def test_what_is_written_keeps_its_schemas(troubled, tmp_path):
    results, told = (
        jsonschema_rs.validator_for(json.loads((HERE / f"{name}.schema.json").read_text()))
        for name in ("results", "summary")
    )
    save(troubled, tmp_path / "results.json")
    results.validate(json.loads((tmp_path / "results.json").read_text(encoding="utf-8")))
    known = Accepted(promise="KNOW-1", reason="rebuilt", owner="Li", expires=TODAY)
    whole = document(troubled, known)
    told.validate(whole)
    assert not told.is_valid({**whole, "surprise": 1})
    assert not told.is_valid({key: value for key, value in whole.items() if key != "verdict"})


def test_counts_are_of_promises_and_of_cases(troubled):
    told = document(troubled)
    assert told["promises"] == {"holds": 19, "broken": 2, "unknown": 1, "not verified": 2}
    assert sum(told["cases"].values()) == len(troubled.cases)
    assert (told["verdict"], told["exit_code"], told["part"], told["demo"]) == ("NO-GO", 1, False, False)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "PASSED"),
        ({"target": "reference"}, "DEMO PASSED"),
        ({"selected": ("GATEWAY-1",)}, "PART PASSED"),
        ({"selected": ("GATEWAY-1",), "target": "reference"}, "PART PASSED"),
    ],
)
def test_nobody_greps_a_go_out_of_a_suite(fields, expected, full):
    assert word(matrix(full(**fields), (), TODAY)) == expected


def test_conditions_stand_in_the_word(run, make):
    assert word(matrix(run(make("BOT-1/a"), selected=("BOT-1", "FAQ-1")), (), TODAY)) == "PART PASSED WITH CONDITIONS"


def test_the_merge_request_sees_the_verdict_the_failures_and_the_filter(troubled):
    told = markdown(matrix(troubled, (), TODAY))
    for part in (
        "# 不可上线 NO-GO",
        "| TENANT-1 | broken | 0 | 1 | 0 | 0 |",
        "reads c-881",
        "| pinyin | yes | 200 | 199 |",
        "| near misses | 120 | 2 |",
        "| API1:2023 Broken Object Level Authorization | broken | 0 | 1 | 0 | 0 |",
        "| monotone in the list | 300 | 1 |",
    ):
        assert part in told


def test_foreign_text_stays_in_its_cell(run, make):
    told = markdown(matrix(run(make("KNOW-1/a", "not verified", "a|b\n# c <b> `d`"), target="<x>|"), (), TODAY))
    assert "a\\|b # c &lt;b> 'd'" in told
    assert "&lt;x>\\|" in told

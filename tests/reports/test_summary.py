"""summary.json, summary.md and junit.xml."""

import json
from xml.etree import ElementTree

import jsonschema_rs
import msgspec
import pytest

from reports.judge import About, conclude
from reports.model import Gate, Step, Verdict
from reports.summary import SCHEMA_FILE, headline, junit, markdown, summary, write_summaries


@pytest.fixture
def judgement(tell, spec, clean):
    from datetime import date

    return conclude(tell(clean, spec()), About(target_version="1.0"), date(2026, 11, 23))


@pytest.fixture(scope="module")
def validator():
    return jsonschema_rs.validator_for(json.loads(SCHEMA_FILE.read_text()))


def test_the_written_summary_keeps_its_schema(judgement, validator, tmp_path):
    write_summaries(judgement, tmp_path)
    validator.validate(json.loads((tmp_path / "summary.json").read_text(encoding="utf-8")))


def test_the_summary_of_an_empty_run_keeps_the_schema_too(tell, validator):
    from datetime import date

    document = summary(conclude(tell(""), About(), date(2026, 11, 23)))
    validator.validate(json.loads(msgspec.json.encode(document)))
    assert document["verdict"] == "INVALID"


def test_an_example_and_a_waiver_keep_the_schema(judgement, validator):
    example = (Step(t_s=1.0, who="target", to="a1/1", what="shows", wrong=True),)
    verdict = msgspec.structs.replace(judgement.verdicts[0], state="broken", violations=1, example=example)
    changed = msgspec.structs.replace(
        judgement, verdicts=(verdict,), gates=(Gate(line="lost = 0", state="broken", waived="x"),)
    )
    validator.validate(json.loads(msgspec.json.encode(summary(changed))))


def test_the_schema_refuses_a_missing_or_an_unknown_field(judgement, validator):
    document = json.loads(msgspec.json.encode(summary(judgement)))
    assert validator.is_valid(document)
    assert not validator.is_valid({key: value for key, value in document.items() if key != "lost"})
    assert not validator.is_valid({**document, "surprise": 1})
    assert not validator.is_valid({**document, "lost": "none"})


def test_counts_nobody_counted_are_null_not_zero(tell):
    from datetime import date

    document = summary(conclude(tell("60 agents end", end=None), About(), date(2026, 11, 23)))
    assert document["lost"] is None
    assert document["duplicated"] is None


def test_a_demonstration_never_says_that_it_may_go_live(judgement):
    go = msgspec.structs.replace(judgement, verdict="GO", demo=True)
    assert headline(go) == "演示通过 / demo passed (target: bundled reference)"
    assert "可以上线" not in markdown(go)
    assert headline(msgspec.structs.replace(go, demo=False)) == "可以上线 GO"
    assert headline(msgspec.structs.replace(go, verdict="NO-GO")) == "不可上线 NO-GO"


def test_markdown_escapes_what_came_from_outside(judgement):
    text = markdown(msgspec.structs.replace(judgement, target="<b>|`x`\n# y"))
    assert "&lt;b>\\|'x' # y" in text


def cases(judgement):
    root = ElementTree.fromstring(junit(judgement))
    found = {(case.get("classname"), case.get("name")): next((child.tag for child in case), "ok") for case in root}
    return root, found


def test_junit_tells_failure_error_and_skipped_apart(judgement):
    states = ("holds", "broken", "unknown", "not verified")
    verdicts = tuple(Verdict(promise=f"P-{i}", checker="c", state=s, reason="why") for i, s in enumerate(states))
    gates = tuple(Gate(line=f"g{i} = 0", state=s) for i, s in enumerate(states))
    waived = Gate(line="w = 0", state="broken", waived="known")
    root, found = cases(msgspec.structs.replace(judgement, verdicts=verdicts, gates=(*gates, waived), verdict="NO-GO"))
    expected = ["ok", "failure", "error", "skipped"]
    assert [found[f"promise.P-{i}", "c"] for i in range(4)] == expected
    assert [found["gate", f"g{i} = 0"] for i in range(4)] == expected
    assert found["gate", "w = 0"] == "skipped"
    assert found["run", "can be trusted"] == "ok"
    assert [root.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["10", "2", "2", "3"]


def test_an_invalid_run_is_an_error_in_junit(judgement):
    assert judgement.verdict == "INVALID"
    assert cases(judgement)[1]["run", "can be trusted"] == "error"


def test_junit_survives_control_characters(judgement):
    nasty = Verdict(promise="P", checker="c\x00\x1b<&>", state="broken", reason="\x07\ud800")
    ElementTree.fromstring(junit(msgspec.structs.replace(judgement, verdicts=(nasty,))))

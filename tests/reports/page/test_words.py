"""Both languages, always, and no key that the page lacks or leaves unused."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import reports
import reports.page
from reports import example, gates
from reports.checkers import CHECKERS
from reports.page import words
from reports.page.words import Text, name, phrase, say

SOURCES = Path(reports.page.__file__).parent
SECTIONS_BY_NAME = {"metric", "checker", "hop", "whose", "process", "join", "actor", "limit", "phrases", "state"}


def _fields(sentence: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(sentence) if field}


def _asked_for() -> set[str]:
    sources = [path.read_text("utf-8") for path in (*SOURCES.rglob("*.py"), *SOURCES.glob("*.j2"))]
    return {found for text in sources for found in re.findall(r'"([a-z]+\.[a-z_0-9 ]+)"', text)}


@pytest.mark.parametrize("section", words.table())
def test_every_sentence_stands_in_both_languages_with_the_same_blanks(section: str) -> None:
    for key, text in words.table()[section].items():
        assert text.zh.strip(), key
        assert text.en.strip(), key
        assert _fields(text.zh) == _fields(text.en), key


def test_a_sentence_without_one_language_does_not_load() -> None:
    with pytest.raises(msgspec.ValidationError, match="en"):
        msgspec.toml.decode('[a]\nb = { zh = "甲" }', type=dict[str, dict[str, Text]])


def test_chinese_is_chinese_and_english_is_not() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    table = words.table()
    assert [key for section in table.values() for key, text in section.items() if han.search(text.en)] == []
    plain = {
        "gate.metric_stat",
        "reason.why",
        "simulated.count",
        "trust.clock_error",
        "trust.dropped_of",
        "trust.join_share",
    }
    bare = {f"{s}.{k}" for s, section in table.items() for k, text in section.items() if not han.search(text.zh)}
    assert bare == plain


def test_every_sentence_a_source_names_is_in_the_table() -> None:
    sections = words.table()
    asked = {key for key in _asked_for() if key.partition(".")[0] in sections}
    assert len(asked) > 60
    assert {key for key in asked if key.partition(".")[2] not in sections[key.partition(".")[0]]} == set()


def test_values_may_differ_by_language() -> None:
    filled = say("gate.metric_stat", metric=Text("丢失", "lost"), stat="p99")
    assert filled == Text("丢失 p99", "lost p99")


def test_a_name_the_table_does_not_know_is_shown_as_it_is() -> None:
    assert name("metric", "team_metric") == Text("team_metric", "team_metric")


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("sends bcdf to the platform: ok", "把 bcdf 发往平台：ok"),
        ("sends bcdf", "发送 bcdf"),
        ("assigns @C1: 16 of 15", "分配 @C1：已有 16 个，上限 15"),
        ("3 clean replies were refused at once; 1 messages appeared without the platform's id",
         "3 条干净的回复当场被拒绝；1 条消息出现时没有平台编号"),
        ("2 waited in a queue to the end, every agent of their shop full; set apart; dies: exit -9",
         "2 条一直排队到最后（本店客服全满），另计；进程死亡：exit -9"),
        ("something nobody translated; 1 clean replies were refused at once",
         "something nobody translated；1 条干净的回复当场被拒绝"),
    ],
)  # fmt: skip
def test_the_judges_sentences_are_translated_part_by_part(english: str, chinese: str) -> None:
    assert phrase(english) == Text(chinese, english)


def test_every_step_a_counter_example_can_tell_has_its_chinese() -> None:
    row = {"message": "@m1", "conversation": "@c1", "n": 3, "note": "ok", "device": "s01-a01/phone"}
    told = {kind: what.format(**row) for kind, (_, _, what) in example._TOLD.items() if kind != "fault"}
    assert {kind: what for kind, what in told.items() if phrase(what).zh == what} == {}


def _judges_sentences() -> Iterator[str]:
    """The explanations written out in the checkers and in latency.py, with a number where one stands before them."""
    folder = Path(reports.__file__).parent
    for path in (*(folder / "checkers").glob("*.py"), folder / "latency.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Name) and node.func.id == "counted":
                yield from (f"3 {each.elts[1].value}" for each in node.args if isinstance(each, ast.Tuple))
            if isinstance(node.func, ast.Attribute) and node.func.attr == "lit" and path.name == "latency.py":
                yield from (
                    each.value for each in node.args if isinstance(each, ast.Constant) and " " in str(each.value)
                )


def test_every_explanation_a_judge_gives_has_its_chinese() -> None:
    sentences = list(_judges_sentences())
    assert len(sentences) > 15
    assert [sentence for sentence in sentences if phrase(sentence).zh == sentence] == []


def test_names_inside_a_sentence_are_translated_too() -> None:
    assert phrase("the record of agents is incomplete").zh == "客服的记录不完整"


def test_every_checker_and_every_metric_a_gate_may_name_has_its_words() -> None:
    table = words.table()
    assert {checker.name for checker in CHECKERS} - table["checker"].keys() == set()
    assert {*gates.COUNTS, *gates.LATENCIES, gates.OPEN} - table["metric"].keys() == set()

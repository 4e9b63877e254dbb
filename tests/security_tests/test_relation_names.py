"""Every relation of the filter has its name on the page, in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import security_tests.filter
from reports.filter_figures import FilterFigures, Relation
from reports.page.filter_view import filter_view
from reports.page.words import table
from security_tests.filter.conftest import WAYS


def _relations() -> Iterator[str]:
    for path in Path(security_tests.filter.__file__).parent.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.AsyncFunctionDef) and "relation" in {each.arg for each in node.args.args}:
                yield node.name.removeprefix("test_")


def test_every_relation_and_way_in_has_its_words_and_none_is_left_over() -> None:
    assert set(_relations()) == table()["relation"].keys()
    assert set(WAYS) == table()["way_in"].keys()


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        (
            "no text makes an error[network]",
            "任何文本都不会出错（经网络）",
            "no text makes an error (over the network)",
        ),
        ("of somebody else", "of somebody else", "of somebody else"),
    ],
)
def test_a_relation_is_named_in_both_languages(name: str, zh: str, en: str) -> None:
    shown = filter_view(FilterFigures(relations=(Relation(name, 3, 0),)))
    assert shown
    assert [(bar.name.zh, bar.name.en) for bar in shown.relations] == [(zh, en)]

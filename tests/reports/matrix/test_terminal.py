"""The matrix as a terminal shows it."""

from datetime import date

import msgspec
import pytest
from rich.console import Console

from reports.matrix.matrix import matrix
from reports.matrix.terminal import panel

TODAY = date(2026, 11, 28)


def printed(results, spoken="en", accepted=()):
    console = Console(width=140, force_terminal=False, color_system=None)
    with console.capture() as captured:
        console.print(panel(matrix(results, accepted, TODAY), "runs/last/report.html", spoken))
    return captured.get()


def test_a_failure_is_told_with_its_story_and_its_command(troubled):
    told = printed(troubled)
    for part in ("不可上线 NO-GO", "TENANT-1 is broken: 1 of 1 cases", "✗", "reads c-881",
                 "golive security --case TENANT-1/foreign_conversation", "not offered: clock", "exit code 1",
                 "runs/last/report.html"):  # fmt: skip
        assert part in told


def test_the_matrix_speaks_chinese_too(troubled):
    told = printed(troubled, "zh")
    for part in ("店铺隔离", "未验证", "没有提供：clock", "退出码 1"):
        assert part in told


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({}, "套件通过 / suite passed"),
        ({"target": "reference"}, "演示通过 / demo passed (target: bundled reference)"),
        ({"target_version": "golive-reference 1.0"}, "演示通过 / demo passed (target: bundled reference)"),
    ],
)
def test_a_suite_that_passed_never_says_it_may_go_live(fields, line, full):
    told = printed(full(**fields))
    assert line in told
    assert "可以上线" not in told
    assert "exit code 0" in told


def test_a_selection_that_passed_says_that_it_was_one(run, make):
    assert "所选承诺成立 / the selected promises hold" in printed(run(make("KNOW-1/a"), selected=("KNOW-1",)))


def test_foreign_markup_and_escapes_stay_text(run, make):
    told = printed(run(make("KNOW-1/[red]evil[/red]\x1b[2J", "broken", happened="[bold]why\x1b[0m")))
    assert "[red]evil[/red]\\u001b[2J" in told
    assert "[bold]why\\u001b[0m" in told


def test_many_counter_examples_are_cut_and_counted(full):
    results = full()
    broken = tuple(msgspec.structs.replace(each, state="broken", happened="x") for each in results.cases)
    assert f"{len(broken) - 5} more below" in printed(full(cases=broken))

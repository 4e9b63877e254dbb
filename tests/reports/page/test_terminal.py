"""The terminal's last words."""

from collections.abc import Callable

import pytest
from rich.console import Console

from reports.model import Judgement
from reports.page.terminal import language, verdict
from reports.page.words import Language


def _printed(judgement: Judgement, spoken: Language) -> str:
    console = Console(width=100, force_terminal=False, color_system=None)
    with console.capture() as captured:
        console.print(verdict(judgement, "runs/last/report.html", spoken))
    return captured.get()


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({}, "en"),
    ],
)
def test_the_terminal_speaks_the_users_language(environment: dict[str, str], spoken: str) -> None:
    assert language(environment) == spoken


def test_a_no_go_says_so_and_why(samples: dict[str, Judgement]) -> None:
    printed = _printed(samples["no_go"], "en")
    for part in ("不可上线 NO-GO", "lost: 3 measured", "✗", "500.04 ms", "exit code 1", "runs/last/report.html"):
        assert part in printed


def test_a_demo_never_says_it_may_go_live(samples: dict[str, Judgement]) -> None:
    printed = _printed(samples["demo"], "zh")
    assert "演示通过 / demo passed (target: bundled reference)" in printed
    assert "可以上线" not in printed


def test_an_empty_run_says_no_sample(samples: dict[str, Judgement]) -> None:
    assert "无样本" in _printed(samples["empty"], "zh")


def test_foreign_markup_and_escapes_stay_text(altered: Callable[..., Judgement]) -> None:
    printed = _printed(altered("no_go", target="[red]evil[/red]\x1b[2J", reasons=("[bold]why",)), "en")
    assert "[red]evil[/red]\\u001b[2J" in printed
    assert "[bold]why" in printed


def test_the_profile_is_named_with_whose_its_chat_is(altered: Callable[..., Judgement]) -> None:
    assert "open-im" in _printed(altered("demo"), "en")
    assert "聊天负载由 golive 自定" in _printed(altered("demo", platform="doudian", own_chat=True), "zh")

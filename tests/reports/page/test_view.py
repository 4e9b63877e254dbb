"""The page's decisions: facts, quantiles, trust."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from reports.model import Judgement, OtherCall
from reports.page import view
from reports.page.words import Text


@pytest.mark.parametrize(
    ("started", "shown"),
    [
        ("2026-11-23T18:15:02+08:00", "2026-11-23 18:15 UTC+08:00"),
        ("2026-11-23T18:15:02", "2026-11-23 18:15"),
        ("yesterday", "yesterday"),
    ],
)
def test_dates_are_shown_to_the_minute_with_their_zone(started: str, shown: str) -> None:
    assert view.date(started) == shown


def test_a_version_nobody_told_is_said_to_be_untold(samples: dict[str, Judgement]) -> None:
    assert view.facts(samples["empty"])[1].value.en == "version not told"


def test_changes_and_notes_stand_in_the_banner_in_both_languages(altered: Callable[..., Judgement]) -> None:
    notes = ("arrivals.csv: 15 messages in 3 minutes, played in 3 s (time x 60, volume x 2)",)
    told = view.facts(altered("go", changes=("customers.concurrency=300",), notes=notes))[-2:]
    assert [(fact.word.en, fact.value.en) for fact in told] == [
        ("Changed", "customers.concurrency=300"),
        ("Note", notes[0]),
    ]
    assert told[1].value.zh == "arrivals.csv：3 分钟共 15 条消息，3 秒内放完（时间 ×60，消息量 ×2）"


def test_quantiles_keep_digits_at_their_gate(samples: dict[str, Judgement]) -> None:
    lines = {stat: (a.en, c.en) for stat, a, c in view.quantiles(samples["no_go"])}
    assert lines["p99"] == ("220", "500.04")
    assert list(lines) == ["p50", "p90", "p95", "p99", "p99.9", "p99.99", "max"]


def test_no_arrival_is_no_sample(altered: Callable[..., Judgement]) -> None:
    content = view.view(altered("empty", dropped=0, arrivals=0))
    assert content.trust[0].value.en == "no sample"


def test_drawing_libraries_are_imported_only_to_draw() -> None:
    code = "import sys, reports.page.render, reports.page.terminal; print({'altair', 'polars'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


def test_the_profile_is_named_and_a_chat_of_our_own_is_said_to_be_ours(altered: Callable[..., Judgement]) -> None:
    assert view.facts(altered("demo"))[-1].value.en == "open-im"
    own = view.facts(altered("demo", platform="doudian", own_chat=True))[-1]
    assert own.word.en == "Platform profile"
    assert own.value == Text(
        "doudian（聊天负载由 golive 自定，不是平台的）",
        "doudian (chat payload: golive's own, no platform's)",
    )


def test_calls_the_platform_does_not_know_are_listed(altered: Callable[..., Judgement]) -> None:
    calls = (OtherCall(name="order.searchList", count=1812, stubbed=False),)
    assert view.view(altered("demo", other_calls=calls)).other_calls == [("order.searchList", "1,812", False)]

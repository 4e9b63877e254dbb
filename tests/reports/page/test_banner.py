"""The verdict's exact words."""

from collections.abc import Callable

import pytest

from reports.model import Judgement
from reports.page.banner import banner


@pytest.mark.parametrize(
    ("verdict", "demo", "line"),
    [
        ("GO", False, "可以上线 GO"),
        ("GO WITH CONDITIONS", False, "有条件上线 GO WITH CONDITIONS"),
        ("NO-GO", False, "不可上线 NO-GO"),
        ("INVALID", False, "本次无效 INVALID"),
        ("GO", True, "演示通过 / demo passed (target: bundled reference)"),
        ("GO WITH CONDITIONS", True, "演示有条件通过 / demo passed with conditions (target: bundled reference)"),
        ("NO-GO", True, "不可上线 NO-GO"),
        ("INVALID", True, "本次无效 INVALID"),
    ],
)
def test_each_outcome_has_its_words(verdict: str, demo: bool, line: str, altered: Callable[..., Judgement]) -> None:
    assert banner(altered("demo", verdict=verdict, demo=demo)).line == line

"""Patterns in parts are found as in one."""

import pytest

from reference_service.filtering import matching
from reference_service.filtering.matching import Patterns


@pytest.mark.parametrize("together", [1, 2, 10_000])
def test_every_pattern_is_found_under_its_number(together: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "_TOGETHER", together)
    found = Patterns(["甲乙", "乙", "丙", "甲乙", "丁"]).find("甲乙丙")
    assert sorted(found) == [(0, 0, 2), (1, 1, 2), (2, 2, 3), (3, 0, 2)]


def test_no_patterns_find_nothing() -> None:
    assert Patterns([]).find("甲") == []
    assert not Patterns([])

"""Every promise is owed by a suite, is told in Chinese, and is found by pattern."""

import tomllib

import pytest

from reports.matrix import promises
from reports.matrix.promises import CONTRACT, UnknownPromise, catalogue, check, matching, owed, scopes


def test_every_promise_is_owed_by_a_suite():
    assert {*owed("contract"), *owed("security")} == set(catalogue())


def test_every_pattern_of_the_scopes_fits_a_promise():
    told = scopes()
    for pattern in (*told.contract, *told.security, *told.essential, *told.never_accepted):
        assert matching([pattern], catalogue()), pattern


def test_every_promise_has_its_chinese_and_nothing_else_has():
    chinese = tomllib.loads((CONTRACT / "promises.zh.toml").read_text(encoding="utf-8"))
    assert set(chinese) == set(catalogue())


def test_what_is_essential_can_never_be_accepted():
    assert [each for each in catalogue() if promises.essential(each) and not promises.never_accepted(each)] == []


def test_a_selection_takes_the_place_of_the_scope():
    assert owed("contract", ["FILTER-*", "SYNC-1"]) == ("SYNC-1", *(f"FILTER-{n}" for n in range(1, 6)))


@pytest.mark.parametrize(
    ("pattern", "hint"), [("SNYC-1", "'SYNC-1'"), ("sync-1", "'SYNC-1'"), ("ROUTES-*", "'ROUTE-*'"), ("?", "such as")]
)
def test_a_pattern_that_fits_nothing_is_refused_with_the_nearest(pattern, hint):
    if pattern == "?":
        pattern = "zzzz"
    with pytest.raises(UnknownPromise, match=r"no promise") as refused:
        check(["SYNC-*", pattern])
    assert hint in str(refused.value)


def test_an_area_is_an_id_without_its_number():
    assert catalogue()["SYNC-1"].area == "SYNC"

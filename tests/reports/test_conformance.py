"""results.json: what a suite writes is what a report reads."""

import msgspec
import pytest

from reports.conformance import Case, Conformance, read, save
from reports.filter_figures import CleanTalk, FilterFigures, Recall, Relation
from tests.suite_runs import whole


def test_what_is_saved_is_read_again(tmp_path):
    figures = FilterFigures(
        classes=(Recall("width", True, 40, 40),),
        clean=(CleanTalk("near misses", 120, 0),),
        relations=(Relation("idempotent masks", 200, 0),),
    )
    results = Conformance(
        suite="security",
        target="reference",
        target_version="1.0",
        started="2026-11-23T18:15:02+08:00",
        seconds=61.5,
        command="golive security",
        platform="open-im",
        cases=(Case(id="SYNC-1/a", promises=("SYNC-1",), state="broken", seconds=0.5, happened="一行\n又一行"),),
        offers=("resume",),
        selected=("SYNC-*",),
        filter=figures,
        planned=1,
    )
    save(results, tmp_path / "results.json")
    assert read(tmp_path / "results.json") == results


def test_results_of_another_version_are_refused(tmp_path):
    save(msgspec.structs.replace(whole(), schema=2), tmp_path / "results.json")
    with pytest.raises(ValueError, match="it is of version 2; this golive reads version 1"):
        read(tmp_path / "results.json")


@pytest.mark.parametrize("text", ["", "{}", '{"suite": "load"}'])
def test_what_is_no_result_is_refused(text, tmp_path):
    (tmp_path / "results.json").write_text(text)
    with pytest.raises(ValueError, match=r".+"):
        read(tmp_path / "results.json")

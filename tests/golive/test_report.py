"""`golive report RUN…`: what is refused, and what several runs together are written as."""

import json
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from golive.failures import Usage
from golive.report import report, together, write
from reports.conformance import Conformance, save
from tests.suite_runs import case, whole

TODAY = date(2026, 11, 28)


def folder(tmp_path: Path, name: str, results: Conformance) -> Path:
    (tmp_path / name).mkdir()
    save(results, tmp_path / name / "results.json")
    return tmp_path / name


def test_two_suites_of_one_version_are_written_as_one(tmp_path: Path) -> None:
    runs = [folder(tmp_path, "c", whole()), folder(tmp_path, "s", whole("security"))]
    merged = together(runs, TODAY)
    write(merged, tmp_path / "out")
    told = json.loads((tmp_path / "out" / "summary.json").read_bytes())
    assert (told["verdict"], [part["run"] for part in told["parts"]]) == ("PASSED", ["c", "s"])
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {"summary.json", "summary.md", "junit.xml", "report.html", "report"}
    assert "彩排没有跑" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_the_exit_code_is_the_worst_of_them(tmp_path: Path) -> None:
    broken = whole("security", cases=(*whole("security").cases, case("TENANT-1/b", "broken", "why")))
    runs = [folder(tmp_path, "c", whole()), folder(tmp_path, "s", broken)]
    console = Console(width=160, color_system=None)
    with console.capture() as captured:
        assert report(runs, tmp_path / "out", console, allow_conditional=True) == 1
    assert "TENANT-1" in captured.get()


def test_a_condition_passes_only_where_that_is_allowed(tmp_path: Path) -> None:
    part = whole(cases=(case("SYNC-2/a"), *(case(f"DELIVERY-{n}/a") for n in (1, 2, 3))))
    runs = [folder(tmp_path, "c", part), folder(tmp_path, "s", whole("security"))]
    quiet = Console(quiet=True)
    assert [report(runs, tmp_path / "o", quiet, allow_conditional=allow) for allow in (False, True)] == [1, 0]
    assert [report(runs[:1], None, quiet, allow_conditional=allow) for allow in (False, True)] == [1, 0]


def test_one_suite_is_judged_in_its_own_folder(tmp_path: Path) -> None:
    run = folder(tmp_path, "c", whole())
    assert report([run], None, Console(quiet=True), allow_conditional=False) == 0
    assert (run / "report.html").exists()


def test_wrong_runs_are_refused(tmp_path: Path) -> None:
    run, other = folder(tmp_path, "c", whole()), folder(tmp_path, "o", whole(target="other"))
    newer = folder(tmp_path, "n", whole("security", target_version="8"))
    for runs, complaint in (
        ([run, tmp_path / "nowhere"], "no run"),
        ([run, run], "named twice"),
        ([run, other], "one verdict is of one target"),
        ([run, newer], "judge one at a time"),
    ):
        with pytest.raises(Usage, match=complaint):
            together(runs, TODAY)
    with pytest.raises(Usage, match="--out"):
        report([run], tmp_path / "out", Console(quiet=True), allow_conditional=False)
    for name in ("r1", "r2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text("{}")
    with pytest.raises(Usage, match="both rehearsals"):
        together([run, tmp_path / "r1", tmp_path / "r2"], TODAY)

"""`golive contract` and `golive security`: what is refused before the start, and how pytest's end becomes a verdict."""

import sys
from datetime import date, datetime
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from golive.failures import Failure, Usage
from golive.part import ROOT
from golive.suite import SuiteWish, check, command, first_error, make_folder, processes, refused, run_suite
from golive.suite_screen import SuiteScreen, tally
from golive.suite_verdict import Ended, conclude, fault_of, judge, record
from reports.conformance import save
from tests.suite_runs import case, ran, whole

TODAY = date(2026, 11, 28)


def test_a_folder_that_cannot_be_written_is_the_harness_s_failure(tmp_path: Path) -> None:
    (tmp_path / "ended.json").mkdir()
    with pytest.raises(Failure, match=r"cannot be written .* MiB free on that disk\.$") as failed:
        record(tmp_path, Ended(exit=0))
    assert failed.value.code == 4


def test_the_command_says_all_that_was_asked(tmp_path: Path) -> None:
    wish = SuiteWish("security", "desk", ("ROUTE-*", "SYNC-1"), processes=3, profile="nightly", minutes=30)
    assert command(wish, tmp_path)[1:] == [
        "-m", "pytest", str(ROOT / "security_tests"), "-q", "--color=no", "--tb=short", "-p", "no:cacheprovider",
        "-o", "asyncio_default_fixture_loop_scope=session", "--results", str(tmp_path / "results.json"),
        "--target", "desk", "--golive-toml", str(Path("golive.toml").resolve()),
        "--promise", "ROUTE-*", "--promise", "SYNC-1", "-n", "3", "--dist", "loadgroup", "--max-worker-restart", "0",
        "--hypothesis-profile", "nightly", "--minutes", "30",
    ]  # fmt: skip
    assert command(wish, tmp_path)[0] == sys.executable


def test_one_case_is_played_in_one_process(tmp_path: Path) -> None:
    words = command(SuiteWish("contract", case="SYNC-1/a", processes=4, real_time=30), tmp_path)
    assert words[-4:] == ["--real-time", "30", "--case", "SYNC-1/a"]
    assert "-n" not in words


@pytest.mark.parametrize(("asked", "cpus", "n"), [(-1, 8, 2), (-1, 2, 2), (-1, 1, 0), (0, 8, 0), (5, 2, 5)])
def test_a_small_machine_gets_one_process(asked: int, cpus: int, n: int) -> None:
    assert processes(SuiteWish("contract", processes=asked), cpus) == n


def test_a_target_with_one_gateway_port_gets_one_process(tmp_path: Path) -> None:
    file = tmp_path / "golive.toml"
    bound = 'url = "http://127.0.0.1:1"\nadapter = "reference"\n'
    file.write_text(f"[targets.near]\n{bound}[targets.far]\n{bound}gateway_port = 8123\n", encoding="utf-8")
    assert processes(SuiteWish("contract", "near", config=file), 2) == 2
    assert processes(SuiteWish("contract", "far", config=file), 2) == 0
    with pytest.raises(Usage, match="-n 2: target far reaches the platform at port 8123"):
        check(SuiteWish("contract", "far", processes=2, config=file))


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"promises": ("SNYC-1",)}, "did you mean 'SYNC-1'"),
        ({"target": "nobody"}, "no target 'nobody'; known are: reference"),
        ({"accepted": Path("nowhere.toml")}, r"nowhere\.toml"),
        ({"profile": "weekly"}, "ci and nightly"),
        ({"minutes": 3.0}, "--profile nightly"),
        ({"minutes": -1.0, "profile": "nightly"}, "--minutes"),
    ],
)
def test_a_wrong_wish_is_refused_before_anything_starts(
    fields: dict[str, object], complaint: str, tmp_path: Path
) -> None:
    wish = SuiteWish("security", runs=tmp_path / "runs", config=tmp_path / "golive.toml", **fields)  # type: ignore[arg-type]
    with pytest.raises(Usage, match=complaint):
        check(wish)
    assert not (tmp_path / "runs").exists()


def test_an_adapter_with_a_missing_method_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("class T:\n    name = 'bad'\ntarget = T()\n")
    (tmp_path / "golive.toml").write_text('[targets.bad]\nurl = "http://127.0.0.1:9"\nadapter = "bad.py"\n')
    with pytest.raises(Usage, match=r"bad\.py: .*docs/adapter\.md"):
        check(SuiteWish("contract", "bad", runs=tmp_path / "runs", config=tmp_path / "golive.toml"))


def test_two_runs_of_one_second_get_two_folders(tmp_path: Path) -> None:
    now, wish = datetime(2026, 11, 28, 18, 15, 2), SuiteWish("contract", runs=tmp_path)
    assert [make_folder(wish, now).name for _ in range(2)] == ["20261128-181502-contract", "20261128-181502-contract-2"]


GOOD, BAD = case("SYNC-1/a"), case("SYNC-1/b", "broken", "why")
LAB = case("SYNC-1/a", "unknown", "the lab cannot be set up: no answer")


@pytest.mark.parametrize(
    ("end", "cases", "fault"),
    [
        (Ended(exit=0), (GOOD,), ""),
        (Ended(exit=1), (GOOD, BAD), ""),
        (Ended(exit=5), (), ""),
        (Ended(exit=5), (case("SYNC-1/a", "not verified"),), ""),
        (Ended(exit=1), (GOOD,), "the suite reported a failure that no case tells of; see logs/suite.log"),
        (Ended(exit=0), (GOOD, BAD), "a case failed and the suite did not report it; see logs/suite.log"),
        (Ended(exit=5), (GOOD,), "the suite says that nothing was tested, its cases say otherwise; see logs/suite.log"),
        (Ended(exit=3), (GOOD,), "the suite ended with 3; see logs/suite.log"),
        (Ended(exit=-9), (GOOD,), "the suite ended with -9; see logs/suite.log"),
        (Ended(exit=4), (LAB,), "the lab cannot be set up: no answer"),
        (Ended(exit=2, interrupted=True), (GOOD,), "the run was interrupted"),
        (Ended(exit=2, silent_s=300.0), (GOOD,), "the suite said nothing for 300 s and was ended; see logs/suite.log"),
    ],
)  # fmt: skip
def test_pytests_end_and_the_cases_must_tell_the_same(end: Ended, cases: tuple[object, ...], fault: str) -> None:
    assert fault_of(end, ran(*cases)) == fault  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("end", "harness"),
    [
        (Ended(exit=0), False),
        (Ended(exit=1), False),
        (Ended(exit=5), False),
        (Ended(exit=2), True),
        (Ended(exit=4), True),
        (Ended(exit=-9), True),
        (Ended(exit=2, interrupted=True), False),
        (Ended(exit=0, silent_s=300.0), True),
    ],
)
def test_whose_fault_an_end_is(end: Ended, harness: bool) -> None:
    assert end.harness is harness


@pytest.mark.parametrize(
    ("end", "code"), [(Ended(exit=0), 0), (Ended(exit=3), 3), (Ended(exit=2, interrupted=True), 3)]
)
def test_how_it_ended_is_remembered_when_it_is_judged_again(end: Ended, code: int, tmp_path: Path) -> None:
    save(whole(), tmp_path / "results.json")
    record(tmp_path, end)
    assert conclude(tmp_path, TODAY).exit_code == code
    assert judge(tmp_path, TODAY).exit_code == code
    written = {path.name for path in tmp_path.iterdir()}
    assert written >= {"summary.json", "summary.md", "junit.xml", "report.html", "report"}


def test_results_of_a_pytest_started_by_hand_are_judged_by_their_cases(tmp_path: Path) -> None:
    save(whole(), tmp_path / "results.json")
    assert judge(tmp_path, TODAY).exit_code == 0
    save(whole(cases=(*whole().cases, BAD)), tmp_path / "results.json")
    assert judge(tmp_path, TODAY).exit_code == 1


def test_the_accepted_failures_of_a_run_are_those_it_was_started_with(tmp_path: Path) -> None:
    broken = msgspec.structs.replace(BAD, id="KNOW-1/b", promises=("KNOW-1",))
    save(whole(cases=(*whole().cases, broken)), tmp_path / "results.json")
    assert judge(tmp_path, TODAY).verdict == "NO-GO"
    (tmp_path / "accepted.toml").write_text(
        '[[accepted]]\ncase = "KNOW-1/b"\nreason = "x"\nowner = "y"\nexpires = 2026-12-31\n'
    )
    assert judge(tmp_path, TODAY).verdict == "GO WITH CONDITIONS"
    assert judge(tmp_path, date(2027, 1, 1)).verdict == "NO-GO"


@pytest.mark.parametrize("text", ["", "{", '{"suite": "load"}'])
def test_rubbish_in_the_results_is_a_clear_failure(text: str, tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text(text)
    with pytest.raises(Failure, match=r"results\.json: cannot be read"):
        judge(tmp_path, TODAY)


def test_pytests_own_word_is_told_where_no_case_ran(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    log = tmp_path / "logs" / "suite.log"
    log.write_text("noise\nERROR: something is wrong\nmore\n")
    with pytest.raises(Failure, match="something is wrong") as told:
        refused(tmp_path, Ended(exit=4))
    assert told.value.code == 4
    log.write_text("killed\n")
    with pytest.raises(Failure, match=r"the suite ended with -9; see .*suite\.log"):
        refused(tmp_path, Ended(exit=-9))
    log.write_text("no tests ran\n")
    refused(tmp_path, Ended(exit=5))
    log.write_text("ERROR: --case x is no case\n")
    with pytest.raises(Usage, match="--case x is no case"):
        refused(tmp_path, Ended(exit=4))
    assert not tmp_path.exists()


def test_pytests_errors_are_found_in_its_log() -> None:
    assert first_error(["x", "ERROR contract_tests/test_a.py - ImportError: b"]) == (
        "contract_tests/test_a.py - ImportError: b"
    )
    assert first_error(["E   ImportError: b", "ERROR test_a.py"]) == "test_a.py: ImportError: b"
    assert first_error(["AN ERROR: no"]) == ""


def test_a_failure_is_shown_once_and_its_reason_once() -> None:
    console = Console(width=200, color_system=None)
    others = [case(f"SYNC-1/{n}", "unknown", "the lab cannot be set up: no answer") for n in range(2)]
    with console.capture() as captured, SuiteScreen(console, "contract", "desk", "run-1") as screen:
        screen(None)
        screen(ran(GOOD, BAD))
        screen(ran(GOOD, BAD, *others))
    assert captured.get().splitlines() == [
        "run-1 · desk",
        "✗ SYNC-1/b  why",
        "? SYNC-1/0  the lab cannot be set up: no answer",
        "? SYNC-1/1",
    ]


def test_the_tally_counts_by_state() -> None:
    assert tally(ran(GOOD, BAD, case("SYNC-1/c", "not verified"))) == "✓1 ✗1 –1"


def test_a_suite_that_hangs_is_ended_and_is_no_pass(tmp_path: Path) -> None:
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_hang.py").write_text("import signal\n\ndef test_it():\n    signal.pause()\n")
    (tests / "conftest.py").write_text(
        "def pytest_addoption(parser):\n    for name in ('--results', '--target', '--golive-toml'):\n"
        "        parser.addoption(name)\n"
    )
    wish = SuiteWish("contract", runs=tmp_path / "runs", processes=0, tests=tests, silent_s=0.5)
    with pytest.raises(Failure, match=r"the suite said nothing for 0\.5 s and was ended") as told:
        run_suite(wish, Console(quiet=True))
    assert told.value.code == 4

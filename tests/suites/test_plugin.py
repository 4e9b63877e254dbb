"""A suite as its users call it: a few tests of our own in a folder, played by pytest in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reports.conformance import Conformance, read

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).resolve().parents[2]
HEAD = "import pytest\nfrom suites.lab import Lab\n"
HOLDS = '@pytest.mark.promise("SYNC-1")\ndef test_it_holds() -> None:\n    pass\n'
SKIPS = '@pytest.mark.promise("SYNC-2")\nasync def test_it_needs_more(lab: Lab) -> None:\n    lab.need("telepathy")\n'
WRITES = """
@pytest.mark.promise("DELIVERY-2")
async def test_it_is_answered(lab: Lab) -> None:
    shop = await lab.shop()
    customer = await shop.customer()
    await customer.say("在吗")
    await customer.receives("an answer that nobody gives", within=0.3)
"""


class Played:
    def __init__(self, done: "subprocess.CompletedProcess[str]", results: Path) -> None:
        self.code, self.text = done.returncode, done.stdout + done.stderr
        self._results = results

    @property
    def results(self) -> Conformance:
        return read(self._results)


def play(folder: Path, tests: str, *options: str) -> Played:
    suite = folder / "contract_tests"
    suite.mkdir(exist_ok=True)
    (suite / "test_own.py").write_text(HEAD + tests, encoding="utf-8")
    results = folder / "results.json"
    words = [sys.executable, "-m", "pytest", "-p", "suites.plugin", "-q", "-c", str(ROOT / "pyproject.toml")]
    words += ["--rootdir", str(folder), "-p", "no:cacheprovider", "--results", str(results), *options, str(suite)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    return Played(done, results)


def test_each_test_becomes_a_case_and_a_failure_is_told_in_words(tmp_path: Path) -> None:
    played = play(tmp_path, HOLDS + SKIPS + WRITES)
    found = {case.id: case.state for case in played.results.cases}
    assert (played.code, found) == (
        1,
        {"DELIVERY-2/it_is_answered": "broken", "SYNC-1/it_holds": "holds", "SYNC-2/it_needs_more": "not verified"},
    )
    for line in (
        "promised:",
        "DELIVERY-2: a reply accepted from an agent reaches the customer once",
        "did not receive 'an answer that nobody gives' within 0.3 s",
        "writes '在吗",
        "golive contract --case DELIVERY-2/it_is_answered",
    ):
        assert line in played.text
    assert "Traceback" not in played.text
    assert played.results.target_version.startswith("golive reference service")


def test_only_skips_are_no_pass(tmp_path: Path) -> None:
    played = play(tmp_path, SKIPS)
    assert (played.code, played.results.cases[0].reason) == (5, "not offered: telepathy")


def test_nothing_collected_is_no_pass(tmp_path: Path) -> None:
    assert play(tmp_path, HOLDS, "--promise", "RETAIN-*").code == 5


def test_a_target_that_does_not_start_is_one_sentence_and_ends_the_suite(tmp_path: Path) -> None:
    played = play(tmp_path, WRITES + SKIPS, "--reference-program", "no-such-program.py")
    assert played.code == 4
    assert "golive: the lab cannot be set up: the reference ended (exit 2) before it was ready" in played.text
    assert "Traceback" not in played.text
    assert [case.state for case in played.results.cases] == ["unknown"]  # the second was not tried any more


BREAKS = '@pytest.mark.promise("SYNC-2")\ndef test_it_breaks() -> None:\n    assert False, "never came"\n'


def test_what_was_only_set_up_is_no_pass(tmp_path: Path) -> None:
    assert [case.state for case in play(tmp_path, HOLDS + BREAKS, "--setup-only").results.cases] == ["unknown"] * 2


@pytest.mark.parametrize(("options", "narrowed"), [((), False), (("-k", "holds"), True), (("--ignore", "x"), True)])
def test_a_run_of_some_tests_only_says_so(options: tuple[str, ...], narrowed: bool, tmp_path: Path) -> None:
    assert play(tmp_path, HOLDS, *options).results.narrowed is narrowed


@pytest.mark.parametrize("options", [("-n", "2"), ("--continue-on-collection-errors",)])
def test_a_file_that_cannot_be_read_is_told_beside_the_cases_of_the_others(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    folder = tmp_path / "contract_tests"
    folder.mkdir()
    (folder / "test_lost.py").write_text("import no_such_module\n")
    told = play(tmp_path, HOLDS + BREAKS, *options).results
    assert (told.failed, {case.state for case in told.cases}) == (
        "contract_tests/test_lost.py cannot be read: ModuleNotFoundError: No module named 'no_such_module'",
        {"holds", "broken"},
    )


def test_results_are_of_one_suite(tmp_path: Path) -> None:
    (tmp_path / "security_tests").mkdir()
    played = play(tmp_path, HOLDS, str(tmp_path / "security_tests"))
    assert (played.code, "--results is of one suite" in played.text) == (4, True)


def test_without_our_pyproject_the_tests_are_played_all_the_same(tmp_path: Path) -> None:
    """As of a golive that was installed, which nobody's pytest configures."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    asked = '@pytest.mark.promise("SYNC-1")\nasync def test_it_is_awaited() -> None:\n    pass\n'
    played = play(tmp_path, asked, "-c", str(tmp_path / "pytest.ini"))
    assert (played.code, [case.state for case in played.results.cases]) == (0, ["holds"]), played.text


CHANGES = """
@pytest.mark.promise("SYNC-1")
@pytest.mark.parametrize("release", ["1.0", "1.1"])
async def test_it_is_asked(lab: Lab, release: str) -> None:
    lab.version = ("shop desk", release)
"""


def test_a_target_that_changes_meanwhile_makes_the_run_no_answer(tmp_path: Path) -> None:
    told = play(tmp_path, CHANGES).results
    assert told.failed == "the target changed during the run: shop desk 1.0, shop desk 1.1"


def test_a_call_that_is_refused_leaves_no_results_of_an_earlier_one(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text("{}")
    play(tmp_path, HOLDS, "--target", "staging")
    assert not (tmp_path / "results.json").exists()


@pytest.mark.parametrize(
    ("tests", "options", "says"),
    [
        (HOLDS, ("--promise", "SNYC-1"), "--promise SNYC-1 is no promise; did you mean SYNC-1?"),
        (HOLDS, ("--case", "SYNC-1/it_hold"), "--case SYNC-1/it_hold is no case; did you mean SYNC-1/it_holds?"),
        (HOLDS, ("--target", "staging"), "no target 'staging'; known are: reference"),
        ("def test_it() -> None:\n    pass\n", (), "it names no promise"),
        ('@pytest.mark.promise("SYNC-9")\ndef test_it() -> None:\n    pass\n', (), "promise SYNC-9 is none of"),
    ],
)
def test_a_wrong_call_says_what_is_meant(tmp_path: Path, tests: str, options: tuple[str, ...], says: str) -> None:
    played = play(tmp_path, tests, *options)
    assert played.code == 4
    assert says in played.text
    assert "Traceback" not in played.text

"""What is wrong with a scenario is said before anything starts, and a run that was cut is never a pass."""

from pathlib import Path
from typing import cast

import pytest
import typer

from golive.config import TargetConfig
from golive.failures import Failure, Usage
from golive.main import clear_words
from golive.play import SCENARIOS, Wish, again, exit_code, find_scenario, platform_of, prepare, suited, with_kill
from golive.reach import Reach
from golive.recipe import write
from reports.model import Judgement

SHORT = (SCENARIOS / "short.toml").read_text(encoding="utf-8") if (SCENARIOS / "short.toml").exists() else ""


class _Judged:
    def __init__(self, verdict: str, code: int) -> None:
        self.verdict, self.exit_code = verdict, code


def judged(verdict: str, code: int) -> Judgement:
    return cast(Judgement, _Judged(verdict, code))


@pytest.mark.parametrize(
    ("verdict", "code", "trouble", "allow", "expected"),
    [
        ("GO", 0, None, False, 0),
        ("GO", 0, Failure("interrupted"), False, 3),
        ("NO-GO", 1, Failure("interrupted"), False, 1),
        ("INVALID", 3, None, True, 3),
        ("GO WITH CONDITIONS", 1, None, False, 1),
        ("GO WITH CONDITIONS", 1, None, True, 0),
    ],
)
def test_exit_codes(verdict: str, code: int, trouble: Failure | None, allow: bool, expected: int) -> None:
    assert exit_code(judged(verdict, code), trouble, allow_conditional=allow) == expected


def test_every_scenario_that_comes_with_golive_is_sound() -> None:
    names = [path.stem for path in SCENARIOS.glob("*.toml")]
    assert {"launch", "short"} <= set(names)
    for name in names:
        assert find_scenario(name).name == name


def test_an_unknown_scenario_suggests_the_near_one() -> None:
    with pytest.raises(Usage, match="did you mean 'launch'"):
        find_scenario("lunch")


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("seed =", "sede =", "did you mean `seed`"),
        ('"lost = 0"', '"lots = 0"', "lost"),
        ('"lost = 0"', '"lost is 0"', "lost is 0"),
        ("seed =", 'abort_when = ["lost > 0"]\nseed =', "no lost during a run"),
    ],
)
def test_a_wrong_scenario_is_told_with_file_and_mend(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    assert right in SHORT
    path.write_text(SHORT.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(Usage, match=message) as error:
        find_scenario(str(path))
    assert str(path) in str(error.value)


def test_a_kill_is_planned_by_phase_and_seconds() -> None:
    launch = find_scenario("launch")
    assert with_kill(launch, "") == launch
    assert [(kill.phase, kill.after_s) for kill in with_kill(launch, "surge+10").kills] == [("surge", 10.0)]
    for wrong in ("surge", "surge+", "serge+10", "surge+x", "+10"):
        with pytest.raises(Usage, match="PHASE\\+SECONDS"):
            with_kill(launch, wrong)


def test_the_command_to_do_it_again_has_everything_that_mattered() -> None:
    assert again(Wish("launch"), 618) == "golive rehearse launch --seed 618"
    wish = Wish("my own.toml", "staging", kill="surge+10", changes=("customers.concurrency=5", "title_en=a b"))
    reached = Wish("launch", reach=Reach(listen="10.0.0.5", public_url="http://me:80"))
    assert again(reached, 7) == "golive rehearse launch --seed 7 --listen 10.0.0.5 --public-url http://me:80"
    assert again(wish, 7) == (
        "golive rehearse 'my own.toml' --seed 7 --target staging --kill surge+10 "
        "--set customers.concurrency=5 --set 'title_en=a b'"
    )


ADAPTER = """
class Ours:
    name, offers, limits, platform = "ours", frozenset(), None, "mine.py:OurIm"

    async def open(self, run): ...
    async def close(self): ...
    async def shop(self, want): ...
    async def agents(self, shop, n): ...
    async def connect(self, agent, device, resume): ...


target = Ours()
"""


def test_the_platform_is_the_adapters_unless_a_person_wishes_another(tmp_path: Path) -> None:
    adapter = tmp_path / "adapter.py"
    adapter.write_text(ADAPTER, encoding="utf-8")
    bound = TargetConfig(url="http://127.0.0.1:1", adapter=str(adapter))
    assert platform_of(Wish(), None) == "open-im"
    assert platform_of(Wish(), bound) == f"{tmp_path.resolve()}/mine.py:OurIm"
    assert platform_of(Wish(platform="doudian"), bound) == "doudian"


@pytest.mark.parametrize("platform", ["feige", "none.py:OurIm"])
def test_an_unknown_platform_is_told_before_anything_starts(tmp_path: Path, platform: str) -> None:
    with pytest.raises(Usage, match=r"no platform profile 'feige'|there is no file"):
        prepare(Wish("short", platform=platform, runs=tmp_path), find_scenario("short"))
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_stub_file_is_told_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "stubs").mkdir()
    (tmp_path / "stubs" / "orders.json").write_text("[]")
    (tmp_path / "mine.toml").write_text(SHORT, encoding="utf-8")
    with pytest.raises(Usage, match=r"orders\.json"):
        prepare(Wish("mine", runs=tmp_path / "runs"), find_scenario(str(tmp_path / "mine.toml")))


def test_the_command_to_repeat_a_run_names_its_platform() -> None:
    assert again(Wish("short", platform="doudian"), 7) == "golive rehearse short --seed 7 --platform doudian"


def test_a_scenario_is_found_by_path_with_its_files_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "shop")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    found = find_scenario("../shop/rehearsal.toml", ["volume=1"])
    assert [line.intent for line in found.talk.lines][:2] == ["logistics", "logistics"]
    (tmp_path / "shop" / "rehearsal.toml").rename(tmp_path / "shop" / "evening")
    assert find_scenario("../shop/evening").phases != found.phases


def test_a_list_that_silences_everybody_is_refused_before_the_start(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "wordlist.txt").write_text("\n".join("您我请好的了亲"), encoding="utf-8")
    with pytest.raises(Usage, match=r"rehearsal\.toml: wordlist: .*list longer phrases"):
        find_scenario(str(tmp_path / "rehearsal.toml"))


MINE = """
from targets.interface import Limits
class Mine:
    name, offers, limits, platform = "mine", frozenset(), Limits(max_agents=200, max_rate=90.0), "open-im"
    async def open(self, run): ...
    async def close(self): ...
    async def shop(self, want): ...
    async def agents(self, shop, n): ...
    async def connect(self, agent, device, resume): ...
target = Mine()
"""


def test_a_target_gets_no_more_than_golive_toml_and_its_adapter_allow(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MINE)
    bound = TargetConfig(url="http://127.0.0.1", adapter=str(tmp_path / "mine.py"), max_rate=70.0)
    fitted = suited(find_scenario("launch"), bound)
    assert (fitted.business_speed, fitted.max_rate) == (1.0, 70.0)
    with pytest.raises(Usage, match="allows 70 customer messages a second, and phase surge asks for 400"):
        suited(find_scenario("launch", ["fit_agents=false"]), bound)
    (tmp_path / "mine.py").write_text("target = 1")
    with pytest.raises(Usage, match="has no `name`"):
        suited(find_scenario("launch"), bound)


def test_the_bundled_reference_keeps_the_speed_asked_for() -> None:
    launch = find_scenario("launch")
    assert suited(launch, None) == launch
    assert suited(launch, TargetConfig(url="http://127.0.0.1", adapter="reference")) == launch


@pytest.mark.parametrize(
    ("raised", "code", "told"),
    [
        (Usage("no such thing"), 2, "golive: no such thing"),
        (Failure("a disk is full"), 4, "golive: a disk is full"),
        (ValueError("nobody thought of it"), 4, "ValueError: nobody thought of it"),
        (KeyboardInterrupt(), 4, ""),
    ],
)
def test_whatever_ends_a_command_is_no_verdict(
    raised: BaseException, code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended, clear_words():
        raise raised
    assert (ended.value.exit_code, told in capsys.readouterr().err) == (code, True)

"""A scenario takes in the files beside it, so that it can be played without them."""

from pathlib import Path

import pytest

from history.phases import Phase
from history.run import RunFolder
from history.scenario import ScenarioError
from history.scenario_file import load
from history.talk import Line, Word
from tests.history.test_run import specification

SHOP = """
name = "shop"
title_zh = "甲"
title_en = "a"
gates = ["lost = 0"]
arrivals = "arrivals.csv"
time_scale = 60
volume = 2
dialogues = "data/dialogues.csv"
wordlist = "wordlist.txt"
[customers]
concurrency = 500
"""


def shop(folder: Path, text: str) -> Path:
    """A scenario file with its three files."""
    (folder / "data").mkdir()
    (folder / "arrivals.csv").write_text("minute,count\n0,5\n2,10\n")
    (folder / "data" / "dialogues.csv").write_text("intent,text\nrefund,退款呢\n", encoding="utf-8")
    (folder / "wordlist.txt").write_text("QQ\n加微信\n", encoding="gb18030")
    (folder / "shop.toml").write_text(text, encoding="utf-8")
    return folder / "shop.toml"


def test_the_files_are_taken_in_and_named_no_more(tmp_path: Path) -> None:
    found = load(shop(tmp_path, SHOP))
    assert found.phases == (
        Phase(name="ramp", seconds=20.0, rate=0.0),  # 25 customers open each second
        Phase(name="00:00", seconds=1.0, rate=10.0, curve=(10.0,)),
        Phase(name="00:01", seconds=1.0, rate=0.0, curve=(0.0,)),
        Phase(name="00:02", seconds=1.0, rate=20.0, curve=(20.0,)),
    )
    assert found.talk.lines == (Line(intent="refund", text="退款呢"),)
    assert found.talk.words == (Word(word="QQ"), Word(word="加微信"))
    assert (found.arrivals, found.dialogues, found.wordlist, found.time_scale, found.volume) == ("", "", "", 1.0, 1.0)
    assert found.notes == (
        "arrivals.csv: 15 messages in 3 minutes, played in 3 s (time x 60, volume x 2)",
        "dialogues.csv: 1 lines of customers",
        "wordlist.txt: 2 listed words",
    )


def test_a_runs_folder_has_all_of_it(tmp_path: Path) -> None:
    import msgspec

    whole = load(shop(tmp_path, SHOP))
    folder = RunFolder(tmp_path / "run")
    folder.write_spec(msgspec.structs.replace(specification(), scenario=whole))
    for name in ("arrivals.csv", "data/dialogues.csv", "wordlist.txt", "shop.toml"):
        (tmp_path / name).unlink()
    assert folder.spec().scenario == whole


def test_phases_that_are_written_come_before_the_curve(tmp_path: Path) -> None:
    text = SHOP + '[[phases]]\nname = "opening"\nseconds = 60\nrate = 1\n'
    assert [phase.name for phase in load(shop(tmp_path, text)).phases] == ["opening", "00:00", "00:01", "00:02"]


def test_the_curve_can_be_changed_from_the_command_line(tmp_path: Path) -> None:
    path = shop(tmp_path, SHOP)
    assert load(path, ["volume=1"]).phases[1].rate == 5.0
    (tmp_path / "other.csv").write_text("minute,count\n7,60\n")
    assert load(path, ["arrivals=other.csv"]).phases[1].name == "00:07"
    assert load(path, [f"arrivals={tmp_path / 'other.csv'}"]).phases[1].name == "00:07"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('"arrivals.csv"', '"arivals.csv"'), r"shop\.toml: arrivals = 'arivals.csv' cannot be read .*No such file"),
        (('"arrivals.csv"', '"data"'), "Is a directory"),
        (('"arrivals.csv"', '"a\\u0000b"'), "cannot be read"),
        (('"arrivals.csv"', '"wordlist.txt"'), r"wordlist\.txt, line 1: the header 'QQ' lacks minute and count"),
        (("time_scale = 60", "time_scale = 0"), "time_scale must be above 0, not 0"),
        (("volume = 2", "volume = inf"), "volume must be above 0, not inf"),
        (("concurrency = 500", 'concurrency = 500\nworkload = "closed"'), "customers.workload = 'open'"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_name(
    tmp_path: Path, change: tuple[str, str], complaint: str
) -> None:
    with pytest.raises(ScenarioError, match=complaint):
        load(shop(tmp_path, SHOP.replace(*change)))


def test_a_scenario_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(b"name = '\xff'")
    with pytest.raises(ScenarioError, match="no UTF-8 text"):
        load(tmp_path / "x.toml")

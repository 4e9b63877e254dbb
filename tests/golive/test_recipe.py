"""A new user in an empty folder: golive init, then a rehearsal of what it wrote, changed as a person would."""

import json
from pathlib import Path

import pytest

from golive.failures import Usage
from golive.play import find_scenario
from golive.recipe import FILES, write
from simulators.demand import peak
from tests.golive.test_rehearse import PATIENCE_S, Golive, last, summary


def test_what_is_written_is_a_sound_scenario_with_its_three_files(tmp_path: Path) -> None:
    assert [path.name for path in write(tmp_path / "new")] == list(FILES)
    found = find_scenario(str(tmp_path / "new" / "rehearsal.toml"))
    assert [note.split(":")[0] for note in found.notes] == list(FILES[1:])
    assert peak(found).rate < found.max_rate
    for name in FILES[1:3]:
        assert (tmp_path / "new" / name).read_bytes().startswith(b"\xef\xbb\xbf")  # or Excel shows rubbish


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    (tmp_path / "wordlist.txt").write_text("mine")
    with pytest.raises(Usage, match=r"wordlist\.txt is there already, and nothing was written"):
        write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["wordlist.txt"]


@pytest.mark.slow
def test_a_new_user_gets_a_verdict_from_their_own_data(golive: Golive, tmp_path: Path) -> None:
    out, _ = golive("init").communicate(timeout=PATIENCE_S)
    assert "golive rehearse rehearsal.toml" in out
    shop = (tmp_path / "arrivals.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "arrivals.csv").write_text("\n".join(shop.split("\n")[:21]), encoding="gb18030")
    wanted = sum(int(row.split(",")[1]) for row in shop.split("\n")[1:21])
    (tmp_path / "wordlist.txt").write_text("包邮暗号\nQQ\n", encoding="gb18030")
    wishes = ["customers.listed_share=0.2", "agents.listed_share=0.2", "phases+={name='opening', seconds=4, rate=5}"]
    told = golive("rehearse", "rehearsal.toml", *(word for wish in wishes for word in ("--set", wish)))
    out, _ = told.communicate(timeout=PATIENCE_S)
    found = summary(tmp_path)
    assert found["changes"][0] == "customers.listed_share=0.2", out
    assert found["notes"][0].startswith(f"arrivals.csv: {wanted} messages in 20 minutes, played in 10 s"), found[
        "notes"
    ]
    assert found["command"].startswith("golive rehearse rehearsal.toml --seed 618 --set customers.listed_share=0.2")
    assert found["messages"] == pytest.approx(wanted * 0.25 + 60 * 1.5 + 5 * 4, rel=0.3)
    assert found["blocked_leaked"] == 0, "the target was told other words than the oracle knows"
    opportunities = {p["checker"]: p["opportunities"] for p in found["promises"]}
    assert opportunities["blocked_stays_blocked"] > 10, "nobody wrote the shop's own listed words"
    assert found["lost"] == 0, out
    for name in FILES:
        (tmp_path / name).unlink()
    judged = golive("report", "runs/last")
    judged.communicate(timeout=PATIENCE_S)
    assert judged.returncode == told.returncode
    alone = find_scenario(str(last(tmp_path) / "scenario.toml"))
    assert [word.word for word in alone.talk.words] == ["包邮暗号", "QQ"]
    assert json.loads((last(tmp_path) / "about.json").read_bytes())["changes"] == found["changes"]

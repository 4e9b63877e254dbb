"""A customer under Locust: says, hears, comes back, and keeps the books."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from history.scenario import Customers, Phase, Scenario
from history.tokens import token
from tests.loadtests.conftest import Play, StandIn

pytestmark = pytest.mark.thorough

SCRIPT = str(Path(__file__).with_name("script_customer.py"))
ANY = Scenario(
    name="any",
    title_zh="",
    title_en="",
    customers=Customers(concurrency=1),
    phases=(Phase(name="one", seconds=30, rate=0),),
    gates=(),
)


async def played(play: Play, *steps: list[Any]) -> list[Any]:
    """Play a script with one user; what its steps returned."""
    play.specify(ANY)
    await play.start("-u", "1", "-r", "1", file=SCRIPT, GOLIVE_SCRIPT=json.dumps(steps))
    ended = await play.end()
    assert ended.code == 0, ended.output
    assert "Traceback" not in ended.output, ended.output
    assert play.stream().ended
    saw: list[Any] = json.loads(ended.output.split("SAW ")[1].splitlines()[0])
    return saw


def counted(path: Path) -> list[tuple[str, int, int]]:
    """Name, requests and failures of each entry in Locust's own file."""
    return [(each["name"], each["num_requests"], each["num_failures"]) for each in json.loads(path.read_bytes())]


async def test_a_whole_visit_is_played_and_recorded(play: Play, stand_in: StandIn) -> None:
    steps = [["say", "在吗"], ["wait_reply", 10], ["read", 2], ["recall"], ["rate", 4], ["leave"]]
    saw = await played(play, *steps)
    assert saw == ["c00000-1", f"好的 {token(1, 1, 1)}", None, None, None, None]
    assert stand_in.ops("c00000") == ["hello", "send", "read", "recall", "rate", "leave"]
    assert [(frame["op"], frame.get("message")) for frame in stand_in.frames][3] == ("recall", "@m1==")
    rows = play.rows("joined", "intended", "sent", "received", "rated", "left", "dropped", "rejected")
    base = {"shop": "s01", "actor": "c00000"}
    known = {**base, "conversation": "@c00000=="}
    for row in rows:
        del row["t"]
    assert rows == [  # the first words are wanted before the conversation is known
        {"kind": "intended", **base, "message": "c00000-1"},
        {"kind": "joined", **known},
        {"kind": "sent", **known, "message": "c00000-1"},
        {"kind": "received", **known, "message": token(1, 1, 1), "ref": "@r1==", "n": 2},
        {"kind": "rated", **known, "n": 4},
        {"kind": "left", **known},
    ]


async def test_busy_is_tried_again_under_the_same_id_and_intended_once(play: Play, stand_in: StandIn) -> None:
    assert (await played(play, ["say", "busy 1"], ["wait_reply", 10]))[1]
    assert [frame["id"] for frame in stand_in.frames if frame["op"] == "send"] == ["c00000-1"] * 2
    assert Counter(row["kind"] for row in play.rows("intended", "sent", "rejected")) == Counter(
        intended=1, sent=1, rejected=1
    )
    assert play.rows("rejected")[0]["note"] == "busy"


async def test_a_lost_connection_comes_back_with_what_was_open_and_what_was_missed(
    play: Play, stand_in: StandIn
) -> None:
    saw = await played(play, ["say", "在吗"], ["wait_reply", 10], ["say", "cut now"], ["wait_reply", 10])
    assert saw[3] == f"好的 {token(1, 1, 2)}"
    hellos = [frame for frame in stand_in.frames if frame["op"] == "hello"]
    assert [hello["after"] for hello in hellos] == [0, 2]
    assert [frame["id"] for frame in stand_in.frames if frame["op"] == "send"] == ["c00000-1"] + ["c00000-2"] * 2
    assert [row.get("n", 0) for row in play.rows("joined")] == [0, 1]
    assert [row["message"] for row in play.rows("sent")] == ["c00000-1", "c00000-2"]


@pytest.mark.slow
async def test_nobody_there_means_dropped_and_counted_not_sent_late(play: Play) -> None:
    play.port = 1  # nobody listens there
    assert await played(play, ["say", "在吗"]) == [""]
    assert [row["kind"] for row in play.rows("intended", "dropped", "sent")] == ["intended", "dropped"]
    gap = play.rows("dropped")[0]["t"] - play.rows("intended")[0]["t"]
    assert 5.0 <= gap / 1e9 < 6.0


async def test_what_is_no_frame_harms_nobody(play: Play, stand_in: StandIn) -> None:
    assert (await played(play, ["say", "garbage please"], ["wait_reply", 10]))[1]
    assert stand_in.accepted == 1


async def test_waiting_for_a_reply_ends_in_time(play: Play) -> None:
    assert (await played(play, ["say", "mute"], ["wait_reply", 0.1]))[1] is None


async def test_a_callback_may_speak_and_must_not_wait(play: Play, stand_in: StandIn) -> None:
    """`echoing` says in on_reply what `wait_reply` would have waited for; a callback that waits is told off."""
    saw = await played(play, ["say", "在吗"], ["await_callbacks", 3], ["leave"])
    assert saw[1] == ["welcome", "accepted", "accepted", "accepted", "a callback must not wait"]
    assert [frame["text"] for frame in stand_in.frames if frame["op"] == "send"] == ["在吗", "还有", "还有"]


async def test_locusts_own_files_count_every_message_once(play: Play, tmp_path: Path) -> None:
    steps = [["say", f"{number}"] for number in range(5)] + [["wait_reply", 10]] * 5 + [["leave"]]
    play.specify(ANY)
    arguments = ["-u", "1", "-r", "1", "--json-file", str(tmp_path / "locust")]
    await play.start(*arguments, file=SCRIPT, GOLIVE_SCRIPT=json.dumps(steps))
    ended = await play.end()
    assert ended.code == 0, ended.output
    counts = {name: requests for name, requests, _ in counted(tmp_path / "locust.json")}
    assert 1 <= counts.pop("reply") <= 5  # one answers all that was said before it
    assert counts == {"ack": 5}


@pytest.mark.parametrize("name", ["complainer", "chatty"])
async def test_the_examples_of_a_qa_engineer_run(play: Play, stand_in: StandIn, name: str) -> None:
    play.specify(ANY)
    await play.start("-u", "2", "-r", "2", file=f"loadtests/examples/{name}.py")
    await stand_in.saw(lambda frames: sum(frame["op"] == "leave" for frame in frames) >= 2)
    assert play.process
    play.process.terminate()
    ended = await play.end()
    assert (ended.code, "Traceback" in ended.output) == (0, False), ended.output
    shop, stars, messages = {"complainer": ("s02", 4, 1), "chatty": ("s01", 5, 5)}[name]
    assert {row["shop"] for row in play.rows("rated")} == {shop}
    assert {row["n"] for row in play.rows("rated")} == {stars}
    assert len(play.rows("sent")) >= 2 * messages


async def test_the_example_of_a_plain_server_runs(play: Play, stand_in: StandIn, tmp_path: Path) -> None:
    arguments = ["-u", "2", "-r", "2", "--json-file", str(tmp_path / "locust")]
    arguments += ["-H", f"ws://127.0.0.1:{stand_in.port}/echo"]
    await play.start(*arguments, file="loadtests/examples/echo.py", GOLIVE_RUN="", GOLIVE_GATEWAY="")
    await stand_in.saw(lambda frames: len(frames) >= 4)
    assert play.process
    play.process.terminate()
    ended = await play.end()
    assert "Traceback" not in ended.output, ended.output
    counts = {name: (requests, failures) for name, requests, failures in counted(tmp_path / "locust.json")}
    assert counts["connect"] == (2, 0)
    assert counts["answer"][0] >= 2
    assert counts["answer"][1] == 0


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[2] / "loadtests/examples").glob("*.py")), ids=str)
def test_an_example_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 40

"""A user of a server that is not the gateway: connects, sends, waits, is called, and is told what went wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.loadtests.conftest import Play, StandIn

pytestmark = pytest.mark.thorough

SCRIPT = str(Path(__file__).with_name("script_plain.py"))


async def played(play: Play, host: str, *steps: list[Any]) -> list[Any]:
    """Play a script with one user; what its steps gave, then its callbacks."""
    arguments = ["-u", "1", "-r", "1", "-H", host]
    await play.start(*arguments, file=SCRIPT, GOLIVE_RUN="", GOLIVE_GATEWAY="", GOLIVE_SCRIPT=json.dumps(steps))
    ended = await play.end()
    assert "Traceback" not in ended.output, ended.output
    saw: list[Any] = json.loads(ended.output.split("SAW ")[1].splitlines()[0])
    return saw


async def test_a_plain_user_talks_with_any_server(play: Play, stand_in: StandIn) -> None:
    host = f"ws://127.0.0.1:{stand_in.port}/echo"
    saw = await played(play, host, ["connect"], ["send", "一"], ["send", "二"], ["recv", 10], ["recv", 10])
    assert saw == [None, None, None, "一", "二", ["open"]]
    assert {frame["by"] for frame in stand_in.frames} == {"plain"}  # its header


async def test_waiting_ends_in_time_or_with_the_connection(play: Play, stand_in: StandIn) -> None:
    host = f"http://127.0.0.1:{stand_in.port}/echo"
    steps = [["connect"], ["send", "mute"], ["recv", 0.1], ["send", "bye"], ["recv", 30], ["send", "late"]]
    saw = await played(play, host, *steps)
    assert saw == [None, None, None, None, None, "NotOpen: connect first", ["open", "closed 4000 as asked"]]


async def test_one_may_connect_again(play: Play, stand_in: StandIn) -> None:
    host = f"ws://127.0.0.1:{stand_in.port}/echo"
    steps = [["connect"], ["send", "bye"], ["recv", 10], ["connect"], ["send", "再来"], ["recv", 10]]
    saw = await played(play, host, *steps)
    assert saw == [None, None, None, None, None, "再来", ["open", "closed 4000 as asked", "open"]]


async def test_a_server_that_is_not_there_is_told_with_its_reason(play: Play, unused_tcp_port: int) -> None:
    saw = await played(play, f"ws://127.0.0.1:{unused_tcp_port}/", ["connect"], ["recv", 5])
    assert saw == ["NotOpen: Connection refused", None, ["closed 1006 Connection refused"]]


async def test_a_host_beyond_loopback_is_refused(play: Play) -> None:
    arguments = ["-u", "1", "-r", "1", "-t", "3", "-H", "ws://203.0.113.7/"]
    await play.start(*arguments, file=SCRIPT, GOLIVE_RUN="", GOLIVE_GATEWAY="", GOLIVE_SCRIPT='[["connect"]]')
    ended = await play.end()
    assert "neither on loopback nor allow-listed" in ended.output
    assert "SAW" not in ended.output

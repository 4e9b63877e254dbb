"""Locust plays a scenario: every arrival at its time, phases told, a clean end however it is asked for."""

import asyncio
import contextlib
import signal
import sys
import time
from collections import Counter
from pathlib import Path

import aiohttp
import msgspec
import pytest

from history.reader import Tail
from history.scenario import Customers, Gateway, Phase, Scenario, Shops
from history.scenario_file import load
from loadtests.schedule import open_slot
from tests.loadtests.conftest import Play, StandIn

pytestmark = pytest.mark.slow

QUICK = Gateway(retry_s=(), cut_s=0.0)  # the drain still takes its 10 s; tests stop earlier
LITTLE = Scenario(
    name="little",
    title_zh="小",
    title_en="little",
    customers=Customers(concurrency=9, listed_share=0.3, burst_share=0.5),
    phases=(Phase(name="ramp", seconds=1.0, rate=5.0), Phase(name="steady", seconds=2.0, rate=60.0)),
    gates=(),
    shops=Shops(count=2),
    gateway=QUICK,
)


async def test_no_second_has_more_messages_than_max_rate(play: Play, stand_in: StandIn) -> None:
    """Bursts of this schedule ask for far more at once than its mean; all are sent, late rather than in a heap."""
    who = Customers(concurrency=40, listed_share=0.0, burst_share=1.0)
    heaped = msgspec.structs.replace(
        LITTLE, customers=who, phases=(Phase(name="one", seconds=4, rate=5),), max_rate=45.0
    )
    play.specify(heaped)
    await play.start()
    await until_sent(stand_in, len(planned(heaped)))
    assert play.process
    play.process.terminate()
    await play.end()
    sent = sorted(row["t"] for row in play.rows("sent"))
    most = max(sum(t <= other < t + 1_000_000_000 for other in sent) for t in sent)
    wanted = [round(t * 1e9) for t in planned(heaped)]
    assert max(sum(t <= other < t + 1_000_000_000 for other in wanted) for t in wanted) > 55
    late_s = max((row["n"] for row in play.rows("lag")), default=0) / 1e6  # what a busy machine pushed into a second
    assert most <= 51 + 45 * late_s
    assert (sent[-1] - sent[0]) / 1e9 >= (len(sent) - 1) / 45.0 - 0.2
    assert not play.rows("dropped")


def planned(scenario: Scenario) -> list[float]:
    """Seconds after the start at which each message is due."""
    slots = range(scenario.customers.concurrency)
    return sorted(due.t_s for slot in slots for due in open_slot(scenario, slot))


async def until_sent(stand_in: StandIn, count: int) -> None:
    await stand_in.saw(lambda frames: sum(frame["op"] == "send" for frame in frames) >= count)


async def test_a_scenario_is_played_exactly_as_planned(play: Play, stand_in: StandIn) -> None:
    plan = planned(LITTLE)
    play.specify(LITTLE)
    await play.start()
    await until_sent(stand_in, len(plan))
    assert play.process
    play.process.send_signal(signal.SIGTERM)
    ended = await play.end()
    assert (ended.code, "Traceback" in ended.output) == (0, False), ended.output
    assert play.stream().ended
    phases = play.rows("phase")
    begin = phases[0]["t"]
    assert [(row["note"], (row["t"] - begin) / 1e9) for row in phases] == [("ramp", 0.0), ("steady", 1.0)]
    intended = sorted((row["t"] - begin) / 1e9 for row in play.rows("intended"))
    assert intended == pytest.approx(plan, abs=1e-6)
    sent = {row["message"]: row["t"] for row in play.rows("sent")}
    late = [sent[row["message"]] - row["t"] for row in play.rows("intended")]
    assert min(late) >= 0
    assert sorted(late)[len(late) // 2] < 20e6  # ns; the median: a busy machine may hold up some
    kinds = Counter(play.stream().table["kind"].to_pylist())
    assert (kinds["joined"], kinds["rated"], kinds["left"], kinds["dropped"]) == (9, 9, 9, 0)
    assert kinds["received"] == len(plan) == len({row["message"] for row in play.rows("received")})
    assert kinds["lag"] > 20 * 2
    assert kinds["cpu"] >= 2
    listed = sum(row.get("note") == "listed" for row in play.rows("intended"))
    assert 0 < listed < len(plan)
    assert play.folder.heard("customers")


@pytest.mark.slow
async def test_two_processes_play_the_same_plan_in_two_streams(play: Play, stand_in: StandIn) -> None:
    plan = planned(LITTLE)
    play.specify(LITTLE, workers=2)
    await play.start("--processes", "2")
    await until_sent(stand_in, len(plan))
    assert play.process
    play.process.send_signal(signal.SIGTERM)
    ended = await play.end()
    assert (ended.code, "Traceback" in ended.output) == (0, False), ended.output
    begin = play.rows("phase", stream="master")[0]["t"]
    assert [play.rows("phase", stream=f"customers-{rank}") for rank in (0, 1)] == [[], []]
    rows = [row for stream in ("customers-0", "customers-1") for row in play.rows("intended", stream=stream)]
    assert sorted((row["t"] - begin) / 1e9 for row in rows) == pytest.approx(plan, abs=1e-6)
    assert {row["actor"] for row in rows} == {f"c{slot:05d}" for slot in range(9)}
    assert [play.stream(stream).ended for stream in ("customers-0", "customers-1")] == [True, True]


async def test_the_stop_file_ends_the_run(play: Play, stand_in: StandIn) -> None:
    play.specify(msgspec.structs.replace(LITTLE, phases=(LITTLE.phases[0], Phase(name="long", seconds=600, rate=20))))
    await play.start()
    await until_sent(stand_in, 1)
    (play.folder.path / "stop").touch()
    assert (await play.end()).code == 0
    assert play.stream().ended


@pytest.mark.slow
async def test_the_run_ends_by_itself_when_the_drain_has_passed(play: Play) -> None:
    play.specify(msgspec.structs.replace(LITTLE, phases=(Phase(name="blink", seconds=0.5, rate=10),)))
    began = time.monotonic()
    await play.start()
    assert (await play.end()).code == 0
    assert time.monotonic() - began > 0.5 + LITTLE.drain_s()


@pytest.mark.slow
async def test_customers_of_a_closed_workload_wait_for_the_reply_before_they_write_on(
    play: Play, stand_in: StandIn
) -> None:
    closed = Customers(concurrency=4, workload="closed", think_s=3.0, burst_share=0.0)
    play.specify(msgspec.structs.replace(LITTLE, customers=closed))
    await play.start()
    await until_sent(stand_in, 40)
    (play.folder.path / "stop").touch()
    assert (await play.end()).code == 0
    rows = sorted(play.rows("sent", "received"), key=lambda row: row["t"])
    for customer in {row["actor"] for row in rows}:
        kinds = [row["kind"] for row in rows if row["actor"] == customer]
        assert kinds[::2] == ["sent"] * len(kinds[::2])
        assert kinds[1::2] == ["received"] * len(kinds[1::2])


@pytest.mark.slow
async def test_customers_of_short_visits_say_goodbye_and_others_come(play: Play, stand_in: StandIn) -> None:
    brief = Customers(concurrency=4, visit_turns=2, burst_share=0.0)
    phases = (Phase(name="ramp", seconds=1, rate=8), Phase(name="steady", seconds=4, rate=10))
    scenario = msgspec.structs.replace(LITTLE, customers=brief, phases=phases)
    play.specify(scenario)
    await play.start()
    await until_sent(stand_in, len(planned(scenario)))
    (play.folder.path / "stop").touch()
    assert (await play.end()).code == 0
    joined = {row["actor"] for row in play.rows("joined")}
    assert len(joined) > 4
    assert {row["actor"] for row in play.rows("left")} == joined
    assert stand_in.ops(min(joined))[-2:] == ["rate", "leave"]


@pytest.fixture
def hand(tmp_path: Path) -> Path:
    """A scenario of three customers that goes on for long."""
    scenario = tmp_path / "hand.toml"
    scenario.write_text(
        'name = "hand"\ntitle_zh = ""\ntitle_en = ""\ngates = []\n[customers]\nconcurrency = 3\n'
        '[[phases]]\nname = "ramp"\nseconds = 1\nrate = 5\n[[phases]]\nname = "long"\nseconds = 600\nrate = 20\n'
    )
    return scenario


async def test_by_hand_a_scenario_is_played_without_a_run(play: Play, stand_in: StandIn, hand: Path) -> None:
    host = f"http://127.0.0.1:{stand_in.port}"
    await play.start("-H", host, "--scenario", str(hand), GOLIVE_RUN="", GOLIVE_GATEWAY="")
    await until_sent(stand_in, 5)
    assert play.process
    play.process.send_signal(signal.SIGTERM)
    ended = await play.end()
    assert (ended.code, "Traceback" in ended.output) == (0, False), ended.output
    assert not play.folder.path.exists()


@pytest.mark.slow
async def test_from_locusts_own_page_a_scenario_may_be_started_again(
    play: Play, stand_in: StandIn, hand: Path, unused_tcp_port: int
) -> None:
    page = f"http://127.0.0.1:{unused_tcp_port}"
    arguments = ["--web-host", "127.0.0.1", "--web-port", str(unused_tcp_port), "--processes", "2"]
    arguments += ["-H", f"http://127.0.0.1:{stand_in.port}", "--scenario", str(hand)]
    due = planned(load(hand))[59]
    await play.start(*arguments, headless=False, GOLIVE_RUN="", GOLIVE_GATEWAY="")
    async with aiohttp.ClientSession() as http:
        for _ in range(2):
            stand_in.frames.clear()
            began = await _swarm(http, page)
            await until_sent(stand_in, 60)
            assert time.monotonic() - began >= due  # by its own start, not by what was left of the one before
            async with http.post(f"{page}/stop") as answer:
                assert answer.status == 200
        async with http.get(f"{page}/stats/requests") as answer:
            stats = await answer.json()
    assert stats["errors"] == []
    assert play.process
    play.process.send_signal(signal.SIGTERM)
    ended = await play.end()
    assert (ended.code, "Traceback" in ended.output) == (0, False), ended.output


async def _swarm(http: aiohttp.ClientSession, page: str) -> float:
    """Press start, as soon as the page is there and both workers are; when that was."""
    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(aiohttp.ClientConnectorError):
                async with http.get(f"{page}/stats/requests") as answer:
                    if sum(worker["state"] == "ready" for worker in (await answer.json())["workers"]) == 2:
                        break
            await asyncio.sleep(0.1)  # between questions to another process that tells nobody when it is ready
    began = time.monotonic()
    async with http.post(f"{page}/swarm", data={"user_count": 1, "spawn_rate": 1}) as answer:
        assert (await answer.json())["success"]
    return began


async def test_a_host_beyond_loopback_is_refused_before_anything_is_sent(play: Play) -> None:
    await play.start("-H", "http://203.0.113.7:80", "--scenario", "short", GOLIVE_RUN="", GOLIVE_GATEWAY="")
    ended = await play.end()
    assert ended.code == 2
    assert "neither on loopback nor allow-listed" in ended.output


async def test_a_run_whose_history_is_there_already_is_not_played_again(play: Play) -> None:
    play.specify(LITTLE)
    (play.folder.history / "customers.arrows").write_bytes(b"")
    await play.start()
    ended = await play.end()
    assert ended.code == 2
    assert "has its customers already" in ended.output


@pytest.mark.slow
async def test_the_real_gateway_understands_these_customers(play: Play) -> None:
    plan = planned(LITTLE)
    play.specify(LITTLE)
    command = [sys.executable, "-m", "simulators.douyin", "--run", str(play.folder.path)]
    gateway = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert gateway.stdout
        assert await gateway.stdout.readline()  # it tells its address when it listens
        ready = play.folder.heard("gateway")
        assert ready
        play.port = ready.port
        await play.start()
        tail = Tail(play.folder.history / "gateway.arrows")
        accepted: set[str] = set()
        async with asyncio.timeout(30):
            while len(accepted) < len(plan):
                rows = [row for batch in tail.poll() for row in batch.to_pylist()]
                accepted |= {row["ref"] for row in rows if row["kind"] == "accepted"}
                await asyncio.sleep(0.1)  # between looks at a file that grows once a second
        (play.folder.path / "stop").touch()
        assert (await play.end()).code == 0
    finally:
        gateway.terminate()
        await gateway.wait()
    assert accepted == {row["message"] for row in play.rows("sent")}
    assert len(accepted) == len(plan)

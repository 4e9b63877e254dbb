"""What the history costs: `python -m benchmarks.history [EVENTS]` writes a realistic run, then judges and draws it.

Prints events written a second (one core), bytes an event at one flush a second, and the seconds that judging and
drawing take. The run is synthetic and clean: 1,100 customers, 20 shops, agents with one or two devices, replies,
drops with resume, listed words, forged pushes, lag samples.
"""

import gc
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any

from history.run import App, RunFolder, RunSpec, ShopSpec
from history.scenario import Customers, Faults, Phase, Scenario
from history.tokens import token
from history.writer import Writer

SHOPS, CUSTOMERS, RATE = 20, 1100, 400  # messages a second in steady
ROWS_A_MESSAGE = 8.6
MS = 1_000_000
S = 1000 * MS
Row = tuple[int, str, dict[str, str | int]]


def specification(seconds: float) -> RunSpec:
    """run.json of the synthetic run."""
    scenario = Scenario(
        name="synthetic",
        title_zh="合成",
        title_en="synthetic",
        customers=Customers(concurrency=CUSTOMERS),
        phases=(Phase(name="ramp", seconds=20, rate=RATE), Phase(name="steady", seconds=seconds, rate=RATE)),
        gates=("lost = 0", "sync_latency p99 < 500ms", "open_conversations min >= 1000"),
        faults=Faults(forge_push=0.001, device_drop_per_minute=0.05),
    )
    shops = tuple(
        ShopSpec(id=f"s{i:02d}", name="", open_id=f"o{i}", customers=55, agents=5, capacity=15, authorization_code="x")
        for i in range(SHOPS)
    )
    app = App(client_key="k", client_secret="s")
    return RunSpec(id="synthetic", number=1, scenario=scenario, target="reference", app=app, shops=shops, seed=1)


def devices(rng: Random, length: int) -> Iterator[Row]:
    """Agents come online, and once in a while a device is cut and resumes."""
    for shop in range(SHOPS):
        for i in range(5):
            agent = f"a{shop:02d}{i}"
            for d in range(1 + i % 2):
                row: dict[str, str | int] = {"shop": f"s{shop:02d}", "actor": agent, "device": f"{agent}/{d + 1}"}
                yield 0, "device_on", {**row, "note": "fresh"}
                yield 0, "availability", {**row, "note": "online", "n": 15}
                cut = 10 * S + rng.randrange(length)
                yield cut, "device_off", {**row, "note": "cut"}
                yield cut + 1, "device_on", {**row, "note": "resumed"}


def story(rng: Random, length: int) -> dict[str, list[Row]]:
    """All rows by stream, unsorted."""
    streams: dict[str, list[Row]] = {"customers": [], "gateway": [], "agents": list(devices(rng, length))}
    opened: set[int] = set()
    places = [0] * CUSTOMERS
    replies = 0
    for number in range(int(RATE * length / S)):
        customer = number if number < CUSTOMERS else rng.randrange(CUSTOMERS)
        t = 10 * S + int(number * S / RATE) + rng.randrange(2 * MS)
        places[customer] += 1
        answered = message(streams, rng, t, number, customer, places[customer], customer not in opened)
        opened.add(customer)
        if number % 3 == 0:
            replies += 1
            places[customer] += 1
            reply(streams, rng, answered, number, customer, places[customer], token(1, customer, replies))
    for t in range(10 * S, 10 * S + length + 60 * S, 50 * MS):
        for rows in streams.values():
            rows.append((t, "lag", {"n": rng.randrange(2000)}))
    streams["customers"] += [(10 * S, "phase", {"note": "ramp"}), (30 * S, "phase", {"note": "steady"})]
    return streams


def message(
    streams: dict[str, list[Row]], rng: Random, t: int, number: int, customer: int, index: int, first: bool
) -> int:
    """One customer's message on its way to the devices; when it was shown."""
    shop, agent = customer % SHOPS, f"a{customer % SHOPS:02d}{customer // SHOPS % 5}"
    own, name = f"c{customer:05d}-{index}", f"@M{number:07d}=="
    at: dict[str, str | int] = {
        "shop": f"s{shop:02d}",
        "conversation": f"@C{customer:05d}==",
        "actor": f"c{customer:05d}",
    }
    note = "listed" if number % 100 == 0 else ""
    streams["customers"].append((t, "intended", {**at, "message": own, "note": note}))
    streams["customers"].append((t + MS, "sent", {**at, "message": own}))
    t += 2 * MS
    streams["gateway"].append((t, "accepted", {**at, "message": name, "ref": own, "n": index}))
    streams["gateway"].append((t + MS, "pushed", {**at, "message": name, "n": 1}))
    streams["gateway"].append((t + 5 * MS, "acknowledged", {**at, "message": name, "n": 1}))
    if number % 1000 == 0:
        streams["gateway"].append((t, "forged", {**at, "message": f"@F{number:07d}=="}))
    shown = t + 6 * MS + rng.randrange(MS)
    for device in range(1 + customer // SHOPS % 5 % 2):
        where: dict[str, str | int] = {
            "shop": f"s{shop:02d}", "conversation": f"k{customer}", "actor": agent, "device": f"{agent}/{device + 1}",
        }  # fmt: skip
        if first:
            streams["agents"].append((t + 5 * MS, "assigned", {**where, "n": 15}))
        seen = {**where, "message": name, "ref": f"m{number}", "n": index}
        streams["agents"].append((shown + device * MS // 10, "shown", seen))
    return shown


def reply(
    streams: dict[str, list[Row]], rng: Random, t: int, number: int, customer: int, index: int, name: str
) -> None:
    """One agent's reply on its way to the customer."""
    shop, agent = f"s{customer % SHOPS:02d}", f"a{customer % SHOPS:02d}{customer // SHOPS % 5}"
    t += 100 * MS + rng.randrange(200 * MS)
    where: dict[str, str | int] = {"shop": shop, "conversation": f"k{customer}", "actor": agent, "device": f"{agent}/1"}
    note = "listed" if number % 99 == 0 else ""
    streams["agents"].append((t, "answered", {**where, "message": name, "ref": f"@M{number:07d}==", "note": note}))
    streams["agents"].append((t + 3 * MS, "replied", {**where, "message": name, "note": "ok"}))
    at: dict[str, str | int] = {"shop": shop, "conversation": f"@C{customer:05d}==", "actor": f"c{customer:05d}"}
    taken = {**at, "message": name, "ref": f"@R{number:07d}=="}
    streams["gateway"].append((t + 5 * MS, "called", {**taken, "note": "ok"}))
    streams["gateway"].append((t + 6 * MS, "delivered", {**taken, "n": index}))
    streams["customers"].append((t + 7 * MS, "received", {**taken, "n": index}))


def write(folder: Path, streams: dict[str, list[Row]]) -> tuple[int, float, int]:
    """Write the streams with one flush a simulated second; rows, seconds of CPU in the writer, bytes."""
    rows, spent, size = 0, 0.0, 0
    gc.freeze()  # the million rows made in advance are nothing a writing process would have to walk through
    for name, events in streams.items():
        clock = [0]
        writer = Writer(folder, name, "synthetic", lambda clock=clock: clock[0])  # type: ignore[misc]
        for second in seconds(events):
            clock[0] = second[-1][1]["t"]
            begun = process_time()
            for kind, fields in second:
                writer.add(kind, **fields)
            writer.flush()
            spent += process_time() - begun
        clock[0] += 30 * S
        writer.close()
        rows += len(events)
        size += writer.path.stat().st_size
    return rows, spent, size


def seconds(events: list[Row]) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """The events second by second, freshly made, as a process has them at hand that has just seen them happen."""
    events.sort(key=lambda row: row[0])
    chunk: list[tuple[str, dict[str, Any]]] = []
    for t, kind, fields in events:
        if chunk and t - chunk[0][1]["t"] >= S:
            yield chunk
            chunk = []
        chunk.append((kind, {**fields, "t": t}))
    yield chunk


def main() -> int:
    """Measure and print; 1 where a target of the project is missed."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    length = int(wanted / ROWS_A_MESSAGE / RATE * S)
    folder = Path(tempfile.mkdtemp()) / "run"
    try:
        RunFolder(folder).write_spec(specification(length / S - 20))
        rows, spent, size = write(folder / "history", story(Random(1), length))
        judged, drawn = judge_and_draw(folder)
    finally:
        shutil.rmtree(folder.parent)
    figures = (
        ("events written a second of CPU", rows / spent, ">=", 500_000),
        ("bytes an event, one flush a second", size / rows, "<=", 20),
        (f"seconds to judge and draw {rows:,} events", judged + drawn, "<=", 15),
    )
    missed = 0
    for name, value, sign, target in figures:
        met = value >= target if sign == ">=" else value <= target
        print(f"{name}: {value:,.1f} ({sign} {target:,} wanted){'' if met else '  MISSED'}")
        missed += not met
    return int(missed > 0)


def judge_and_draw(folder: Path) -> tuple[float, float]:
    """Seconds for each, the import of Polars and Altair included, as the command line pays them."""
    begun = perf_counter()
    from reports.judge import judge

    judgement = judge(folder)
    judged = perf_counter()
    if judgement.verdict != "GO":
        raise SystemExit(f"the clean synthetic run was judged {judgement.verdict}: {judgement.reasons}")
    from reports.page.render import render

    render(judgement, folder)
    drawn = perf_counter()
    size = (folder / "report.html").stat().st_size
    print(f"judged in {judged - begun:.1f} s, drawn in {drawn - judged:.1f} s, report.html {size:,} bytes")
    return judged - begun, drawn - judged


if __name__ == "__main__":
    sys.exit(main())

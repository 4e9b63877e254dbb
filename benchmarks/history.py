"""What a history costs: `python -m benchmarks.history [--events 10000000]` writes a synthetic run, judges and draws it.

Prints events written a second (one core), bytes an event at one flush a second, seconds and memory of judging and
drawing (a process of its own, imports included). The run is that of synthetic.py, whose sins must all be found, and
nothing else.
"""

import argparse
import gc
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks.synthetic import RATE, ROWS_A_MESSAGE, S, Sins, Town, seconds, specification
from history.run import RunFolder
from history.writer import Writer

AGAIN = "--judge"


def write(folder: Path, town: Town) -> tuple[int, float, int]:
    """Write the streams with one flush a simulated second; rows, seconds of CPU in the writer, bytes."""
    clock = [0]
    streams = ("agents", "customers", "gateway", "golive")
    writers = {stream: Writer(folder, stream, "synthetic", lambda: clock[0]) for stream in streams}
    rows, spent = 0, 0.0
    gc.disable()  # as the gateway has it: a message makes no cyclic garbage
    for second in seconds(town):
        for stream, events in second.items():
            writer = writers[stream]
            clock[0] = events[-1][0] if events else clock[0]
            at_hand: list[tuple[str, dict[str, Any]]] = [(kind, {"t": t, **fields}) for t, kind, fields in events]
            begun = process_time()
            for kind, named in at_hand:
                writer.add(kind, **named)
            writer.flush()
            spent += process_time() - begun
            rows += len(events)
    clock[0] += 30 * S
    for writer in writers.values():
        writer.close()
    return rows, spent, sum(writer.path.stat().st_size for writer in writers.values())


def judge_and_draw(folder: Path) -> int:
    """In a process of its own: judge, draw, and compare what was found with what was planted."""
    begun = perf_counter()
    from reports.judge import judge

    judgement = judge(folder)
    judged = perf_counter()
    from reports.page.render import render
    from reports.summary import write_summaries

    write_summaries(judgement, folder)
    render(judgement, folder)
    drawn = perf_counter()
    size = (folder / "report.html").stat().st_size
    print(f"judged in {judged - begun:.1f} s, drawn in {drawn - judged:.1f} s, report.html {size:,} bytes")
    found = {name: n for verdict in judgement.verdicts for name, n in verdict.metrics.items() if n}
    planted = asdict(Sins())
    wanted = planted | {"lost": planted["lost_to_agent"] + planted["lost_to_customer"]}
    unsure = [f"{each.checker}: {each.reason}" for each in judgement.verdicts if each.unknown]
    if found != wanted or unsure or judgement.verdict != "NO-GO":
        print(f"WRONG: {judgement.verdict}, found {found}, planted {wanted}, unknown: {unsure}")
        return 1
    return 0


def main() -> int:
    """Measure and print; 1 where a target of the project is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.history", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="write the run into this new folder and keep it")
    parser.add_argument(AGAIN, type=Path, dest="folder", help="only judge and draw this run, in this process")
    options = parser.parse_args()
    if options.folder:
        return judge_and_draw(options.folder)
    length = int(options.events / ROWS_A_MESSAGE / RATE) * S
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary) / "run"
        return measure(folder, length)


def measure(folder: Path, length: int) -> int:
    """Write a run of `length` ns, judge it in another process, print."""
    RunFolder(folder).write_spec(specification(length))
    rows, spent, size = write(folder / "history", Town(length))
    begun = perf_counter()
    child = subprocess.Popen([sys.executable, "-m", "benchmarks.history", AGAIN, folder])
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    took = perf_counter() - begun
    print(f"judging and drawing used {used.ru_utime + used.ru_stime:.1f} s of CPU")  # says how busy the machine was
    many = rows > 2_000_000
    figures = (
        ("events written a second of CPU", rows / spent, ">=", 500_000),
        ("bytes an event, one flush a second", size / rows, "<=", 20),
        (f"seconds to judge and draw {rows:,} events", took, "<=", 60 if many else 15),
        ("GiB of memory for it", used.ru_maxrss / 2**20, "<=", 4),
        ("MB of report.html", (folder / "report.html").stat().st_size / 1e6, "<=", 1),
    )
    missed = child.returncode
    for name, value, sign, target in figures:
        met = value >= target if sign == ">=" else value <= target
        print(f"{name}: {value:,.1f} ({sign} {target:,} wanted){'' if met else '  MISSED'}")
        missed += not met
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())

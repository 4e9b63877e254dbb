"""The same work by every generator: `python -m benchmarks.peers`; benchmarks/README.md says what is needed.

Each generator, pinned to the first CPU, opens 1,000 connections to an echo server on the last CPU and sends a message
of 203 bytes a second on each for 30 s. CPU and memory are those of the whole process tree, start included.
"""

import argparse
import json
import os
import platform
import sys
from pathlib import Path
from statistics import median_low

from benchmarks.echo import KINDS, usual_kind
from benchmarks.peers import chart, table
from benchmarks.peers.comparison import Result, compare
from benchmarks.peers.generators import GENERATORS, Generator


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    names = [generator.name for generator in GENERATORS]
    parser.add_argument("--peers", default=",".join(names), help=f"which, by commas (default: {','.join(names)})")
    parser.add_argument(
        "--installed",
        type=Path,
        default=os.environ.get("GOLIVE_PEERS"),
        metavar="DIR",
        help="where peers are installed (default: the environment's GOLIVE_PEERS), else the PATH",
    )
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=30, help="messages a connection, one a second")
    parser.add_argument("--ramp", type=int, default=5, help="seconds in which the connections are opened")
    parser.add_argument("--rounds", type=int, default=1, help="the run with the median CPU counts")
    parser.add_argument("--server", choices=KINDS, default=usual_kind())
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--picture", type=Path, help="write the bar chart (SVG) here")
    return parser.parse_args()  # fmt: skip


def main() -> int:
    """Compare, print, write; 1 where a generator that is installed did not do the work, 2 for an unknown name."""
    asked = options()
    known = {generator.name: generator for generator in GENERATORS}
    strangers = set(asked.peers.split(",")) - set(known)
    if strangers:
        print(f"no such peer: {', '.join(sorted(strangers))}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    chosen = [known[name] for name in asked.peers.split(",")]
    programs = {peer.name: peer.find(asked.installed) for peer in chosen}
    results = [_rounds(peer, program, asked) for peer in chosen if (program := programs[peer.name])]
    print("\n".join(table.lines(results, {peer.name: peer.how for peer in chosen if not programs[peer.name]})))
    work = f"{asked.connections:,} connections × 1 message/s × {asked.seconds} s"
    if asked.json:
        about = {"work": work, "server": asked.server, "python": platform.python_version(), "cpus": os.cpu_count()}
        document = about | {"results": [result.plain() for result in results]}
        asked.json.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    if asked.picture:
        asked.picture.write_text(chart.draw(results, work))
    return int(not all(result.comparable for result in results))


def _rounds(peer: Generator, program: str, asked: argparse.Namespace) -> Result:
    done = []
    for _ in range(asked.rounds):
        result = compare(peer, program, asked.server, asked.connections, asked.seconds, asked.ramp)
        print(f"{peer.name}: {result.cpu_s:.2f} s of CPU, {result.peak_mib:.0f} MiB {result.trouble}", flush=True)
        done.append(result)
    good = [result for result in done if result.comparable] or done
    middle = median_low(result.cpu_s for result in good)
    return next(result for result in good if result.cpu_s == middle)


if __name__ == "__main__":
    sys.exit(main())

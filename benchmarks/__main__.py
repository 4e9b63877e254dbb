"""`python -m benchmarks`: every figure of docs/performance.md, one after the other (about 15 minutes)."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PEERS = "floor,ours,websockets.sync,websocket-client"  # the others must be installed first: README.md
COMMANDS = (
    ("the customers' engine against websockets.sync", ["benchmarks/engine.py"]),
    ("the same work by a C client, golive and two WebSocket libraries", ["-m", "benchmarks.peers", "--peers", PEERS]),
    ("the history written, judged and drawn", ["-m", "benchmarks.history"]),
    ("the bundled service on one core", ["-m", "benchmarks.service"]),
    ("its sensitive-word filter", ["-m", "benchmarks.filter"]),
    ("its rules over a trial of 48 hours", ["-m", "benchmarks.trial"]),
    ("its knowledge search", ["-m", "benchmarks.knowledge"]),
    ("a launch rehearsal", ["-m", "golive", "rehearse", "launch"]),
)


def main() -> int:
    """Run them all; 1 where one missed a target."""
    missed = 0
    for title, arguments in COMMANDS:
        print(f"\n== {title}: python {' '.join(arguments)}", flush=True)
        missed |= subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False).returncode
    return int(missed != 0)


if __name__ == "__main__":
    sys.exit(main())

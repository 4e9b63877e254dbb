"""CPU and memory of a command are those of its whole tree."""

import sys
from pathlib import Path

import pytest

from benchmarks.peers.usage import Process, TooLong, family, measure

BUSY = "t = __import__('time').process_time\nwhile t() < 0.4: pass"


def test_family_is_the_root_and_all_that_descend_from_it() -> None:
    root, child, grandchild = Process(5, 1, 0, 0), Process(9, 5, 0, 0), Process(7, 9, 0, 0)
    stranger, sister = Process(8, 1, 0, 0), Process(2, 1, 0, 0)
    assert family(5, [grandchild, stranger, root, sister, child]) == [grandchild, root, child]


def test_a_childs_time_counts_as_the_commands(tmp_path: Path) -> None:
    command = [sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}])"]
    used = measure(command, 0, tmp_path)
    assert used.exit == 0
    assert used.cpu_s > 0.4
    assert used.peak_mib > 4


def test_what_does_not_end_is_ended(tmp_path: Path) -> None:
    with pytest.raises(TooLong):
        measure(["sleep", "60"], 0, tmp_path, timeout_s=0.3)

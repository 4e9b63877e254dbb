"""The probe that came back soonest is believed, and no more than it can know."""

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from history.clock import Probe, Reading, identity, reading, shared


def test_the_probe_with_the_smallest_round_trip_is_believed():
    assert reading([Probe(0, 900, 1000), Probe(2000, 2510, 2020), Probe(3000, 1, 3500)]) == Reading(500, 11)


@given(
    ahead=st.integers(-(10**12), 10**12),
    ways=st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), min_size=1, max_size=8),
)
def test_however_uneven_the_ways_there_and_back_the_truth_lies_within_the_error(ahead, ways):
    probes = [
        Probe(n * 10**9, n * 10**9 + there + ahead, n * 10**9 + there + back) for n, (there, back) in enumerate(ways)
    ]
    found = reading(probes)
    assert abs(found.offset_ns - ahead) <= found.error_ns


def test_two_names_are_one_clock_only_where_both_are_told():
    assert shared("a", "a")
    assert not shared("a", "b")
    assert not shared("", "")


def test_processes_of_one_machine_read_one_clock():
    ask = "from history.clock import identity; print(identity())"
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout
    assert told.strip() == identity()

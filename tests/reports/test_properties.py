"""Properties of the whole: no event can be taken out of a clean history unnoticed."""

import dataclasses

import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from history.reader import read
from reports import checkers
from reports.load import join

pytestmark = pytest.mark.thorough

ESSENTIAL = ("acknowledged_survives", "reaches_every_device", "resume_is_exact", "replies_arrive", "phantom")


def essential(history):
    return [v.state for v in checkers.run(history) if v.checker in ESSENTIAL]


@pytest.fixture
def streams(tell, clean, tmp_path):
    tell(clean)
    return [read(path) for path in sorted((tmp_path / "run0" / "history").glob("*.arrows"))]


def without(stream, index):
    table = stream.table
    kept = [i for i in range(table.num_rows) if i != index]
    return type(stream)(stream.header, table.take(kept), stream.ended, stream.watermark)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_without_any_one_shown_or_received_or_accepted_row_it_is_not_green(streams, data):
    places = [
        (s, i)
        for s, stream in enumerate(streams)
        for i, kind in enumerate(stream.table["kind"].to_pylist())
        if kind in ("shown", "received", "accepted")
    ]
    which, index = data.draw(st.sampled_from(places))
    cut = [without(stream, index) if s == which else stream for s, stream in enumerate(streams)]
    assert set(essential(join(streams))) == {"holds"}
    assert set(essential(join(cut))) & {"broken", "unknown"}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(3)))
def test_the_order_of_the_streams_changes_no_verdict(streams, order):
    assert checkers.run(join([streams[i] for i in order])) == checkers.run(join(streams))


def _shifted(table, shift):
    return table.set_column(0, table.schema.field("t"), pc.add(table["t"], shift))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shift=st.integers(min_value=0, max_value=10**15))
def test_when_the_run_took_place_changes_no_verdict(streams, shift):
    moved = [dataclasses.replace(s, table=_shifted(s.table, shift), watermark=s.watermark + shift) for s in streams]
    assert [v.state for v in checkers.run(join(moved))] == [v.state for v in checkers.run(join(streams))]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seconds=st.floats(min_value=0.0, max_value=14.0))
def test_a_cut_record_is_never_called_broken_for_what_was_still_under_way(tell, clean, seconds):
    lines = [
        line for line in clean.splitlines() if not line or line.startswith("#") or float(line.split()[0]) <= seconds
    ]
    marks = "\n".join(f"{seconds} {part} watermark" for part in ("customers", "gateway", "agents"))
    states = {v.checker: v.state for v in checkers.run(tell("\n".join(lines) + "\n" + marks, end=None))}
    assert "broken" not in states.values(), states

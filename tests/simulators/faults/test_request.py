"""The guise of requests: shares, independence, and escapes that change no meaning."""

from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from history.scenario import Faults
from simulators.faults.request import PLAIN, Guise, RequestFaults, html_escaped


def guises(faults: Faults, count: int = 10_000) -> list[Guise]:
    drawn = RequestFaults(faults, Random(1))
    return [drawn.next() for _ in range(count)]


def test_without_shares_every_request_is_plain() -> None:
    assert set(guises(Faults())) == {PLAIN}


def test_each_share_is_met_and_moves_no_other() -> None:
    alone, both = guises(Faults(bad_item=0.1)), guises(Faults(bad_item=0.1, html_escaped=0.5))
    assert abs(sum(guise.bad_item for guise in alone) / 10_000 - 0.1) < 0.01
    assert abs(sum(guise.html_escaped for guise in both) / 10_000 - 0.5) < 0.02
    assert [guise.bad_item for guise in alone] == [guise.bad_item for guise in both]


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_escapes_change_bytes_and_no_meaning(value: object) -> None:
    plain = msgspec.json.encode(value)
    escaped = html_escaped(plain)
    assert msgspec.json.decode(escaped) == msgspec.json.decode(plain)
    assert not set(b"<>&") & set(escaped)

"""A stated load at a target that bears less: the same messages in more time, and no more than fit into a minute."""

from suites.paced import Load

ASKED = Load(rate=70.0, seconds=9.0, shops=3, customers=4)


def test_a_load_keeps_to_a_targets_limit() -> None:
    assert [ASKED.at_most(limit) for limit in (0.0, 70.0, 100.0)] == [ASKED] * 3
    assert ASKED.at_most(35.0) == ASKED._replace(rate=35.0, seconds=18.0)
    slow = ASKED.at_most(10.0)
    assert (slow, slow.messages) == (ASKED._replace(rate=10.0, seconds=60.0), 600)

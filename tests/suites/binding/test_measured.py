"""Whether an adapter's poll_s is honest."""

import pytest

from suites.binding.line import Wrong
from suites.binding.measured import judged


def test_a_device_that_is_told_at_once_needs_no_interval() -> None:
    assert judged([0.01, 0.02, 0.015, 0.03], 0.0).startswith("told 10 to 30 ms")


def test_a_poller_that_does_not_say_so_is_found() -> None:
    waits = [n / 20 for n in range(12)]  # 0 to 550 ms
    with pytest.raises(Wrong, match=r"scatter over 450 ms, and limits\.poll_s is 0 s"):
        judged(waits, 0.0)
    assert "error of every latency: 500 ms" in judged(waits, 0.5)


def test_one_late_message_is_no_interval() -> None:
    assert judged([0.01] * 11 + [2.0], 0.0)

"""What the suite says of systems that misbehave: each sin is red, in words, and what cannot be tested is no pass."""

import contextlib
from pathlib import Path

import pytest

from tests.contract_tests.against import KEY, free_port, play, second
from tests.second.sins import sins

pytestmark = pytest.mark.thorough
STARTING_S = 30.0  # a busy machine may take so long to start two processes
PATIENCE = ("--patience", "2")
SINS = {
    "loses_one_in_ten": (
        "DELIVERY-1/customers_who_write_at_once_are_all_told_once_and_nothing_else_is",
        "DELIVERY-1: a message acknowledged to the platform reaches every device of its assignee",
        "within 2 s",
    ),
    "delivers_twice": (
        "DELIVERY-1/a_message_reaches_both_devices_of_its_agent_once",
        "DELIVERY-1: a message acknowledged to the platform reaches every device of its assignee",
        "",
    ),
    "forgets_on_resume": (
        "SYNC-1/a_cut_device_gets_exactly_what_it_missed",
        "SYNC-1: resume replays exactly what was missed, in order",
        "is cut off",
    ),
    "swaps_order": (
        "ORDER-1/a_customers_messages_keep_their_order_on_every_device",
        "ORDER-1: one dense sequence per conversation",
        "is told: message customer seq 2",
    ),
    "unsigned_ok": (
        "GATEWAY-1/what_is_not_rightly_signed_is_refused_and_told_to_nobody",
        "GATEWAY-1: the signature is checked over the raw bytes",
        "",
    ),
    "wrong_shape": (
        "HOURS-1/outside_the_hours_a_message_is_kept_and_answered_by_template_once",
        "HOURS-1: business hours are Asia/Shanghai",
        '"edited" is a required property',
    ),
}


@pytest.mark.parametrize("sin", SINS)
def test_each_sin_is_told_as_the_promise_it_breaks(tmp_path: Path, sin: str) -> None:
    case, promise, seen = SINS[sin]
    port = free_port()
    with second(tmp_path, port, sin) as url:
        played = play(tmp_path, url, port, *PATIENCE, "--case", case)
    assert (played.code, played.case(case)) == (1, "broken"), played.text
    for line in (
        "promised:",
        promise,
        "seen:",
        "what happened:",
        seen,
        f"golive contract --target second --case {case}",
    ):
        assert line in played.text
    assert "Traceback" not in played.text


@pytest.mark.slow  # it says something on a machine with little beside it only
def test_late_acknowledgements_are_no_pass(tmp_path: Path) -> None:
    """Where they hold the load up until it breaks off, they are not judged: that some come late is seen in proof/."""
    port = free_port()
    with second(tmp_path, port, "slow_ack") as url:
        played = play(tmp_path, url, port, *PATIENCE, "--promise", "GATEWAY-5", "--promise", "SYNC-3")
    assert played.code == 1, played.text
    assert played.case("SYNC-3/messages_are_synchronised_in_time_both_ways") == "broken"
    assert played.case("GATEWAY-5/pushes_are_acknowledged_within_two_seconds") in ("broken", "unknown")
    assert "Traceback" not in played.text


@pytest.mark.parametrize(
    ("what", "says", "within_s"),
    [
        ("down", "/readyz: no answer (", 20),
        ("hangs", "/readyz: no answer (not within 10 s); is the target running there?", 30),
        ("rubbish", "/readyz: the answer is no JSON", 20),
        ("refuses_login", "/api/v1/auth/login: answered 401", 20),
        ("expired key", "answered 401", 20),
    ],
)
def test_a_target_that_cannot_be_tested_is_one_clear_message(
    tmp_path: Path, what: str, says: str, within_s: float
) -> None:
    port = free_port()
    sin = what if what in sins else ""
    listening = (
        contextlib.nullcontext(f"http://127.0.0.1:{free_port()}") if what == "down" else second(tmp_path, port, sin)
    )
    with listening as url:
        played = play(tmp_path, url, port, key="yesterday's" if what == "expired key" else KEY)
    (last,) = [line for line in played.text.splitlines() if line.startswith("golive: ")]
    assert played.code == 4, played.text
    assert last.startswith("golive: the lab cannot be set up: ")
    assert says in last
    assert "Traceback" not in played.text
    assert "yesterday's" not in played.text
    assert played.results is not None
    assert [case.state for case in played.results.cases] == ["unknown"]  # and nothing more was tried
    assert played.seconds < within_s + STARTING_S


@pytest.mark.parametrize("chosen", ["SCORE-1", "METRIC-1"])
def test_what_the_target_does_not_offer_is_no_pass(tmp_path: Path, chosen: str) -> None:
    port = free_port()
    with second(tmp_path, port) as url:
        played = play(tmp_path, url, port, "--promise", chosen)
    assert played.code == 5, played.text
    assert "Traceback" not in played.text
    assert played.results is None or {case.state for case in played.results.cases} == {"not verified"}

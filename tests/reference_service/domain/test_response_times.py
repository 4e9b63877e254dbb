"""Who answered what after how long."""

import pytest

from reference_service.domain.records import Message
from reference_service.domain.response_times import Round, in_working_hours, rounds


def said(at: float, sender: str = "customer", **more: object) -> Message:
    """A message; an agent's is a1's."""
    known = {
        "conversation_id": "cv1",
        "seq": int(at),
        "sender": sender,
        "agent_id": "a1" if sender == "agent" else None,
        "platform_id": None,
        "client_msg_id": None,
        "text": "x",
        "shown": "x",
        "masked": False,
        "index": None,
        "late": False,
        "status": "received" if sender == "customer" else "sent",
        "created_at": at,
    }
    return Message(**{**known, **more})  # type: ignore[arg-type]


def test_a_burst_is_one_round_from_its_first_message() -> None:
    visit = [said(1.0), said(2.0), said(5.0, "agent"), said(9.0), said(12.0, "agent"), said(13.0, "agent")]
    assert rounds(visit) == [
        Round("cv1", 1.0, (1.0, 2.0), 5.0, "a1"),
        Round("cv1", 9.0, (9.0,), 12.0, "a1"),
    ]


def test_the_bots_answer_ends_a_round_and_is_no_persons() -> None:
    (one,) = rounds([said(1.0), said(1.5, "bot", scene="bot"), said(4.0, "agent")])
    assert (one.answered, one.by_person, one.wait_s) == (1.5, False, 0.5)


@pytest.mark.parametrize(
    "between",
    [
        said(2.0, "agent", private=True),
        said(2.0, "agent", status="failed"),
        said(2.0, "agent", status="recalled"),
        said(2.0, "bot", scene="welcome"),
        said(2.0, "bot", scene="off_hours"),
    ],
)
def test_notes_greetings_and_what_failed_answer_nothing(between: Message) -> None:
    assert rounds([said(1.0), between, said(4.0, "agent")]) == [Round("cv1", 1.0, (1.0,), 4.0, "a1")]


def test_what_the_customer_took_back_asks_nothing_and_what_nobody_answers_stays_open() -> None:
    assert rounds([said(1.0, status="recalled"), said(3.0)]) == [Round("cv1", 3.0, (3.0,))]
    assert rounds([said(1.0, status="recalled"), said(2.0, "agent")]) == []


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        (1795564799.999, False),  # 2026-11-25 07:59:59.999 in China
        (1795564800.0, True),  # 08:00:00
        (1795618799.999, True),  # 22:59:59.999
        (1795618800.0, False),  # 23:00:00
    ],
)
def test_feiges_hours_begin_at_eight_and_end_when_it_strikes_eleven(at: float, counts: bool) -> None:
    assert in_working_hours(at) is counts

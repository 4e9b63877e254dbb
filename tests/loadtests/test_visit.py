"""A visit tells the history what was wanted, sent, refused and received, each under the right name."""

from typing import Any

from fixtures.words import words
from history.tokens import AUTOMATIC, token
from loadtests.visit import Message, Visit
from simulators.douyin.frames import Accepted, Receive


def begun() -> tuple[Visit, list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []

    def record(kind: str, **row: Any) -> None:
        rows.append({"kind": kind, **{name: value for name, value in row.items() if value not in ("", 0)}})

    visit = Visit("c00017", "s03", "测试", record)
    visit.joined(1, "@C1==")
    rows.clear()
    return visit, rows


BASE = {"shop": "s03", "conversation": "@C1==", "actor": "c00017"}


def test_a_message_is_intended_sent_and_taken() -> None:
    visit, rows = begun()
    message = visit.intend("在吗", 100)
    visit.sent(message, 150)
    assert visit.unaccepted == {"c00017-1": Message("c00017-1", "在吗", 100)}
    assert visit.accepted(Accepted("c00017-1", "@m1", 1)) == message
    assert rows == [
        {"kind": "intended", "t": 100, "message": "c00017-1", **BASE},
        {"kind": "sent", "t": 150, "message": "c00017-1", **BASE},
    ]
    assert (visit.unaccepted, visit.newest) == ({}, "@m1")


def test_the_same_acceptance_again_is_no_news() -> None:
    visit, _ = begun()
    visit.sent(visit.intend("在吗", 100), 150)
    visit.accepted(Accepted("c00017-1", "@m1", 1))
    assert visit.accepted(Accepted("c00017-1", "@m1", 1)) is None


def test_a_listed_word_is_noted_both_ways() -> None:
    visit, rows = begun()
    visit.intend(f"你好，{words()[0]}", 1)
    visit.received(Receive("@r1", 2, f"亲，{words()[1]}"), 5)
    assert [row["note"] for row in rows] == ["listed", "listed"]


def test_what_the_target_sends_by_itself_is_no_reply_of_an_agent() -> None:
    visit, rows = begun()
    name = token(1, AUTOMATIC, 0)
    visit.received(Receive("@r1", 2, f"欢迎 {name}"), 5)
    assert rows == [{"kind": "auto_received", "t": 5, "message": name, "ref": "@r1", "n": 2, **BASE}]


def test_busy_keeps_the_message_for_another_try() -> None:
    visit, rows = begun()
    message = visit.intend("在吗", 100)
    visit.sent(message, 150)
    visit.rejected(message.id, 160, "busy")
    assert visit.unaccepted[message.id].intended == 100
    assert rows[-1] == {"kind": "rejected", "t": 160, "message": "c00017-1", "note": "busy", **BASE}


def test_a_reply_is_known_by_its_token_and_waited_for_since_the_first_unanswered_message() -> None:
    visit, rows = begun()
    for t in (100, 200):
        visit.sent(visit.intend("在吗", t), t + 5)
    name = token(1, 2, 3)
    assert visit.received(Receive("@r1", 3, f"在的 {name}"), 900) == 800
    assert visit.received(Receive("@r2", 4, "还在"), 950) is None
    assert rows[-2:] == [
        {"kind": "received", "t": 900, "message": name, "ref": "@r1", "n": 3, **BASE},
        {"kind": "received", "t": 950, "ref": "@r2", "n": 4, **BASE},
    ]
    assert visit.after == 4


def test_replies_out_of_order_never_lower_what_was_seen() -> None:
    visit, _ = begun()
    visit.received(Receive("@r2", 9, "b"), 1)
    visit.received(Receive("@r1", 3, "a"), 2)
    assert visit.after == 9


def test_reconnects_are_counted() -> None:
    visit, rows = begun()
    visit.joined(7, "@C1==")
    assert rows == [{"kind": "joined", "t": 7, "n": 1, **BASE}]


def test_the_end_of_a_visit_is_told() -> None:
    visit, rows = begun()
    visit.dropped(visit.intend("在吗", 1), 2)
    visit.rated(5, 3)
    visit.left(4)
    assert [(row["kind"], row.get("n")) for row in rows[1:]] == [("dropped", None), ("rated", 5), ("left", None)]

"""What was asked in a week is counted from the rows, by the boundary and by who spoke next (R5.4, METRIC-1)."""

from pathlib import Path
from typing import Any

import apsw
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_service.domain.records import Conversation, Message
from reference_service.domain.top_questions import Wording
from reference_service.storage import tables
from reference_service.storage.asked import asked

BEGIN, END = 1000.0, 2000.0


def message(conversation: str, seq: int, sender: Any, at: float, text: str = "运费多少", **more: Any) -> Message:
    said: dict[str, Any] = {
        "conversation_id": conversation, "seq": seq, "sender": sender, "agent_id": None, "platform_id": None,
        "client_msg_id": None, "text": text, "shown": text, "masked": False, "index": None, "late": False,
        "status": "received", "created_at": at, "scene": "bot" if sender == "bot" else "",
    }  # fmt: skip
    return Message(**said | more)


def conversation(name: str, shop: str) -> Conversation:
    return Conversation(
        id=name, number=int(name[2:]), shop_id=shop, platform_id=name, customer="c", nick="", state="open",
        agent_id=None, opened_at=0.0, waits_since=0.0, visit_from=1,
    )  # fmt: skip


class Rows:
    """A database with these messages, of two conversations of s1 and one of s2."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = apsw.Connection(str(path))
        tables.prepare(self._connection)
        for name, shop in (("cv1", "s1"), ("cv2", "s1"), ("cv3", "s2")):
            self._insert(conversation(name, shop))

    def are(self, *messages: Message) -> None:
        with self._connection:
            self._connection.execute("DELETE FROM message")
            for one in messages:
                self._insert(one)

    def _insert(self, record: Any) -> None:
        self._connection.execute(tables.replace(type(record), 1), msgspec.structs.astuple(record))

    def asked(self) -> tuple[list[Wording], float | None]:
        return asked(self.path, "s1", BEGIN, END)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    return Rows(tmp_path_factory.mktemp("asked") / "service.db")


def test_the_week_begins_with_its_first_moment_and_ends_before_the_next_weeks(rows: Rows) -> None:
    rows.are(*(message("cv1", n, "customer", at) for n, at in enumerate([999.999, 1000.0, 1999.999, 2000.0], 1)))
    assert rows.asked() == ([Wording("运费多少", 2, 0, "cv1-3")], None)


def test_other_shops_and_what_may_not_be_seen_or_is_no_text_do_not_count(rows: Rows) -> None:
    rows.are(
        message("cv3", 1, "customer", 1500.0),
        message("cv1", 1, "customer", 1500.0, shown=None),
        message("cv1", 2, "customer", 1500.0, shown=None, status="recalled"),
        message("cv1", 3, "customer", 1500.0, kind="image"),
        message("cv1", 4, "agent", 1500.0),
    )
    wordings, _ = rows.asked()
    assert wordings == []


def test_what_the_bot_says_next_is_its_answer_and_scenes_and_notes_are_none(rows: Rows) -> None:
    rows.are(
        message("cv1", 1, "customer", 1100.0),
        message("cv1", 2, "bot", 1100.0, "欢迎", scene="welcome"),
        message("cv1", 3, "agent", 1101.0, "记一下", private=True),
        message("cv1", 4, "bot", 1102.0, "十元"),
        message("cv1", 5, "customer", 1110.0),
        message("cv1", 6, "customer", 1120.0),
        message("cv1", 7, "agent", 1150.0, "十元"),
        message("cv2", 1, "customer", 1999.0),
        message("cv2", 2, "agent", 2011.0, "十元"),  # after the week: the question was in it
    )
    assert rows.asked() == ([Wording("运费多少", 4, 1, "cv2-1")], pytest.approx((30 + 12) / 2))


STORY = st.lists(
    st.tuples(
        st.sampled_from(["cv1", "cv2", "cv3"]),
        st.sampled_from(["customer", "customer", "agent", "bot", "scene", "note"]),
        st.floats(0, 400),
        st.sampled_from(["运费多少", "几天到", None]),
    ),
    max_size=30,
)


@settings(deadline=None)
@given(STORY)
def test_it_equals_a_count_by_hand(rows: Rows, story: list[tuple[str, str, float, str | None]]) -> None:
    messages, at = [], 900.0
    for name, who, wait, text in story:
        at += wait
        seq = 1 + sum(one.conversation_id == name for one in messages)
        more = {"scene": {"scene": "welcome", "bot": "faq"}.get(who, ""), "private": who == "note", "shown": text}
        sender = {"scene": "bot", "note": "agent"}.get(who, who)
        messages.append(message(name, seq, sender, at, text or "已屏蔽", **more))
    rows.are(*messages)
    counted: dict[str, list[int]] = {}
    waits = []
    for name in ("cv1", "cv2"):
        said = [m for m in messages if m.conversation_id == name and not m.private and m.scene != "welcome"]
        said = [m for m in said if m.created_at >= BEGIN]
        for number, one in enumerate(said):
            follows = said[number + 1] if number + 1 < len(said) else None
            if one.sender == "customer" and one.created_at < END:
                if one.shown is not None:
                    count = counted.setdefault(one.shown, [0, 0])
                    count[0] += 1
                    count[1] += follows is not None and follows.sender == "bot"
                if follows is not None and follows.sender == "agent":
                    waits.append(follows.created_at - one.created_at)
    wordings, reply_s = rows.asked()
    assert {one.text: [one.times, one.by_bot] for one in wordings} == counted
    assert reply_s == (pytest.approx(sum(waits) / len(waits)) if waits else None)

"""What counts as one question, and where a week begins (KNOW-1)."""

import datetime
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.domain.questions import asks, is_small_talk, normal
from reference_service.domain.top_questions import WEEK_S, TopQuestion, Wording, monday, noon, rank


def test_wordings_of_an_article_are_one_question_and_so_are_those_of_one_normal_form() -> None:
    wordings = [
        Wording("什么时候发货", 4, 2, "a-1"),
        Wording("亲，几天发货呀", 5, 0, "b-1"),
        Wording("可以开发票吗？", 3, 0, "c-1"),
        Wording("你好，可以開發票嗎", 3, 1, "d-1"),
        Wording("运费多少", 1, 0, "e-1"),
        Wording("你好", 90, 0, "f-1"),
        Wording("好的谢谢", 90, 0, "g-1"),
        Wording("衣服破了", 90, 0, "h-1"),
    ]
    assert rank(wordings, {"什么时候发货": "k1", "几天发货": "k1"}) == [
        TopQuestion("亲，几天发货呀", "b-1", "k1", 9, 2),
        TopQuestion("你好，可以開發票嗎", "d-1", None, 6, 1),
        TopQuestion("运费多少", "e-1", None, 1, 0),
    ]


def test_an_articles_wording_counts_though_it_asks_nothing() -> None:
    assert rank([Wording("退货", 2, 0, "a-1")], {"退货": "k1"}) == [TopQuestion("退货", "a-1", "k1", 2, 0)]
    assert rank([Wording("退货", 2, 0, "a-1")], {}) == []


TEXTS = st.sampled_from(
    ["什么时候发货", "亲，什么时候发货呀", "運費多少", "运费多少？", "你好", "破了", "退货", "能不能退货"]
)


@given(st.lists(st.tuples(TEXTS, st.booleans()), max_size=40))
def test_every_message_is_counted_once_or_for_a_reason_not_at_all(messages: list[tuple[str, bool]]) -> None:
    articles = {"退货": "k1", "运费多少": "k2"}
    times, by_bot = Counter(text for text, _ in messages), Counter(text for text, bot in messages if bot)
    found = rank([Wording(text, times[text], by_bot[text], f"{text}-1") for text in times], articles)
    expected, answered = Counter[str](), Counter[str]()
    for text, bot in messages:
        key = articles.get(normal(text)) or (normal(text) if asks(text) and not is_small_talk(text) else None)
        if key:
            expected[key] += 1
            answered[key] += bot
    assert {one.article_id or normal(one.text): one.times for one in found} == dict(expected)
    assert {one.article_id or normal(one.text): one.by_bot for one in found} == {k: answered[k] for k in expected}
    assert [one.times for one in found] == sorted((one.times for one in found), reverse=True)


@given(st.floats(0, 4e9))
def test_a_week_is_from_monday_to_monday_in_shanghai(at: float) -> None:
    begin = monday(at)
    day = datetime.datetime.fromtimestamp(begin, datetime.timezone(datetime.timedelta(hours=8)))
    assert (day.weekday(), day.time()) == (0, datetime.time(0))
    assert begin <= at < begin + WEEK_S


def test_a_week_is_named_by_any_of_its_days() -> None:
    begin = datetime.datetime(2025, 6, 16, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()
    assert [monday(noon(f"2025-06-{day}")) for day in (16, 18, 22)] == [begin] * 3
    assert monday(noon("2025-06-15")) == begin - WEEK_S
    assert monday(noon("2025-06-23")) == begin + WEEK_S
    for wrong in ("", "2025-13-01", "2025-02-30", "heute"):
        with pytest.raises(ValueError, match=r".*"):
            noon(wrong)

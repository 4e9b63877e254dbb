"""What an AI agent is asked, and what its answer means (R10.1)."""

from typing import Any

import msgspec
import pytest

from reference_service.domain import bot_visits, configuring, external_bot, knowledge, noting
from reference_service.domain.bot import Answer, Bot, Candidate, Decision, HandOver, Silent
from reference_service.domain.external_bot import ExternalAnswer
from reference_service.domain.knowledge import NewArticle
from reference_service.domain.replies import MAX_TEXT
from reference_service.filtering.words import Word


def answer(action: Any = "reply", **more: Any) -> ExternalAnswer:
    return ExternalAnswer(action, **more)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (answer(text="两天内"), Answer("两天内")),
        (answer(text="两天内", confidence=0.75), Answer("两天内")),
        (answer(text="两天内", confidence=0.74), HandOver("unsure")),
        (answer(article_id="k1"), Answer("亲，两天")),
        (answer(article_id="k1", text="两天"), Answer("两天")),
        (answer(article_id="k9", text="两天"), HandOver("failed")),
        (answer(article_id="k2"), HandOver("failed")),  # a promotion that is over
        (answer(), HandOver("failed")),
        (answer(text=" \n"), HandOver("failed")),
        (answer(text="长" * MAX_TEXT), Answer("长" * MAX_TEXT)),
        (answer(text="长" * (MAX_TEXT + 1)), HandOver("failed")),
        (answer("silent", text="两天"), Silent()),
        (answer("handover"), HandOver("declined")),
    ],
)
def test_an_answer_means(stage: Any, said: ExternalAnswer, meant: Decision) -> None:
    for new in (
        NewArticle("faq", "发货", "亲，两天"),
        NewArticle("promotion", "满减", "满三百减四十", valid_until=stage.now),
    ):
        stage._do(lambda c, new=new: knowledge.add(stage.world, stage.floor, new, c))
    assert external_bot.decision(said, stage.floor.knowledge, Bot(), stage.now) == meant


def test_it_is_asked_with_what_both_sides_may_see_and_nothing_else(stage: Any) -> None:
    stage._do(lambda c: configuring.put(stage.floor, Bot(mode="assist"), c))
    article = stage._do(lambda c: knowledge.add(stage.world, stage.floor, NewArticle("faq", "发货", "两天"), c))
    agent = stage.agent()
    stage.words(Word("暗号", to_agent="block"), Word("微信"))
    for number, text in enumerate(("你好", "我的暗号", "加我微信", "不要了", "在的")):
        stage.write("c1", f"m{number}", text)
    stage.recall("m3")
    thread = stage.thread("c1")
    stage.reply(agent, thread, "您好", "r1")
    stage._do(lambda c: noting.note(stage.floor, thread, agent.person, "他很急", None, c))
    stage.write("c1", "m8", "亲")
    stage.write("c1", "m9", "微信能付款吗")
    asked = bot_visits.asked(stage.world, thread)
    assert asked is not None
    assert msgspec.to_builtins(external_bot.question(thread, asked, [Candidate(article, 0.5)])) == {
        "conversation": {"id": "cv1", "shop_id": "s1", "state": "open"},
        "message": {"id": f"cv1-{thread.seq}", "text": "**能付款吗"},
        "history": [
            {"sender": "customer", "text": "你好", "at": stage.now},
            {"sender": "customer", "text": "加我**", "at": stage.now},
            {"sender": "customer", "text": "在的", "at": stage.now},
            {"sender": "agent", "text": "您好", "at": stage.now},
        ],
        "candidates": [{"id": "k1", "title": "发货", "answer": "两天", "confidence": 0.5}],
    }


def test_its_history_has_an_end(stage: Any) -> None:
    stage._do(lambda c: configuring.put(stage.floor, Bot(mode="assist"), c))
    for number in range(200):
        stage.write("c1", f"m{number}", f"第{number}句")
    asked = bot_visits.asked(stage.world, stage.thread("c1"))
    assert asked is not None
    history = external_bot.question(stage.thread("c1"), asked, []).history
    assert [one.text for one in history] == [f"第{number}句" for number in range(145, 195)]

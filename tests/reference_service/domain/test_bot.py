"""What the bot decides, as a table (BOT-1, FAQ-1)."""

from typing import Any

import msgspec
import pytest

from reference_service.domain.articles import Article
from reference_service.domain.bot import (
    Answer,
    Asked,
    Bot,
    Candidate,
    Decision,
    HandOver,
    Silent,
    at_once,
    candidate,
    decide,
)

ASKED = "什么时候发货"


def article(answer: str = "两天内", *wordings: str, promoted: bool = False) -> Article:
    title, *questions = wordings or (ASKED,)
    return Article(
        id="k1", number=1, shop_id="s1", kind="faq", title=title, questions=msgspec.json.encode(questions).decode(),
        answer=answer, tags="[]", valid_from=None, valid_until=None, promoted=promoted, version=1, created_at=0.0,
        updated_at=0.0,
    )  # fmt: skip


def asked(text: str = ASKED, **more: Any) -> Asked:
    return Asked((1,), (text,), **more)


def near(confidence: float, answer: str = "两天内", promoted: bool = False) -> Candidate:
    return Candidate(article(answer, promoted=promoted), confidence)


EXACT, PROMOTED, LIKE, FAR = near(1), near(1, promoted=True), near(0.8), near(0.7)
ALONE = {"alone": True}

BESIDE = [  # the mode is assist: a person has the visit
    ("asked word for word", asked(), [EXACT], Answer("两天内")),
    ("a promoted question", asked(), [PROMOTED], Answer("两天内", "faq")),
    ("like enough", asked(), [LIKE], Answer("两天内")),
    ("as like as wanted", asked(), [near(0.75)], Answer("两天内")),
    ("not like enough", asked(), [FAR], Silent()),
    ("nothing found", asked(), [], Silent()),
    ("two answers alike", asked(), [LIKE, near(0.75, "三天")], Silent()),
    ("two articles, one answer", asked(), [LIKE, near(0.75)], Answer("两天内")),
    ("another answer far behind", asked(), [near(0.9), near(0.75, "三天")], Answer("两天内")),
    ("two answers word for word", asked(), [EXACT, near(1, "三天")], Silent()),
    ("a person has replied: like", asked(person=True), [LIKE], Silent()),
    ("a person has replied: word for word", asked(person=True), [EXACT], Answer("两天内")),
    ("a person is wanted", asked("转人工，什么时候发货"), [EXACT], Silent()),
    ("a complaint", asked("再不发货我要投诉"), [LIKE], Silent()),
    ("a complaint in traditional characters", asked("再不發貨我要投訴"), [LIKE], Silent()),
    ("the same answer again", asked(last="两天内"), [EXACT], Silent()),
    ("another answer than the last", asked(last="可以退"), [EXACT], Answer("两天内")),
    ("many answers already", asked(answered=9), [EXACT], Answer("两天内")),
    ("a picture", asked("[image]", wordless=True), [LIKE], Silent()),
    ("two questions in one", asked(several=True), [LIKE], Silent()),
    ("one question in two", asked(several=True), [EXACT], Answer("两天内")),
    ("a greeting", asked("你好，在吗"), [LIKE], Silent()),
]
FIRST = [  # the mode is first: the visit is the bot's
    ("asked word for word", asked(**ALONE), [EXACT], Answer("两天内")),
    ("like enough", asked(**ALONE), [LIKE], Answer("两天内")),
    ("not like enough", asked(**ALONE), [FAR], HandOver("not_covered")),
    ("nothing found", asked(**ALONE), [], HandOver("not_covered")),
    ("no question", asked("衣服破了", **ALONE), [], HandOver("not_covered")),
    ("two answers alike", asked(**ALONE), [LIKE, near(0.75, "三天")], HandOver("unsure")),
    ("two answers word for word", asked(**ALONE), [EXACT, near(1, "三天")], HandOver("unsure")),
    ("a person is wanted", asked("我要真人", **ALONE), [EXACT], HandOver("requested")),
    ("a complaint", asked("再不发货我要投诉", **ALONE), [LIKE], HandOver("complaint")),
    ("the same answer again", asked(last="两天内", **ALONE), [LIKE], HandOver("repeated")),
    ("the last answer it may give", asked(answered=2, **ALONE), [EXACT], Answer("两天内")),
    ("one answer too many", asked(answered=3, **ALONE), [EXACT], HandOver("enough")),
    ("thanks after the last answer", asked("好的谢谢", answered=3, **ALONE), [], Silent()),
    ("two questions in one", asked(several=True, **ALONE), [LIKE], HandOver("unsure")),
    ("a picture", asked("[image]", wordless=True, **ALONE), [], HandOver("not_text")),
    ("a greeting", asked("你好，在吗", **ALONE), [], Silent()),
]
OFF = [
    ("a promoted question", asked(), [PROMOTED], Answer("两天内", "faq")),
    ("another one word for word", asked(), [EXACT], Silent()),
    ("like", asked(), [LIKE], Silent()),
    ("switched off while it had the visit", asked(**ALONE), [PROMOTED], HandOver("off")),
]
CASES = [
    pytest.param(Bot(mode=mode), *case[1:], id=f"{mode}: {case[0]}")  # type: ignore[arg-type]
    for mode, cases in (("assist", BESIDE), ("first", FIRST), ("off", OFF))
    for case in cases
]


@pytest.mark.parametrize(("settings", "question", "candidates", "decision"), CASES)
def test_the_bot_decides(settings: Bot, question: Asked, candidates: list[Candidate], decision: Decision) -> None:
    assert decide(question, candidates, settings) == decision
    exact = [one.article for one in candidates if one.confidence == 1]
    assert at_once(question, exact, settings) in (None, decision)


def test_promoted_questions_can_be_switched_off_as_well() -> None:
    settings = Bot(mode="off", promoted=False)
    assert decide(asked(), [PROMOTED], settings) == Silent()


def test_words_of_a_wish_or_a_complaint_are_the_shops() -> None:
    settings = Bot(mode="first", hand_over_words=("找老板",), complaint_words=())
    assert decide(asked("我找老板", **ALONE), [], settings) == HandOver("requested")
    assert decide(asked("转人工投诉", **ALONE), [], settings) == HandOver("not_covered")


@pytest.mark.parametrize(
    ("text", "wording", "likeness"),
    [
        ("亲，什麼時候發貨呀", "什么时候发货", 1.0),
        ("跑鞋什么时候发货", "什么时候发货", 6 / 7),
        ("什么时候退货", "什么时候发货", 4 / 6),
        ("衣服破了", "什么时候发货", 0.0),
    ],
)
def test_a_candidate_is_as_like_as_its_likest_wording(text: str, wording: str, likeness: float) -> None:
    assert candidate(article("答", "别的", wording, "另外"), text).confidence == pytest.approx(likeness)

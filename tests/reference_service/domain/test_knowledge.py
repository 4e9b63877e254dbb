"""Writing, changing, confirming and promoting articles, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from reference_service.domain import knowledge
from reference_service.domain.articles import Article
from reference_service.domain.changes import Changes
from reference_service.domain.knowledge import ArticlePatch, NewArticle
from reference_service.domain.refusal import Refusal
from reference_service.filtering.words import Word


class Desk:
    """A shop's knowledge base and short commands."""

    def __init__(self, stage: Any) -> None:
        self.stage = stage

    def add(self, kind: Any = "faq", title: str = "发货时间", answer: str = "四十八小时内", **more: Any) -> Article:
        new = NewArticle(kind, title, answer, **more)
        return self.do(lambda changes: knowledge.add(self.stage.world, self.stage.floor, new, changes))

    def change(self, article: Article, **patch: Any) -> Article:
        return self.do(lambda c: knowledge.change(self.stage.floor, article, ArticlePatch(**patch), c))

    def promote(self, question: str, answer: str) -> Article:
        return self.do(lambda c: knowledge.promote(self.stage.world, self.stage.floor, question, answer, c))

    def do(self, command: Callable[[Changes], Article]) -> Article:
        self.changes = Changes(at=self.stage.now)
        return command(self.changes)


@pytest.fixture
def desk(stage: Any) -> Desk:
    return Desk(stage)


def refused(command: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refusal:
        command()
    return refusal.value.code


def test_a_written_article_is_kept_and_in_the_knowledge_base(desk: Desk) -> None:
    article = desk.add(questions=["什么时候发货"], tags=["物流"])
    assert (article.id, article.version, article.wordings(), article.tagged()) == (
        "k1", 1, ["发货时间", "什么时候发货"], ["物流"],
    )  # fmt: skip
    assert desk.stage.floor.knowledge.articles == {"k1": article}
    assert [record for record, _ in desk.changes.rows] == [type(desk.stage.world.counters)] or len(
        desk.changes.rows
    ) == 2


def test_an_answer_that_the_filter_would_touch_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    desk.stage.words(Word("最便宜"), Word("独家", to_customer="mask"))
    assert refused(lambda: desk.add(answer="全网最便宜")) == refused(lambda: desk.add(answer="独家配方")) == "blocked"
    article = desk.add()
    assert refused(lambda: desk.change(article, answer="全网最便宜")) == "blocked"
    assert desk.stage.floor.knowledge.articles == {article.id: article}
    assert desk.changes.rows == []


def test_only_a_promotion_has_a_validity_and_it_ends_after_it_begins(desk: Desk) -> None:
    assert refused(lambda: desk.add(valid_from=1.0)) == refused(lambda: desk.add(valid_until=1.0)) == "validity"
    assert refused(lambda: desk.add("promotion", valid_from=2.0, valid_until=2.0)) == "validity"
    sale = desk.add("promotion", valid_from=1.0, valid_until=2.0)
    assert refused(lambda: desk.change(sale, kind="faq")) == "validity"
    assert desk.change(sale, kind="faq", valid_from=None, valid_until=None).kind == "faq"


def test_a_lost_race_changes_nothing(desk: Desk) -> None:
    article = desk.add()
    newer = desk.change(article, title="多久发货", version=1)
    assert newer.version == 2
    assert refused(lambda: desk.change(newer, title="发货", version=1)) == "version_is_old"
    assert desk.stage.floor.knowledge.articles == {article.id: newer}


def test_an_article_is_stale_after_thirty_days_until_it_is_confirmed(desk: Desk) -> None:
    article = desk.add()
    month = 30 * 86400.0
    assert [knowledge.is_stale(article, desk.stage.now + seconds) for seconds in (month, month + 0.001)] == [
        False,
        True,
    ]
    desk.stage.now += month + 1
    confirmed = desk.change(article)
    assert not knowledge.is_stale(confirmed, desk.stage.now)
    assert knowledge.content(confirmed) == knowledge.content(article)


def test_a_promoted_question_is_one_article_however_often_and_in_whatever_wording_it_is_promoted(desk: Desk) -> None:
    first = desk.promote("什么时候发货？", "明天")
    assert (first.promoted, first.wordings()) == (True, ["什么时候发货？"])
    second = desk.promote("亲，什么时候发货呀", "今天")
    assert (second.id, second.answer) == (first.id, "今天")
    assert refused(lambda: desk.promote("在吗？", "在的")) == "no_question"


def test_a_shop_has_so_many_articles_and_no_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knowledge, "MOST", 1)
    desk.add()
    assert refused(desk.add) == "too_many"

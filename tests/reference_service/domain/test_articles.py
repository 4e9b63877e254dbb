"""The articles in memory: found by each wording, promotions only while they run, changes told to the index."""

from typing import Any

import msgspec

from reference_service.domain.articles import Article, Knowledge
from reference_service.domain.questions import normal


def article(number: int, title: str, *questions: str, **more: Any) -> Article:
    said: dict[str, Any] = {
        "id": f"k{number}",
        "number": number,
        "shop_id": "s1",
        "kind": "faq",
        "title": title,
        "questions": msgspec.json.encode(questions).decode(),
        "answer": "亲，四十八小时内发货",
        "tags": "[]",
        "valid_from": None,
        "valid_until": None,
        "promoted": False,
        "version": 1,
        "created_at": 0.0,
        "updated_at": 0.0,
    }
    return Article(**said | more)


def test_an_article_is_met_by_its_title_and_each_of_its_questions() -> None:
    knowledge, shipping = Knowledge(), article(1, "发货时间", "什么时候发货", "几天发货？")
    knowledge.put(shipping)
    for asked in ("发货时间", "亲，什么时候发货呀", "几天发货"):
        assert knowledge.exact(normal(asked), 0.0) == [shipping]
    assert knowledge.exact(normal("发货"), 0.0) == knowledge.exact("", 0.0) == []


def test_a_replaced_or_removed_article_is_met_no_more() -> None:
    knowledge = Knowledge()
    knowledge.put(article(1, "发货时间", "什么时候发货"))
    knowledge.put(article(1, "发货时间", "几天发货", version=2))
    assert knowledge.exact("什么时候发货", 0.0) == []
    knowledge.drop("k1")
    knowledge.drop("k1")
    assert knowledge.exact("几天发货", 0.0) == []
    assert knowledge.articles == {}
    assert knowledge.news == {1: None}


def test_a_promoted_article_goes_before_others_with_its_wording() -> None:
    knowledge, promoted = Knowledge(), article(2, "什么时候发货", promoted=True)
    knowledge.put(article(1, "什么时候发货"))
    knowledge.put(promoted)
    assert knowledge.promoted == 1
    assert knowledge.exact("什么时候发货", 0.0) == [promoted]
    knowledge.put(msgspec.structs.replace(promoted, promoted=False))
    assert knowledge.promoted == 0
    assert len(knowledge.exact("什么时候发货", 0.0)) == 2


def test_a_promotion_runs_from_its_start_until_before_its_end() -> None:
    knowledge, sale = Knowledge(), article(1, "满减", kind="promotion", valid_from=10.0, valid_until=20.0)
    knowledge.put(sale)
    assert [knowledge.exact("满减", at) for at in (9.999, 10.0, 19.999, 20.0)] == [[], [sale], [sale], []]

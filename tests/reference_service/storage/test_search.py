"""Search finds the planted article among many, whatever is typed, and follows what is written and removed (KNOW-1)."""

import asyncio
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.domain.articles import Article, Knowledge
from reference_service.storage import search
from reference_service.storage.search import Busy, Index, Search

GOODS = [
    "连衣裙",
    "保温杯",
    "蓝牙耳机",
    "面膜",
    "口红",
    "坚果",
    "跑鞋",
    "羽绒服",
    "充电宝",
    "台灯",
    "床单",
    "牛仔裤",
    "书包",
]
ASKED = ["什么时候发货", "怎么退货", "运费多少", "有现货吗", "可以开发票吗", "尺码偏大吗", "保质期多久", "会掉色吗"]


def article(number: int, title: str, *questions: str, answer: str = "请看详情页", **more: Any) -> Article:
    said: dict[str, Any] = {
        "id": f"k{number}", "number": number, "shop_id": "s1", "kind": "faq", "title": title, "answer": answer,
        "questions": msgspec.json.encode(questions).decode(), "tags": "[]", "valid_from": None, "valid_until": None,
        "promoted": False, "version": 1, "created_at": 0.0, "updated_at": 0.0,
    }  # fmt: skip
    return Article(**said | more)


def many(number: int, rng: Random) -> list[Article]:
    return [
        article(n, f"{goods}{asked}", f"这款{goods}{asked}？", answer=f"{goods}的答复请看详情页")
        for n in range(1, number + 1)
        for goods, asked in [(rng.choice(GOODS), rng.choice(ASKED))]
    ]


@pytest.fixture(scope="module")
def full() -> Index:
    """A thousand articles, and the planted ones."""
    index = Index()
    planted = [
        article(2001, "冰箱门封条更换", "冰箱门关不严怎么办", answer="请松开螺丝，换上新的封条"),
        article(2002, "双十一满减", answer="满三百减四十", kind="promotion", valid_from=10.0, valid_until=20.0),
        article(2003, "iPhone15手机壳", "XL-200型号"),
    ]
    index.take({one.number: one for one in [*many(1000, Random(1)), *planted]})
    return index


@pytest.mark.parametrize(
    ("query", "planted"),
    [
        ("冰箱门关不严怎么办", "k2001"),
        ("亲，我家冰箱门老是关不严，怎么办呀？", "k2001"),
        ("冰箱門關不嚴", "k2001"),
        ("封条", "k2001"),
        ("更换封", "k2001"),
        ("ＩＰＨＯＮＥ１５", "k2003"),
        ("iphone", "k2003"),
        ("xl-200", "k2003"),
    ],
)
def test_the_planted_article_is_found_first(full: Index, query: str, planted: str) -> None:
    assert full.find(query, 10, 0.0)[0].article.id == planted


def test_a_promotion_is_found_while_it_runs_and_a_kind_narrows(full: Index) -> None:
    ids = [[one.article.id for one in full.find("双十一满减", 10, at)] for at in (9.9, 10.0, 20.0)]
    assert ids == [[], ["k2002"], []]
    assert {one.article.kind for one in full.find("双十一满减什么时候发货", 50, 15.0, "promotion")} == {"promotion"}


def test_scores_fall_and_the_limit_holds(full: Index) -> None:
    found = full.find("连衣裙什么时候发货", 7, 0.0)
    assert len(found) == 7
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert found[0].article.title == "连衣裙什么时候发货"


@given(st.text(st.characters(codec=None), max_size=40) | st.text('"*^:(){}+-~ NEAR AND OR NOT 发货', max_size=40))
def test_no_query_is_an_error(full: Index, query: str) -> None:
    full.find(query, 3, 0.0)


@pytest.mark.parametrize(
    "query", ["", "？！…", '"', '""', '" OR "', "*", "NEAR(", "wordings:", "-", "\x00", "发货" * 2500, "一 " * 5000]
)
def test_the_syntax_of_the_index_is_only_text(full: Index, query: str) -> None:
    found = full.find(query, 3, 0.0)
    assert bool(found) == ("发货" in query)


def test_what_is_replaced_or_removed_is_found_no_more() -> None:
    index = Index()
    index.take({1: article(1, "发货时间"), 2: article(2, "发货地址")})
    index.take({1: article(1, "退货地址"), 2: None, 3: None})
    assert [one.article.title for one in index.find("发货时间 地址", 10, 0.0)] == ["退货地址"]
    assert index.find("发货", 10, 0.0) == []


@pytest.fixture
async def searching() -> AsyncIterator[Search]:
    thread = Search()
    yield thread
    thread.close()


async def test_a_search_sees_all_that_was_written_before_it(searching: Search) -> None:
    mine, other = Knowledge(), Knowledge()
    mine.put(article(1, "发货时间"))
    other.put(article(1, "发货地址"))
    assert [one.article.title for one in await searching.find(mine, "发货", 10, 0.0)] == ["发货时间"]
    mine.put(article(2, "发货快递"))
    mine.drop("k1")
    assert [one.article.title for one in await searching.find(mine, "发货", 10, 0.0)] == ["发货快递"]
    assert await searching.find(Knowledge(), "发货", 10, 0.0) == []


async def test_another_shops_articles_change_no_score(searching: Search) -> None:
    mine, other = Knowledge(), Knowledge()
    for one in many(50, Random(2)):
        mine.put(one)
    before = await searching.find(mine, "连衣裙发货", 10, 0.0)
    for one in many(500, Random(3)):
        other.put(one)
    await searching.find(other, "连衣裙发货", 10, 0.0)
    assert before == await searching.find(mine, "连衣裙发货", 10, 0.0) != []


async def test_too_many_waiting_searches_are_refused(searching: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_WAITING", 2)
    knowledge = Knowledge()
    knowledge.put(article(1, "发货时间"))
    results = await asyncio.gather(
        *(searching.find(knowledge, "发货", 10, 0.0) for _ in range(3)), return_exceptions=True
    )
    assert [isinstance(result, Busy) for result in results] == [False, False, True]
    assert len(await searching.find(knowledge, "发货", 10, 0.0)) == 1

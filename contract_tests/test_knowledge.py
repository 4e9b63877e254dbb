"""KNOW-1: search finds the planted article, and weekly top questions equal the count in the history."""

from collections import Counter
from typing import Any

import pytest

from contract_tests.dealings import CHINA_S, DAY_S, Data, at_ten, now, until
from suites.lab import Lab, LabShop

pytestmark = pytest.mark.promise("KNOW-1")
WEEK_S = 7 * DAY_S
MONDAY_S = 4 * DAY_S  # 1970-01-01 was a Thursday


def article(title: str, *questions: str, answer: str = "请稍候", **more: Any) -> Data:
    """A new article."""
    return {"kind": "faq", "title": title, "questions": list(questions), "answer": answer, **more}


async def write(shop: LabShop, new: Data) -> Data:
    """Write it; as it is then."""
    return dict((await shop.api("createArticle", body=new, expect=201)).body)


async def search(shop: LabShop, question: str, **query: str | int) -> list[str]:
    """The ids of what is found, the best first."""
    found = await shop.api("searchKnowledge", who=shop.agents[0], query={"q": question, **query})
    return [each["article"]["id"] for each in found.body["items"]]


async def test_the_planted_article_is_found_first_among_many(lab: Lab) -> None:
    shop = await lab.shop()
    for number in range(40):
        await write(shop, article(f"第{number}号说明", f"第{number}号商品怎么保养", answer="用清水洗"))
    planted = await write(shop, article("发票", "怎么开发票", answer="在订单页申请电子发票"))
    for question in ("怎么开发票", "请问一下发票怎么开呀", "怎麼開發票", "发票"):
        assert (await search(shop, question))[:1] == [planted["id"]], question


async def test_nothing_is_found_where_nothing_fits(lab: Lab) -> None:
    shop = await lab.shop()
    await write(shop, article("发票", "怎么开发票"))
    for question in ("", "？！", "zzzz"):
        assert await search(shop, question) == [], question


async def test_what_was_changed_or_removed_is_found_as_it_is_now(lab: Lab) -> None:
    shop = await lab.shop()
    kept = await write(shop, article("运费", "运费多少"))
    body = {"title": "邮费", "questions": ["邮费几块钱"], "version": kept["version"]}
    await shop.api("changeArticle", article_id=kept["id"], body=body)
    assert await search(shop, "邮费几块钱") == [kept["id"]]
    await shop.api("deleteArticle", article_id=kept["id"])
    assert await search(shop, "邮费几块钱") == []
    await shop.api("getArticle", article_id=kept["id"], expect=404)


async def test_another_shops_articles_are_not_found(lab: Lab) -> None:
    shop, other = await lab.shop(), await lab.shop()
    await write(other, article("发票", "怎么开发票"))
    assert await search(shop, "怎么开发票") == []


async def test_a_promotion_is_found_only_while_it_runs(lab: Lab) -> None:
    lab.need_time(60)
    shop = await lab.shop()
    begin = await now(shop) + 30
    new = article("满减活动", "有什么优惠活动", kind="promotion", valid_from=begin, valid_until=begin + 30)
    planted = await write(shop, new)
    seen = []
    for moment in (begin - 10, begin, begin + 20, begin + 30):
        await until(shop, moment)
        seen.append(await search(shop, "有什么优惠活动"))
    assert seen == [[], [planted["id"]], [planted["id"]], []]


async def test_an_article_is_stale_when_nobody_has_confirmed_it_for_thirty_days(lab: Lab) -> None:
    lab.need("clock")
    shop = await lab.shop()
    old = await write(shop, article("发票", "怎么开发票"))
    for moment, stale in ((old["updated_at"] + 30 * DAY_S - 5, False), (old["updated_at"] + 30 * DAY_S + 1, True)):
        await until(shop, moment)
        assert (await shop.api("getArticle", article_id=old["id"])).body["stale"] is stale
    assert [each["id"] for each in (await shop.api("listArticles", query={"stale": "true"})).body["items"]] == [
        old["id"]
    ]
    assert (await shop.api("changeArticle", article_id=old["id"], body={})).body["stale"] is False


ASKED = {"运费多少": 5, "有红色吗": 4, "怎么退货": 3, "几天能到": 2, "可以便宜吗": 2, "有没有小码": 1}


async def ask(shop: LabShop, *texts: str) -> None:
    """A customer of their own asks each of them."""
    for text in texts:
        customer = await shop.customer()
        await customer.say(text, exact=True)
        await customer.leave()
    await shop.lab.settled()


async def top(shop: LabShop, **query: str) -> Data:
    """The top questions of a week."""
    return dict((await shop.api("topQuestions", query=query)).body)


async def test_the_top_questions_of_a_week_are_counted_as_they_were_asked(lab: Lab) -> None:
    shop = await lab.shop()
    await at_ten(shop)
    texts = [text for text, times in ASKED.items() for _ in range(times)]
    await ask(shop, *texts, "你好", "谢谢", "好的")  # who only greets asks nothing
    found = await top(shop)
    counted = Counter({each["text"]: each["count"] for each in found["items"]})
    assert counted == Counter(dict(list(ASKED.items())[:5]))
    assert [each["count"] for each in found["items"]] == sorted(counted.values(), reverse=True)


async def test_the_same_question_in_other_words_of_courtesy_is_one(lab: Lab) -> None:
    shop = await lab.shop()
    await ask(shop, "什么时候发货", "亲，什么时候发货呀？", "請問什麼時候發貨", "什么时候发货~")
    (one,) = (await top(shop))["items"]
    assert (one["count"], one["answered_by_bot"]) == (4, 0)


async def test_a_week_ends_on_monday_at_midnight_in_china(lab: Lab) -> None:
    lab.need("clock")
    shop = await lab.shop()
    moment = await now(shop)
    monday = moment - (moment + CHINA_S - MONDAY_S) % WEEK_S + WEEK_S
    await until(shop, monday - 5)
    await ask(shop, "什么时候发货")
    await until(shop, monday)
    await ask(shop, "怎么退货")
    found = await top(shop)
    assert ([each["text"] for each in found["items"]], found["begin"]) == (["怎么退货"], pytest.approx(monday))
    assert found["end"] == pytest.approx(monday + WEEK_S)


async def test_what_was_taken_back_was_not_asked(lab: Lab) -> None:
    lab.need("contract", "recall")
    shop = await lab.shop()
    desk, customer = await shop.desk(), await shop.customer()
    said = await customer.say("怎么退货", exact=True)
    await desk.sees(said)
    await customer.recall(said.message)
    await desk.until("recalled")
    assert (await top(shop))["items"] == []

"""FAQ-1: a promoted top question is answered automatically from then on."""

import pytest

from contract_tests.dealings import Data, conversation, messages
from suites.lab import Lab, LabShop

pytestmark = pytest.mark.promise("FAQ-1")
QUESTION, ANSWER = "怎么开发票", "亲，在订单页申请"


async def top(shop: LabShop) -> list[Data]:
    """This week's top questions."""
    return list((await shop.api("topQuestions")).body["items"])


async def asked(shop: LabShop, text: str = QUESTION) -> None:
    """Somebody asks, whom nobody answers."""
    customer = await shop.customer()
    await customer.say(text, exact=True)
    await customer.leave()
    await shop.lab.settled()


async def test_a_top_question_that_was_promoted_is_answered_from_then_on_though_the_bot_is_off(lab: Lab) -> None:
    shop = await lab.shop()
    await asked(shop)
    before = await shop.customer()
    await before.say(QUESTION, exact=True)
    await lab.settled()
    (question,) = await top(shop)
    body = {"question_id": question["question_id"], "answer": ANSWER}
    made = (await shop.api("promoteQuestion", body=body)).body
    assert (made["promoted"], made["title"], made["answer"]) == (True, QUESTION, ANSWER)
    after = await shop.customer()
    await after.say("请问怎么开发票呢？", exact=True)
    await after.receives(ANSWER)
    assert before.got(ANSWER) == []
    asked_, answer = await messages(shop, (await conversation(shop, after))["id"])
    assert (asked_["sender"], answer["sender"], answer["scene"]) == ("customer", "bot", "faq")
    (again,) = await top(shop)
    assert (again["count"], again["answered_by_bot"], again["article_id"]) == (3, 1, made["id"])


async def test_promoted_again_it_has_the_new_answer(lab: Lab) -> None:
    shop = await lab.shop()
    first = (await shop.api("promoteQuestion", body={"text": QUESTION, "answer": ANSWER})).body
    second = (await shop.api("promoteQuestion", body={"text": QUESTION + "？", "answer": "会自动开"})).body
    assert (second["id"], second["version"]) == (first["id"], first["version"] + 1)
    customer = await shop.customer()
    await customer.say(QUESTION, exact=True)
    await customer.receives("会自动开")
    assert customer.got(ANSWER) == []


async def test_another_question_is_not_answered(lab: Lab) -> None:
    shop = await lab.shop()
    await shop.api("promoteQuestion", body={"text": QUESTION, "answer": ANSWER})
    desk, customer = await shop.desk(), await shop.customer()
    event = await desk.sees(await customer.say("怎么退货", exact=True))
    await desk.reply(event.conversation, "七天内可以")
    await customer.receives(desk.last_text)
    assert customer.got(ANSWER) == []


async def test_a_greeting_is_no_question_and_a_listed_word_no_answer(lab: Lab) -> None:
    shop = await lab.shop()
    refused = await shop.api("promoteQuestion", body={"text": "在吗？", "answer": ANSWER}, expect=422)
    assert refused.body["code"] == "no_question"
    await shop.api("putSensitiveWords", body={"words": [{"word": "最便宜"}]})
    refused = await shop.api("promoteQuestion", body={"text": QUESTION, "answer": "全网最便宜"}, expect=422)
    assert refused.body["code"] == "blocked"
    assert (await shop.api("listArticles")).body["items"] == []

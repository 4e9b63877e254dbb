"""BOT-1: the bot answers what is covered within the first tier, hands over on request or doubt, and no echo."""

import pytest

from contract_tests.dealings import conversation, messages, scenes
from suites.customer import Customer
from suites.lab import Lab, LabShop

pytestmark = pytest.mark.promise("BOT-1")
QUESTION, ANSWER = "可以开发票吗", "亲，可以开电子发票"
FIRST_TIER_S = 30.0


async def staffed(lab: Lab, mode: str, **more: object) -> LabShop:
    """A shop whose bot knows one answer."""
    shop = await lab.shop()
    body = {"kind": "faq", "title": "发票", "questions": [QUESTION], "answer": ANSWER}
    await shop.api("createArticle", body=body, expect=201)
    await shop.api("putBot", body={"mode": mode, **more})
    return shop


async def spoken(shop: LabShop, customer: Customer) -> list[tuple[str, str]]:
    """The customer's conversation as (sender, text)."""
    found = await messages(shop, (await conversation(shop, customer))["id"])
    return [(each["sender"], each["text"]) for each in found]


async def test_the_bot_answers_what_is_covered_within_the_first_tier(lab: Lab) -> None:
    shop = await staffed(lab, "first")
    customer = await shop.customer()
    await customer.say(QUESTION, exact=True)
    await customer.receives(ANSWER)
    seen = await conversation(shop, customer)
    assert (seen["state"], seen["agent_id"]) == ("bot", None)
    asked, answer = await messages(shop, seen["id"])
    assert (answer["sender"], answer["scene"], answer["text"]) == ("bot", "bot", ANSWER)
    assert 0 <= answer["created_at"] - asked["created_at"] < FIRST_TIER_S


async def test_a_question_that_is_like_an_article_is_covered_too(lab: Lab) -> None:
    shop = await staffed(lab, "first")
    customer = await shop.customer()
    await customer.say("亲，请问可以開發票嗎？", exact=True)
    await customer.receives(ANSWER)


@pytest.mark.parametrize(
    "text",
    ["转人工", "我要投诉你们", "量子力学的测不准关系怎么推导"],
    ids=["asked for a person", "a complaint", "not covered"],
)
async def test_the_bot_hands_over_on_request_and_on_doubt_and_the_person_gets_the_whole_visit(
    lab: Lab, text: str
) -> None:
    shop = await staffed(lab, "first")
    desk, customer = await shop.desk(), await shop.customer()
    await customer.say(QUESTION, exact=True)
    await customer.receives(ANSWER)
    await customer.say(text, exact=True)
    given = await desk.until("assigned")
    await desk.sees(text)
    told = [(event.sender, event.text) for event in desk.events if event.kind == "message"]
    assert told == [("customer", QUESTION), ("bot", ANSWER), ("customer", text)]
    seen = await conversation(shop, customer)
    assert (seen["state"], seen["agent_id"], seen["id"]) == ("open", shop.agents[0].id, given.conversation)


async def test_who_asks_for_a_person_gets_one_though_an_article_would_fit(lab: Lab) -> None:
    shop = await staffed(lab, "first")
    body = {"kind": "faq", "title": "人工", "questions": ["转人工要等多久"], "answer": "一分钟"}
    await shop.api("createArticle", body=body, expect=201)
    desk, customer = await shop.desk(), await shop.customer()
    await customer.say("转人工要等多久", exact=True)
    given = await desk.until("assigned")
    await desk.reply(given.conversation, "我来了")
    await customer.receives(desk.last_text)
    assert customer.got("一分钟") == []


async def test_the_same_question_again_is_doubt(lab: Lab) -> None:
    shop = await staffed(lab, "first")
    desk, customer = await shop.desk(), await shop.customer()
    await customer.say(QUESTION, exact=True)
    await customer.receives(ANSWER)
    await customer.say(QUESTION, exact=True)
    await desk.until("assigned")
    assert len(customer.got(ANSWER)) == 1


async def test_after_a_person_came_the_bot_that_handed_over_is_silent(lab: Lab) -> None:
    shop = await staffed(lab, "first")
    desk, customer = await shop.desk(), await shop.customer()
    await customer.say("转人工", exact=True)
    given = await desk.until("assigned")
    await customer.say(QUESTION, exact=True)
    await desk.sees(QUESTION)
    await desk.reply(given.conversation, "我来回答您")
    await customer.receives(desk.last_text)
    assert customer.got(ANSWER) == []


async def test_the_bot_never_answers_an_echo(lab: Lab) -> None:
    shop = await staffed(lab, "assist")
    desk, customer = await shop.desk(), await shop.customer()
    event = await desk.sees(await customer.say("在吗", exact=True))
    await desk.reply(event.conversation, QUESTION, exact=True)  # the platform tells the service of it once more
    await customer.receives(QUESTION)
    await lab.settled()
    await desk.reply(event.conversation, "还在吗")
    await customer.receives(desk.last_text)
    assert await spoken(shop, customer) == [("customer", "在吗"), ("agent", QUESTION), ("agent", desk.last_text)]
    assert customer.got(ANSWER) == []


async def test_its_own_answer_is_no_question_to_it(lab: Lab) -> None:
    shop = await lab.shop()
    body = {"kind": "faq", "title": "循环", "questions": [QUESTION], "answer": QUESTION}
    await shop.api("createArticle", body=body, expect=201)
    await shop.api("putBot", body={"mode": "first"})
    customer = await shop.customer()
    await customer.say(QUESTION, exact=True)
    await customer.receives(QUESTION)
    await lab.settled()
    await customer.say("转人工", exact=True)
    assert (await conversation(shop, customer))["state"] == "queued"
    assert await spoken(shop, customer) == [("customer", QUESTION), ("bot", QUESTION), ("customer", "转人工")]


async def test_assisting_it_answers_beside_the_person_who_has_the_customer(lab: Lab) -> None:
    shop = await staffed(lab, "assist")
    desk, customer = await shop.desk(), await shop.customer()
    await customer.say(QUESTION, exact=True)
    await customer.receives(ANSWER)
    told = await desk.until(lambda event: event.sender == "bot", "the bot's answer")
    assert told.text == ANSWER
    assert (await conversation(shop, customer))["agent_id"] == shop.agents[0].id


async def test_switched_off_it_says_nothing(lab: Lab) -> None:
    shop = await staffed(lab, "off")
    desk, customer = await shop.desk(), await shop.customer()
    event = await desk.sees(await customer.say(QUESTION, exact=True))
    await desk.reply(event.conversation, "我来回答您")
    await customer.receives(desk.last_text)
    assert customer.got(ANSWER) == []


async def test_who_is_handed_over_is_told_so_once(lab: Lab) -> None:
    shop = await staffed(lab, "first")
    await scenes(shop, handover="正在为您转接人工客服")
    customer = await shop.customer()
    await customer.say("转人工", exact=True)
    await customer.receives("正在为您转接人工客服")
    await customer.say("快点", exact=True)
    seen = await conversation(shop, customer)
    assert [each["scene"] for each in await messages(shop, seen["id"]) if each["scene"]] == ["handover"]
    assert seen["state"] == "queued"

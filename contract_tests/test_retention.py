"""RETAIN-1: nothing goes before its time, legal hold stops it, restore equals the original. Days: security_tests."""

import pytest

from contract_tests.dealings import DAY_S, Data, Visit, answered, conversation, messages, now, visit
from suites.desk import Desk
from suites.lab import Lab, LabShop

pytestmark = pytest.mark.promise("RETAIN-1")


async def finished(shop: LabShop, desk: Desk, text: str = "在吗") -> Visit:
    """A visit from hello to its resolution."""
    came = await visit(shop, desk, text)
    await answered(desk, came)
    assert (await desk.resolve(came.conversation)).outcome == "ok"
    return came


async def kept(shop: LabShop) -> set[str]:
    """The conversations that the shop still has."""
    return {each["id"] for each in (await shop.api("listConversations", query={"limit": 1000})).body["items"]}


async def test_legal_hold_stops_the_purge_of_one_conversation_and_of_a_whole_shop(lab: Lab) -> None:
    lab.need("clock")
    lab.may("purge")
    shop, other = await lab.shop(), await lab.shop()
    desk = await shop.desk()
    held, gone = [await finished(shop, desk) for _ in range(2)]
    put = await shop.api("putLegalHold", conversation_id=held.conversation, body={"held": True})
    assert put.body == {"held": True}
    there = await finished(other, await other.desk())
    await other.api("putRetention", body={"legal_hold": True})
    before = await messages(shop, held.conversation)
    await lab.advance(181 * DAY_S)
    await shop.api("runRetention", who="operator")
    assert await kept(shop) == {held.conversation}
    assert await messages(shop, held.conversation) == before
    await shop.api("getConversation", conversation_id=gone.conversation, expect=404)
    assert await kept(other) == {there.conversation}
    await shop.api("putLegalHold", conversation_id=held.conversation, body={"held": False})
    await other.api("putRetention", body={"legal_hold": False})
    await shop.api("runRetention", who="operator")
    assert (await kept(shop), await kept(other)) == (set(), set())


async def test_a_shop_cannot_ask_for_less_than_180_days(lab: Lab) -> None:
    shop = await lab.shop()
    assert (await shop.api("getRetention")).body["days"] >= 180
    await shop.api("putRetention", body={"days": 179}, expect=422)
    assert (await shop.api("putRetention", body={"days": 180})).body["days"] == 180


async def test_an_open_conversation_is_kept_whatever_its_age(lab: Lab) -> None:
    lab.need("clock")
    lab.may("purge")
    shop = await lab.shop()
    came = await visit(shop, await shop.desk())
    await lab.advance(181 * DAY_S)
    await shop.api("runRetention", who="operator")
    assert [each["text"] for each in await messages(shop, came.conversation)] == [came.said.text]


LISTS = ("listAgents", "listArticles", "listComplaints", "listCannedResponses", "listIncidents", "listCustomers")
SETTINGS = ("getShop", "getBusinessHours", "getAutoReplies", "getSensitiveWords", "getRoutingRules", "getBot")


async def everything(shop: LabShop, until: float) -> Data:
    """All that the shop's people can read, as of a moment."""
    read: Data = {name: (await shop.api(name)).body for name in (*LISTS, *SETTINGS)}
    for each in read["listAgents"]["items"]:
        each.pop("online")  # whether a device is connected is no stored data
    for told_of_now in ("open", "next_opening"):
        read["getBusinessHours"].pop(told_of_now)
    read["conversations"] = (await shop.api("listConversations", query={"limit": 1000})).body
    for each in read["conversations"]["items"]:
        read[each["id"]] = (await shop.api("replayConversation", conversation_id=each["id"])).body
    read["metrics"] = (await shop.api("metricsSummary", query={"from": until - DAY_S, "until": until})).body
    return read


async def test_a_restored_backup_equals_the_original(lab: Lab) -> None:
    lab.may("restore")
    shop = await lab.shop(agents=2)
    shop.api.need("makeBackup", "restoreBackup", "verifyAudit")
    desk = await shop.desk()
    came = await finished(shop, desk)
    await desk.until(lambda event: event.note == "message.updated", "what became of the reply")
    talking = await visit(shop, desk, "还有货吗")
    article = {"kind": "faq", "title": "发票", "questions": ["怎么开发票"], "answer": "在订单页"}
    written = (await shop.api("createArticle", body=article, expect=201)).body
    await shop.api("rate", body={"conversation_id": came.conversation, "stars": 4}, expect=201)
    complaint = {"conversation_id": talking.conversation, "note": "杯子碎了"}
    await shop.api("openComplaint", body=complaint, expect=201)
    await lab.settled()  # the reply's echo is in: its fate is known
    moment = await now(shop)
    original = await everything(shop, moment)
    backup = (await shop.api("makeBackup", who="operator", expect=201)).body
    await desk.sees(await talking.customer.say("这一句不在备份里"))
    await shop.api("deleteArticle", article_id=written["id"])
    await shop.api("changeShop", body={"after_sale_policy": "七天无理由"})
    assert await everything(shop, moment) != original
    await shop.api("restoreBackup", who="operator", body={"id": backup["id"]}, expect=204)
    assert (await desk.closed()).code == 1012
    assert await everything(shop, moment) == original
    assert (await shop.api("verifyAudit", who="operator")).body["holds"] is True


async def test_what_was_restored_goes_on(lab: Lab) -> None:
    lab.may("restore")
    shop = await lab.shop()
    shop.api.need("makeBackup", "restoreBackup")
    desk = await shop.desk()
    came = await visit(shop, desk)
    backup = (await shop.api("makeBackup", who="operator", expect=201)).body
    await shop.api("restoreBackup", who="operator", body={"id": backup["id"]}, expect=204)
    await desk.closed()
    after = await shop.desk()
    said = await came.customer.say("还在吗")
    await after.sees(said)
    await answered(after, came)
    texts = [each["text"] for each in await messages(shop, came.conversation)]
    assert texts == [came.said.text, said.text, after.last_text]
    assert (await conversation(shop, came.customer))["agent_id"] == shop.agents[0].id


async def test_a_backup_that_is_none_is_refused_and_changes_nothing(lab: Lab) -> None:
    lab.may("restore")
    shop = await lab.shop()
    shop.api.need("restoreBackup")
    desk = await shop.desk()
    came = await visit(shop, desk)
    await shop.api("restoreBackup", who="operator", body={"id": "no-such-backup"}, expect=(404, 422))
    await answered(desk, came)

"""RETAIN-1: nothing goes before its day, everything goes on it, and a hold stops it."""

from pathlib import Path
from typing import Final

import pytest

from security_tests.attacks.belongings import Belongings, belongings
from suites.lab import Lab, LabShop

pytestmark = [pytest.mark.promise("RETAIN-1"), pytest.mark.owasp("ASVS 14.2.7 Data retention")]
DAY_S: Final = 86_400.0


async def _finished(lab: Lab) -> tuple[Belongings, str]:
    """A conversation that is over, its complaint closed by nobody's doing; and the text in it."""
    lab.need("clock")
    lab.may("purge")  # what is old in all shops of the target
    shop = await lab.shop()
    shop.api.need("runRetention", "putLegalHold")
    own = await belongings(lab)
    customer = await own.shop.customer()
    said = await customer.say("我住在和平路一号")
    conversation = (await own.desk.sees(said)).conversation
    await own.desk.reply(conversation, "记下了")
    await customer.receives(own.desk.last_text)
    assert (await own.desk.resolve(conversation)).outcome == "ok"
    own.ids["conversation_id"] = conversation
    await lab.settled()
    assert said.text in await _read(own)
    return own, said.text


async def _read(own: Belongings) -> str:
    told = await own.shop.api("listMessages", conversation_id=own.ids["conversation_id"], expect=(200, 404))
    return str(told.body)


@pytest.mark.parametrize(("days", "kept"), [(179, True), (181, False)])
async def test_messages_stay_179_days_and_go_after_180(lab: Lab, days: int, kept: bool) -> None:
    own, text = await _finished(lab)
    await lab.advance(days * DAY_S)
    await own.shop.api("runRetention", who="operator")
    assert (text in await _read(own)) is kept


async def test_the_hundred_and_eightieth_day_is_kept_to_its_second(lab: Lab) -> None:
    own, text = await _finished(lab)
    await lab.advance(180 * DAY_S - 60)
    await own.shop.api("runRetention", who="operator")
    assert text in await _read(own), "it went a minute before its 180 days"
    await lab.advance(DAY_S)
    await own.shop.api("runRetention", who="operator")
    assert text not in await _read(own)


async def test_a_shorter_time_cannot_be_set(lab: Lab) -> None:
    own = await belongings(lab)
    for days in (179, 1, 0, -1, 10**9, 180.5):
        await own.shop.api("putRetention", who=own.people["admin"], body={"days": days}, expect=422)
    assert (await own.shop.api("putRetention", who=own.people["admin"], body={"days": 180})).body["days"] == 180


async def test_a_legal_hold_stops_the_purge_until_it_is_lifted(lab: Lab) -> None:
    own, text = await _finished(lab)
    conversation = own.ids["conversation_id"]
    await own.shop.api("putLegalHold", conversation_id=conversation, body={"held": True})
    await lab.advance(400 * DAY_S)
    await own.shop.api("runRetention", who="operator")
    assert text in await _read(own)
    await own.shop.api("putLegalHold", conversation_id=conversation, body={"held": False})
    await own.shop.api("runRetention", who="operator")
    assert text not in await _read(own)


async def test_what_was_purged_is_gone_from_the_stored_files_too(lab: Lab) -> None:
    own, text = await _finished(lab)
    if lab.hosted is None:
        pytest.skip("not offered: the stored data of a target that is not the suite's own process")
    folder = lab.hosted.data
    assert _holding(folder, text), "it is readable in no stored file before: that none has it later says nothing"
    await lab.advance(181 * DAY_S)
    await own.shop.api("runRetention", who="operator")
    assert _holding(folder, text) == [], "purged text is readable in the stored files"


async def test_an_event_that_could_not_be_delivered_outlives_no_message_it_tells_of(lab: Lab) -> None:
    lab.need("clock")
    lab.may("purge")
    shop = await lab.shop()
    shop.api.need("createWebhook", "runRetention")
    hook = {"url": "http://127.0.0.1:9/", "events": ["message.created"]}  # where nobody listens
    if (await shop.api("createWebhook", body=hook, expect=(201, 422))).status == 422:
        pytest.skip("not offered: outbound events to this machine (an operator's --allow-host)")
    desk, customer = await shop.desk(), await shop.customer()
    conversation = (await desk.sees(await customer.say("我住在和平路一号"))).conversation
    assert (await desk.resolve(conversation)).outcome == "ok"
    await lab.settled()
    assert await _undelivered(shop) >= 1
    await lab.advance(181 * DAY_S)
    await shop.api("runRetention", who="operator")
    assert await _undelivered(shop) == 0


async def _undelivered(shop: LabShop) -> int:
    """Events that wait or were given up."""
    webhooks = (await shop.api("listWebhooks")).body["items"]
    letters = [(await shop.api("listDeadLetters", webhook_id=each["id"])).body["items"] for each in webhooks]
    return sum(int(each["waiting"]) for each in webhooks) + sum(map(len, letters))


@pytest.mark.parametrize(("days", "kept"), [(179, True), (181, False)])
async def test_a_customer_and_their_orders_go_with_the_shops_days_for_them(lab: Lab, days: int, kept: bool) -> None:
    own, _ = await _finished(lab)
    own.shop.api.need("getCustomer", "importOrder")
    admin, nick = own.people["admin"], f"和平路{lab.mark()}"
    await own.shop.api("putRetention", who=admin, body={"customer_days": 180})
    talker = await own.shop.customer(nick=nick)
    conversation = (await own.desk.sees(await talker.say("在吗"))).conversation
    assert (await own.desk.resolve(conversation)).outcome == "ok"
    order = f"order-{lab.mark()}"
    await own.shop.api(
        "importOrder",
        who=admin,
        open_id=talker.open_id,
        body={"id": order, "status": "paid", "amount": 100},
        expect=201,
    )
    await lab.settled()
    await lab.advance(days * DAY_S)
    await own.shop.api("runRetention", who="operator")
    told = await own.shop.api("getCustomer", who=admin, open_id=talker.open_id, expect=200 if kept else 404)
    assert (nick in str(told.body)) is kept
    if lab.hosted is not None:
        assert [bool(_holding(lab.hosted.data, each)) for each in (nick, order)] == [kept, kept]


def _holding(folder: Path, text: str) -> list[str]:
    """The files of a folder, which holds backups in a folder of their own, that have this text."""
    return [file.name for file in folder.iterdir() if file.is_file() and text.encode() in file.read_bytes()]

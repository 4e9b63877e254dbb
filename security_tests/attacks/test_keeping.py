"""RETAIN-1: nothing goes before its day, everything goes on it, and a hold stops it."""

from pathlib import Path
from typing import Final

import pytest

from security_tests.attacks.belongings import Belongings, belongings
from suites.lab import Lab

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


def _holding(folder: Path, text: str) -> list[str]:
    """The files of a folder, which holds backups in a folder of their own, that have this text."""
    return [file.name for file in folder.iterdir() if file.is_file() and text.encode() in file.read_bytes()]

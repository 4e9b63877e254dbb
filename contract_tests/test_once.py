"""GATEWAY-6: a message id is handled once for ever; what comes again is answered and told to nobody."""

import asyncio

import pytest

from suites.api import Api
from suites.lab import Lab
from suites.letterbox import Letterbox, changed, said

pytestmark = pytest.mark.promise("GATEWAY-6")
RETENTION_S = 182 * 86400.0


async def test_a_push_that_comes_twice_is_told_once(lab: Lab) -> None:
    shop = await lab.shop(agents=1)
    customer, desk, twin = await shop.customer(), await shop.desk(), await shop.desk(device="2")
    await lab.disturb(customer, doubled=True)
    first = await customer.say("在吗")
    last = await customer.say("有货吗")
    for device in (desk, twin):
        await device.sees(last)
        assert [device.times_seen(first), device.times_seen(last)] == [1, 1]


async def test_the_id_that_counts_is_the_one_in_the_signed_body(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    message = box.message(customer, f"在吗 {lab.mark()}")
    request = box.request(message)
    signed = box.signature(message)
    for attempt in range(3):  # any header that is not signed may be new at each attempt
        others = {name: f"{value}-{attempt}" for name, value in request.headers.items() if _may_vary(name, signed)}
        assert await box.takes(changed(request, others))
    last = await customer.say("有货吗")
    await desk.sees(last)
    assert desk.times_seen(said(message)) == 1


async def test_attempts_at_the_same_moment_are_told_once(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    message = box.message(customer, f"在吗 {lab.mark()}")
    taken = await asyncio.gather(*(box.takes(box.request(message)) for _ in range(8)))
    assert all(taken), "an attempt at a message that the target has was refused: the platform would try for ever"
    last = await customer.say("有货吗")
    await desk.sees(last)
    assert desk.times_seen(said(message)) == 1


@pytest.mark.parametrize("how", ["kill", "stop"])
async def test_a_push_that_comes_again_after_a_restart_is_told_once(lab: Lab, how: str) -> None:
    lab.need("restart")
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    first = await customer.say("在吗")
    await desk.sees(first)
    await lab.settled()
    await lab.restart("kill" if how == "kill" else "stop")
    await desk.closed()
    back = await desk.again()
    await lab.disturb(customer, repush=True)
    await lab.settled()
    last = await customer.say("有货吗")
    await back.sees(last)
    assert back.times_seen(first) == 0, "told again after the restart, though the device had it"
    assert [each.text for each in back.events if each.kind == "message"] == [last.text]


async def test_a_push_that_comes_again_after_61_seconds_is_told_once(lab: Lab) -> None:
    lab.need_time(61.0)
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    first = await customer.say("在吗")
    await desk.sees(first)
    await lab.settled()
    await lab.advance(61.0)
    await lab.disturb(customer, repush=True)
    await lab.settled()
    last = await customer.say("有货吗")
    await desk.sees(last)
    assert desk.times_seen(first) == 1


async def test_the_same_id_with_another_text_is_acknowledged_and_the_first_stays(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    message = box.message(customer, f"在吗 {lab.mark()}")
    assert await box.takes(box.request(message))
    other = message._replace(text=f"便宜点 {lab.mark()}")
    assert await box.takes(box.request(other)), "a conflict must be acknowledged: anything else only provokes retries"
    last = await customer.say("有货吗")
    await desk.sees(last)
    assert [each.text for each in desk.events if each.kind == "message"] == [message.text, last.text]


async def test_a_conflict_is_recorded(lab: Lab) -> None:
    shop = await lab.shop()
    before = await _conflicts(shop.api)
    customer, box = await shop.customer(), Letterbox(shop)
    message = box.message(customer, f"在吗 {lab.mark()}")
    assert await box.takes(box.request(message))
    assert await box.takes(box.request(message._replace(text=f"便宜点 {lab.mark()}")))
    assert await _conflicts(shop.api) == before + 1


async def test_after_a_purge_the_id_is_still_known(lab: Lab) -> None:
    lab.need("clock", "contract")
    lab.may("purge")
    shop = await lab.shop()
    shop.api.need("runRetention", "resolve")
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    message = box.message(customer, f"在吗 {lab.mark()}")
    assert await box.takes(box.request(message))
    event = await desk.sees(said(message))
    assert (await desk.resolve(event.conversation)).outcome == "ok"
    await lab.advance(RETENTION_S)
    await shop.api("runRetention", who="operator")
    left = await shop.api("listMessages", conversation_id=event.conversation, expect=(200, 404))
    assert message.text not in str(left.body), "the purge left the text"
    assert await box.takes(box.request(message))
    last = await customer.say("有货吗")
    await desk.sees(last)
    assert desk.times_seen(said(message)) == 1


async def _conflicts(api: Api) -> int:
    text = (await api("metrics", who="operator")).body
    lines = [line for line in text.splitlines() if line.startswith("golive_messages_total") and '"conflict"' in line]
    return int(float(lines[0].split()[-1])) if lines else 0


def _may_vary(name: str, signed: frozenset[str]) -> bool:
    return name not in signed and name.lower() == "msg-id"

"""DELIVERY: what was acknowledged arrives once on every device, a reply at its customer, and nothing else does."""

import asyncio

import pytest

from contract_tests.lull import lull
from fixtures.words import BUNDLED
from suites.desk import Desk
from suites.lab import Lab
from targets.interface import Event, WordRule, Words

CUSTOMERS, EACH = 6, 5


def _talk(desk: Desk) -> list[Event]:
    return [each for each in desk.events if each.kind in ("message", "withheld")]


@pytest.mark.promise("DELIVERY-1")
async def test_a_message_reaches_both_devices_of_its_agent_once(lab: Lab) -> None:
    shop = await lab.shop()
    first, second = await shop.desk(device="1"), await shop.desk(device="2")
    customer = await shop.customer()
    said = await customer.say("在吗")
    for desk in (first, second):
        await desk.sees(said)
    after = await lull(lab, customer)
    for desk in (first, second):
        await desk.sees(after)
        assert desk.times_seen(said) == 1


@pytest.mark.promise("DELIVERY-1", "DELIVERY-3")
async def test_customers_who_write_at_once_are_all_told_once_and_nothing_else_is(lab: Lab) -> None:
    shop = await lab.shop()
    desk, twin = await shop.desk(), await shop.desk(device="2")
    customers = [await shop.customer() for _ in range(CUSTOMERS)]
    said = await asyncio.gather(*(customer.say(f"第{n}句") for n in range(EACH) for customer in customers))
    for device in (desk, twin):
        for each in said:
            await device.sees(each)
    await lab.settled()
    last = await customers[0].say("有货吗")
    for device in (desk, twin):
        await device.sees(last)
        assert sorted(str(each.text) for each in _talk(device)) == sorted(each.text for each in (*said, last))


@pytest.mark.promise("DELIVERY-1")
async def test_only_the_agent_who_has_the_conversation_is_told(lab: Lab) -> None:
    shop = await lab.shop(agents=2)
    desks = [await shop.desk(agent=0), await shop.desk(agent=1)]
    customers = [await shop.customer() for _ in range(4)]
    said = [await customer.say("在吗") for customer in customers]
    await lab.settled()
    later = [await customer.say("有货吗") for customer in customers]
    for first, second in zip(said, later, strict=True):
        owner = await _told(desks, second)
        other = desks[1 - desks.index(owner)]
        await owner.sees(first)
        assert (owner.times_seen(first), other.times_seen(first), other.times_seen(second)) == (1, 0, 0)


@pytest.mark.promise("DELIVERY-1")
@pytest.mark.parametrize("verdict", ["mask", "block"])
async def test_a_listed_word_arrives_as_the_shop_wants_it_on_every_device(lab: Lab, verdict: str) -> None:
    lab.need("words")
    shop = await lab.shop()
    word = "坏东西"
    await shop.configure(Words((WordRule(word, to_agent="mask" if verdict == "mask" else "block"),)))
    customer, desk, twin = await shop.customer(), await shop.desk(), await shop.desk(device="2")
    said = await customer.say(f"你们是{word}吧")
    last = await customer.say("有货吗")
    for device in (desk, twin):
        await device.sees(last)
        told = await device.sees(said)
        if verdict == "block":
            assert (told.kind, told.text) == ("withheld", None)
        else:
            assert told.kind == "message"
            assert told.text is not None
            assert word not in told.text
            assert len(told.text) == len(said.text)
        assert device.times_seen(said) == 1


@pytest.mark.promise("DELIVERY-1")
async def test_a_text_of_every_length_and_script_arrives_as_it_is(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    texts = ["好", "👨‍👩‍👧 Ünïcödé \\ \" ' </script> %s {0} \u202e", "长" * 1500, "第一行\n第二行\t完"]
    assert not any(word.word in text for text in texts for word in BUNDLED.entries)
    for text in texts:
        said = await customer.say(text)
        assert (await desk.sees(said)).text == said.text


@pytest.mark.promise("DELIVERY-2")
async def test_a_reply_reaches_its_customer_once(lab: Lab) -> None:
    shop = await lab.shop()
    desk, customer = await shop.desk(), await shop.customer()
    event = await desk.sees(await customer.say("有货吗"))
    sent = await desk.reply(event.conversation, "有的")
    assert sent.outcome == "ok"
    first = desk.last_text
    await customer.receives(first)
    await desk.sees(await lull(lab, customer))
    await desk.reply(event.conversation, "还要别的吗")
    await customer.receives(desk.last_text)
    assert len(customer.got(first)) == 1


@pytest.mark.promise("DELIVERY-2", "DELIVERY-3")
async def test_replies_of_two_devices_at_once_arrive_each_once_at_their_own_customer(lab: Lab) -> None:
    shop = await lab.shop()
    desks = [await shop.desk(device="1"), await shop.desk(device="2")]
    customers = [await shop.customer() for _ in range(CUSTOMERS)]
    events = [await desks[0].sees(await customer.say("在吗")) for customer in customers]
    texts = [[f"第{n}句 {lab.mark()}" for n in range(EACH)] for _ in customers]
    sent = await asyncio.gather(
        *(
            desks[n % 2].reply(event.conversation, text, exact=True)
            for event, mine in zip(events, texts, strict=True)
            for n, text in enumerate(mine)
        )
    )
    assert {each.outcome for each in sent} == {"ok"}
    for customer, mine in zip(customers, texts, strict=True):
        for text in mine:
            await customer.receives(text)
    await lab.settled()
    assert [sorted(each.text for each in customer.received) for customer in customers] == [sorted(t) for t in texts]


@pytest.mark.promise("DELIVERY-2")
async def test_a_reply_that_the_platform_refuses_for_good_is_shown_as_failed(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk, twin = await shop.customer(), await shop.desk(), await shop.desk(device="2")
    event = await desk.sees(await customer.say("在吗"))
    allowed = lab.spec.scenario.gateway.replies_per_turn
    for n in range(allowed):
        assert (await desk.reply(event.conversation, f"第{n}句")).outcome == "ok"
        await customer.receives(desk.last_text)
    beyond = await desk.reply(event.conversation, "再说一句")  # no more of these until the customer writes again
    text, name = desk.last_text, desk.last_id
    assert beyond.outcome in ("ok", "failed")
    for device in (desk, twin) if beyond.outcome == "ok" else ():  # else it was said at once, to who asked
        failed = await device.until("reply_failed")
        assert failed.client_id in (None, name)
    await customer.say("在吗")
    await desk.reply(event.conversation, "在的")
    await customer.receives(desk.last_text)
    assert (len(customer.received), customer.got(text)) == (allowed + 1, [])


@pytest.mark.promise("DELIVERY-2")
async def test_a_reply_to_a_customer_who_is_away_is_there_when_they_come_back(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    said = await customer.say("在吗")
    event = await desk.sees(said)
    await customer.leave()
    await desk.reply(event.conversation, "在的")
    await lab.settled()
    back = await shop.customer(customer.id, after=said.index)
    await back.receives(desk.last_text)
    await lab.settled()
    assert len(back.got(desk.last_text)) == 1


@pytest.mark.promise("DELIVERY-3")
async def test_shops_are_told_nothing_of_each_other(lab: Lab) -> None:
    shops = [await lab.shop() for _ in range(3)]
    desks = [await shop.desk() for shop in shops]
    customers = [await shop.customer() for shop in shops]
    said = [await customer.say("在吗") for customer in customers]
    for desk, own in zip(desks, said, strict=True):
        event = await desk.sees(own)
        await desk.reply(event.conversation, "在的")
    for customer, desk in zip(customers, desks, strict=True):
        await customer.receives(desk.last_text)
    await lab.settled()
    for customer, desk, own in zip(customers, desks, said, strict=True):
        last = await customer.say("好的")
        await desk.sees(last)
        told = [each.text for each in _talk(desk)]
        assert [text for text in told if text != desk.last_text] == [own.text, last.text]
        assert told.count(desk.last_text) <= 1  # a system need not tell a device of its own reply
        assert [each.text for each in customer.received] == [desk.last_text]


async def _told(desks: list[Desk], said: object) -> Desk:
    waiting = {asyncio.create_task(desk.sees(said)): desk for desk in desks}  # type: ignore[arg-type]
    done, left = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    (first, *_) = done
    await first
    return waiting[first]

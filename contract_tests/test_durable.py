"""GATEWAY-4: acknowledged means durable. A kill -9 is what a black box can see of it; a power loss is not."""

import asyncio

import aiohttp
import pytest

from suites.lab import Lab
from suites.letterbox import Letterbox, said
from targets.platform import Message

pytestmark = pytest.mark.promise("GATEWAY-4")
AT_ONCE = 40


async def test_what_was_acknowledged_in_the_moment_of_a_kill_is_told_after_it(lab: Lab) -> None:
    lab.need("restart")
    shop = await lab.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    await desk.sees(await customer.say("在吗"))
    messages = [box.message(customer, f"第{n}句 {lab.mark()}", place=10 + n) for n in range(AT_ONCE)]
    taken: list[Message] = []
    pushing = [asyncio.create_task(_push(box, message, taken)) for message in messages]
    await _first(pushing, AT_ONCE // 2)
    await lab.restart("kill")
    await asyncio.gather(*pushing)
    await desk.closed()
    back = await desk.again()
    for message in taken:
        if not desk.times_seen(said(message)):
            await back.sees(said(message))
    assert len(taken) >= AT_ONCE // 2


async def _push(box: Letterbox, message: Message, taken: list[Message]) -> None:
    try:
        if await box.takes(box.request(message)):
            taken.append(message)
    except (aiohttp.ClientError, OSError, TimeoutError):
        return  # killed before its answer: whether it was taken, nobody was told


async def _first(tasks: "list[asyncio.Task[None]]", count: int) -> None:
    for number, done in enumerate(asyncio.as_completed(tasks), 1):
        await done
        if number == count:
            return


async def test_what_was_refused_by_a_target_that_is_down_is_told_when_it_is_back(lab: Lab) -> None:
    lab.need("restart")
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    await desk.sees(await customer.say("在吗"))
    restarting = asyncio.create_task(lab.restart("kill"))
    await desk.closed()
    asked = await customer.say("还在吗")  # the platform takes it, and tries until the target is back
    await restarting
    back = await desk.again()
    await lab.settled()
    last = await customer.say("有货吗")
    await back.sees(last)
    assert back.times_seen(asked) == 1


async def test_replies_that_were_accepted_survive_a_kill(lab: Lab) -> None:
    lab.need("restart")
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    event = await desk.sees(await customer.say("在吗"))
    texts = []
    for n in range(5):
        assert (await desk.reply(event.conversation, f"第{n}句")).outcome == "ok"
        texts.append(desk.last_text)
    await lab.restart("kill")
    for text in texts:
        await customer.receives(text, within=40.0)

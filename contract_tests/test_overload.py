"""OVERLOAD-1: under overload nothing is dropped silently, and afterwards the service is as quick as before.

As far as a small bench can: a burst of pushes at once, each of which must be acknowledged or refused aloud.
"""

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from suites.customer import Customer
from suites.desk import Desk
from suites.lab import Lab
from suites.letterbox import Letterbox
from targets.platform import Message

if TYPE_CHECKING:
    from suites.labs import Labs

pytestmark = pytest.mark.promise("OVERLOAD-1")
CUSTOMERS, AT_ONCE = 10, 600
RECOVERED_S = 2.0
TAKEN_S = 60
GIVEN = ("assigned", "message")  # how a device is told that a conversation is its own, where a target tells of it


async def test_every_push_of_a_burst_is_taken_or_refused_aloud_and_what_was_taken_is_told(lab: Lab) -> None:
    lab.may("flood")
    await _burst(lab, AT_ONCE)


async def test_what_a_full_target_refused_is_told_when_it_is_pushed_again(labs: "Labs") -> None:
    lab = await labs(service=("--inbox", "8"))  # so small that a burst of this bench fills it
    refused = await _burst(lab, AT_ONCE // 8)
    if not refused:
        raise RuntimeError("the burst did not fill the target: nothing was seen of what it does when it is full")
    lab.story.tell("burst", f"{refused} pushes were refused and pushed again")


async def _burst(lab: Lab, size: int) -> int:
    """So many pushes at once; how many were refused, each of them aloud, before all were taken, and told."""
    shop = await lab.shop(capacity=CUSTOMERS)
    customers, desk, box = [await shop.customer() for _ in range(CUSTOMERS)], await shop.desk(), Letterbox(shop)
    burst = [box.message(customers[n % CUSTOMERS], f"第{n}句 {lab.mark()}") for n in range(size)]
    refused = await asyncio.gather(*(_until_taken(box, message) for message in burst))
    waits = [await _wait(customers[0], desk) for _ in range(3)]  # one of them, for this machine may have been busy
    told = {each.platform_id or each.text for each in desk.events if each.kind == "message"}
    missing = [each for each in burst if each.server_message_id not in told and each.text not in told]
    assert missing == [], f"{len(missing)} messages that were acknowledged under overload were told to nobody"
    seconds = ", ".join(f"{each:.2f}" for each in waits)
    assert min(waits) < RECOVERED_S, f"{seconds} s until each next message was told, after a burst of {size}"
    return sum(refused)


async def _wait(customer: Customer, desk: Desk) -> float:
    before = monotonic()
    await desk.sees(await customer.say("完了"), within=30.0)
    return monotonic() - before


async def _until_taken(box: Letterbox, message: Message) -> int:
    """As the platform does: again and again until it is taken. How often it was refused, each time aloud."""
    request = box.request(message)
    try:
        async with asyncio.timeout(TAKEN_S):
            for refused in range(1000):
                answer = await box.post(request)
                if box.platform.acknowledged(answer):
                    return refused
                assert answer.status in (429, 503), f"under overload a push was answered {answer.status}"
    except TimeoutError:
        raise AssertionError(f"a push of the burst was neither taken nor refused within {TAKEN_S} s") from None
    raise AssertionError("refused a thousand times")


async def test_another_shop_is_served_while_one_is_flooded(lab: Lab) -> None:
    lab.may("flood")
    noisy, quiet = await lab.shop(), await lab.shop()
    flooder, customer = await noisy.customer(), await quiet.customer()
    desk, box = await quiet.desk(), Letterbox(noisy)
    flood = [asyncio.create_task(_until_taken(box, box.message(flooder, f"第{n}句 {lab.mark()}"))) for n in range(300)]
    asked = await customer.say("在吗")
    await desk.sees(asked)
    await asyncio.gather(*flood)
    assert [each.text for each in desk.events if each.kind == "message"] == [asked.text]


async def test_more_customers_than_agents_can_take_are_all_kept_and_served(lab: Lab) -> None:
    shop = await lab.shop(capacity=2)
    customers, desk = [await shop.customer() for _ in range(6)], await shop.desk()
    said = [await customer.say("在吗") for customer in customers]
    await lab.settled()
    served = []
    for _ in customers:
        event = await desk.until(lambda each: each.kind in GIVEN and each.conversation not in served, "the next")
        served.append(event.conversation)
        if len(served) >= 2:
            assert (await desk.resolve(served[len(served) - 2])).outcome == "ok"
    for each in said:
        await desk.sees(each)
    assert [desk.times_seen(each) for each in said] == [1] * len(said)

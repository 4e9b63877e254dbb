"""EVENTS-1: outbound events are signed, retried, deduplicated by id, and end in a dead letter, not in silence."""

import asyncio
from collections.abc import AsyncIterator

import jsonschema_rs
import pytest
import pytest_asyncio

from contract_tests.dealings import Data, visit
from contract_tests.hearing import Crm, listening, subscribe, verified
from suites.contract import openapi
from suites.lab import Lab, LabShop
from suites.labs import Labs

pytestmark = pytest.mark.promise("EVENTS-1")
QUICK = ("--event-plan", "0.1,0.2")  # of the bundled reference; the contract's own plan goes on for days


@pytest_asyncio.fixture(loop_scope="session")
async def crm() -> AsyncIterator[Crm]:
    """A shop's other system."""
    async with listening() as crm:
        yield crm


async def letters(shop: LabShop, webhook: Data) -> list[Data]:
    """The webhook's dead letters."""
    return list((await shop.api("listDeadLetters", webhook_id=webhook["id"])).body["items"])


async def given_up(shop: LabShop, webhook: Data) -> list[Data]:
    """The dead letters once there are any: nothing tells when an event is given up."""
    try:
        async with asyncio.timeout(shop.lab.patience_s):
            while not (found := await letters(shop, webhook)):
                pass
    except TimeoutError:
        raise AssertionError("an event was given up in silence: there is no dead letter") from None
    return found


async def test_an_event_is_delivered_once_signed_and_as_the_contract_has_it(lab: Lab, crm: Crm) -> None:
    shop = await lab.shop()
    webhook = await subscribe(shop, crm, "message.created")
    desk = await shop.desk()
    came = await visit(shop, desk)
    _, told = await crm.next(webhook["secret"])
    schema = {"$ref": "#/components/schemas/OutboundEvent", "components": openapi()["components"]}
    jsonschema_rs.validate(schema, told)
    assert (told["type"], told["data"]["text"], told["data"]["sender"]) == (
        "message.created",
        came.said.text,
        "customer",
    )
    await desk.reply(came.conversation, "您好")
    _, then = await crm.next(webhook["secret"])
    assert (then["data"]["text"], then["data"]["sender"]) == (desk.last_text, "agent")
    assert crm.heard.empty()


async def test_its_signature_is_of_these_bytes_and_this_secret_alone(lab: Lab, crm: Crm) -> None:
    shop = await lab.shop()
    webhook, other = [await subscribe(shop, crm, "conversation.opened") for _ in range(2)]
    assert webhook["secret"] != other["secret"]
    await visit(shop, await shop.desk())
    attempts = [await crm.attempt() for _ in range(2)]
    for heard in attempts:
        good = [each["secret"] for each in (webhook, other) if _verifies(each["secret"], heard.headers, heard.body)]
        assert len(good) == 1
        assert not _verifies(good[0], heard.headers, heard.body + b" ")
        assert not _verifies(good[0], heard.headers | {"webhook-id": "another"}, heard.body)


async def test_a_message_the_platform_pushes_twice_is_one_event(lab: Lab, crm: Crm) -> None:
    shop = await lab.shop()
    webhook = await subscribe(shop, crm, "message.created")
    desk, customer = await shop.desk(), await shop.customer()
    await lab.disturb(customer, doubled=True)
    said = await customer.say("在吗")
    await desk.sees(said)
    await lab.settled()
    after = await customer.say("还在吗")
    told = [(await crm.next(webhook["secret"])) for _ in range(2)]
    assert [each["data"]["text"] for _, each in told] == [said.text, after.text]
    assert len({name for name, _ in told}) == 2


async def test_only_what_was_subscribed_to_is_told_and_only_of_ones_own_shop(lab: Lab, crm: Crm) -> None:
    shop, other = await lab.shop(), await lab.shop()
    webhook = await subscribe(shop, crm, "conversation.resolved")
    elsewhere = await other.desk()
    there = await visit(other, elsewhere)
    await elsewhere.resolve(there.conversation)
    desk = await shop.desk()
    came = await visit(shop, desk)
    await desk.resolve(came.conversation)
    _, told = await crm.next(webhook["secret"])
    assert (told["type"], told["data"]["conversation_id"]) == ("conversation.resolved", came.conversation)
    assert crm.heard.empty()


async def test_what_is_refused_is_tried_again_under_the_same_id(labs: Labs, crm: Crm) -> None:
    lab = await labs(service=QUICK)
    shop = await lab.shop()
    webhook = await subscribe(shop, crm, "conversation.opened")
    crm.script = [500, 302]
    await visit(shop, await shop.desk())
    attempts = [await crm.next(webhook["secret"]) for _ in range(3)]
    assert attempts[0] == attempts[1] == attempts[2]
    assert await letters(shop, webhook) == []


async def test_after_the_plan_it_is_a_dead_letter_and_can_be_sent_again(labs: Labs, crm: Crm) -> None:
    lab = await labs(service=QUICK)
    shop = await lab.shop()
    webhook = await subscribe(shop, crm, "conversation.opened", "conversation.resolved")
    crm.script = [500, 503, 500, 204]
    desk = await shop.desk()
    came = await visit(shop, desk)
    sent = [await crm.next(webhook["secret"]) for _ in range(3)]
    (letter,) = await given_up(shop, webhook)
    await desk.resolve(came.conversation)
    _, told = await crm.next(webhook["secret"])
    assert told["type"] == "conversation.resolved"
    assert (letter["event"], letter["type"], letter["attempts"]) == (sent[0][0], "conversation.opened", 3)
    assert "500" in letter["why"]
    again = await shop.api("redeliver", webhook_id=webhook["id"], body={"events": [letter["event"]]})
    assert again.body == {"redelivered": 1}
    assert await crm.next(webhook["secret"]) == sent[0]
    (seen,) = (await shop.api("listWebhooks")).body["items"]
    assert seen["missed"] == 0


async def test_what_was_unsubscribed_is_told_no_more(lab: Lab, crm: Crm) -> None:
    shop = await lab.shop()
    gone, stays = [await subscribe(shop, crm, "conversation.opened") for _ in range(2)]
    await shop.api("deleteWebhook", webhook_id=gone["id"])
    await visit(shop, await shop.desk())
    await crm.next(stays["secret"])
    await visit(shop, await shop.desk(device="2"))
    await crm.next(stays["secret"])
    assert crm.heard.empty()


def _verifies(secret: str, headers: dict[str, str], body: bytes) -> bool:
    try:
        verified(secret, headers, body)
    except AssertionError:
        return False
    return True

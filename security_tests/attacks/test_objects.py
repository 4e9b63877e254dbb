"""TENANT-1: every operation that names an object, asked by people of another shop about it."""

import asyncio
from typing import Any, Final

import pytest

from security_tests.attacks.belongings import ROLES, Belongings, belongings
from security_tests.attacks.test_roles import ANY, AT_ONCE, status
from suites.contract import Operation, operations
from suites.lab import Lab, LabShop
from suites.samples import parameters_of

pytestmark = [pytest.mark.promise("TENANT-1"), pytest.mark.owasp("API1:2023 Broken Object Level Authorization")]
OWN_UNDER_ANY_ID: Final = {  # what a stranger names here is their own: the scenes every shop has, a customer to be
    "activateScript", "deactivateScript", "importOrder",
}  # fmt: skip
HIDDEN: Final = (404, 403)
READS: Final = (
    "listAgents", "listArticles", "listComplaints", "listIncidents", "listCannedResponses", "listCustomers",
    "listConversations", "getShop", "listWebhooks", "getRoutingRules", "getSensitiveWords",
)  # fmt: skip


def _with_ids(lab: Lab, role: str, own: Belongings) -> list[Operation]:
    """What the role may do to the shop's objects: reads first, removals last."""
    known = (operations()[name] for name in sorted(lab.operations & operations().keys() - OWN_UNDER_ANY_ID))
    found = [each for each in known if role in each.roles and parameters_of(each)]
    reachable = [each for each in found if own.ids.keys() >= set(parameters_of(each))]
    return sorted(reachable, key=lambda each: (each.method != "GET", each.method == "DELETE"))


async def _all(shop: LabShop) -> dict[str, Any]:
    return {name: (await shop.api(name)).body for name in READS if name in shop.lab.operations}


@pytest.mark.parametrize("role", ROLES)
async def test_another_shops_objects_are_none(lab: Lab, role: str) -> None:
    own, stranger = await belongings(lab), await belongings(lab)
    before = await _all(own.shop)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(operation: Operation) -> tuple[str, int]:
        async with gate:
            return operation.id, await status(own, operation, stranger.people[role])

    asked = _with_ids(lab, role, own)
    assert asked
    answers = await asyncio.gather(*map(one, asked))
    open_doors = {name: code for name, code in answers if code not in HIDDEN}
    assert not open_doors, (
        f"another shop's {role} was not told that there is nothing (status by operation): {open_doors}"
    )
    assert await _all(own.shop) == before, "another shop's people changed something"
    theirs = {each.id: await status(own, each, own.people[role]) for each in asked}
    nowhere = {name: code for name, code in theirs.items() if code in HIDDEN}
    assert not nowhere, f"nor does the shop's own {role} find it, so the answers above say nothing: {nowhere}"


async def test_lists_tell_of_ones_own_shop_only(lab: Lab) -> None:
    own, stranger = await belongings(lab), await belongings(lab)
    told = str(await _all(stranger.shop))
    theirs = {own.ids["conversation_id"], own.ids["agent_id"], own.customer.open_id, own.shop.spec.name}
    own_lists = str(await _all(own.shop))
    listed = {each for each in theirs if f"'{each}'" in own_lists}
    assert own.ids["conversation_id"] in listed, "not even the shop's own lists tell of its conversation"
    assert not [each for each in theirs if f"'{each}'" in told]


async def test_a_strangers_device_is_told_nothing_of_a_conversation(lab: Lab) -> None:
    own, stranger = await belongings(lab), await belongings(lab)
    conversation = own.ids["conversation_id"]
    sent = await stranger.desk.reply(conversation, "我是别家的客服")
    assert sent.outcome == "failed"
    if "sync" in lab.operations:
        told = await stranger.shop.api("sync", who=stranger.shop.agents[0], query={"since": 0, "limit": 100})
        assert stranger.ids["conversation_id"] in str(told.body)
        assert conversation not in {each["d"].get("conversation_id") for each in told.body["events"]}
    said = await own.customer.say("还在吗")
    await own.desk.sees(said)
    last = await stranger.customer.say("在吗")
    await stranger.desk.sees(last)
    assert conversation not in {event.conversation for event in stranger.desk.events}
    assert "我是别家的客服" not in str(own.customer.received)


async def test_a_foreign_shop_cannot_be_named_in_a_query_or_body(lab: Lab) -> None:
    own, stranger = await belongings(lab), await belongings(lab)
    admin = stranger.people["admin"]
    listed = await stranger.shop.api("listConversations", who=admin, query={"shop_id": own.ids["shop_id"]}, expect=ANY)
    if listed.status == 200:
        assert [each["id"] for each in listed.body["items"]] == [stranger.ids["conversation_id"]]
    stolen = {"conversation_id": own.ids["conversation_id"], "note": "x"}
    await stranger.shop.api("openComplaint", who=admin, body=stolen, expect=(404, 422))
    await stranger.shop.api("rate", who=admin, body={**stolen, "stars": 1}, expect=(404, 422))

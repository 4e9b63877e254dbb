"""RECORD-1: the replay of a conversation equals its history."""

import pytest

from contract_tests.dealings import Data, answered, visit
from suites.lab import Lab, LabShop

pytestmark = pytest.mark.promise("RECORD-1")


async def talked(lab: Lab) -> tuple[LabShop, str]:
    """Two visits with a transfer, a note, a recalled and a blocked message; the shop and the conversation."""
    shop = await lab.shop(agents=2)
    await shop.api("putSensitiveWords", body={"words": [{"word": "骗子", "to_agent": "block"}]})
    first = await shop.desk(0)
    came = await visit(shop, first)
    second = await shop.desk(1)
    wrong = await came.customer.say("说错了")
    await first.sees(wrong)
    await came.customer.recall(wrong.message)
    await first.until("recalled")
    await came.customer.say("你们是骗子", exact=True)
    await first.until("withheld")
    body = {"agent_id": shop.agents[1].id, "note": "要退款"}
    await shop.api("transferConversation", who=shop.agents[0], conversation_id=came.conversation, body=body)
    await second.until("assigned")
    await answered(second, came)
    assert (await second.resolve(came.conversation)).outcome == "ok"
    await second.sees(await came.customer.say("再问一下"))
    return shop, came.conversation


async def pages(shop: LabShop, operation: str, conversation: str, limit: int, **query: int) -> list[Data]:
    """Every item of every page."""
    items: list[Data] = []
    after: dict[str, str | int] = {}
    while True:
        asked: dict[str, str | int] = {"limit": limit, **query, **after}
        page = (await shop.api(operation, conversation_id=conversation, query=asked)).body
        items += page["items"]
        if page["next"] is None:
            return items
        after = {"after": page["next"]}


@pytest.mark.parametrize("limit", [1, 4, 1000])
async def test_the_replay_is_every_message_and_every_event_in_their_order_and_nothing_else(
    lab: Lab, limit: int
) -> None:
    shop, name = await talked(lab)
    replay = await pages(shop, "replayConversation", name, limit)
    said = await pages(shop, "listMessages", name, limit)
    did = await pages(shop, "listConversationEvents", name, limit)
    assert [item["message"] for item in replay if "message" in item] == said
    assert [item["event"] for item in replay if "event" in item] == did
    assert len(replay) == len(said) + len(did)
    assert len(said) == 6
    order = [(item["message"]["seq"], 0) if "message" in item else (item["event"]["seq"], 1) for item in replay]
    assert order == sorted(order)
    assert [each["seq"] for each in said] == list(range(1, len(said) + 1))
    assert [each["n"] for each in did] == list(range(1, len(did) + 1))


async def test_each_moment_is_told_as_it_was(lab: Lab) -> None:
    shop, name = await talked(lab)
    told = (await shop.api("replayConversation", conversation_id=name, query={"limit": 1000, "speed": 4})).body
    for item in told["items"]:
        was = item["message"]["created_at"] if "message" in item else item["event"]["at"]
        assert item["at"] == was
        assert item["offset_s"] == pytest.approx(was - told["begins"])
        assert item["play_at_s"] == pytest.approx(item["offset_s"] / 4)
    assert told["items"][0]["offset_s"] == 0


async def test_the_story_is_the_one_that_happened(lab: Lab) -> None:
    shop, name = await talked(lab)
    kinds = [each["kind"] for each in await pages(shop, "listConversationEvents", name, 1000)]
    for wanted in (["opened", "assigned"], ["recalled"], ["transferred"], ["resolved"]):
        assert [kind for kind in kinds if kind in wanted][: len(wanted)] == wanted, wanted
    assert kinds.index("recalled") < kinds.index("transferred") < kinds.index("resolved")
    assert sum(kind in ("opened", "reopened") for kind in kinds) == 2
    actors = {each["kind"]: each["actor"] for each in await pages(shop, "listConversationEvents", name, 1000)}
    assert (actors["resolved"], actors["transferred"]) == (shop.agents[1].id, shop.agents[0].id)


async def test_what_was_blocked_or_recalled_is_nowhere_in_the_past(lab: Lab) -> None:
    shop, name = await talked(lab)
    for operation in ("replayConversation", "listMessages", "listConversationEvents"):
        for who in ("admin", shop.agents[1]):
            text = repr((await shop.api(operation, who=who, conversation_id=name)).body)
            assert "骗子" not in text, operation
            assert "说错了" not in text, operation

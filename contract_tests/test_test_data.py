"""TESTDATA-1: what the harness made is marked as test data, and goes without anything else being touched."""

import secrets
from typing import Any

import pytest

from contract_tests.dealings import Data, visit
from suites.lab import Lab, LabShop
from suites.letterbox import Letterbox

pytestmark = pytest.mark.promise("TESTDATA-1")


async def test_every_shop_of_the_harness_is_marked(lab: Lab) -> None:
    shop = await lab.shop()
    assert (await shop.api("getShop")).body["test"] is True


class Real:
    """A shop that is no test data: not made through the adapter, with an agent, an article and a customer's message."""

    def __init__(self, shop: LabShop, made: Data, admin: str) -> None:
        self.shop, self.made, self.admin = shop, made, admin

    async def read(self) -> list[Any]:
        """All of it."""
        names = ("getShop", "listAgents", "listArticles", "listConversations", "listCustomers")
        told = [(await self.shop.api(name, who=self.admin)).body for name in names]
        talks = [each["id"] for each in told[3]["items"]]
        return told + [await self._replay(name) for name in talks]

    async def _replay(self, name: str) -> Any:
        return (await self.shop.api("replayConversation", who=self.admin, conversation_id=name)).body


async def real(lab: Lab, shop: LabShop) -> Real:
    """Make one, beside a shop of the harness whose customer writes to it past the gateway."""
    account = f"real-{secrets.token_hex(6)}"
    app = lab.spec.app
    body = {
        "name": "真实店铺",
        "open_id": account,
        "client_key": app.client_key,
        "client_secret": app.client_secret,
        "platform": lab.spec.platform_name,
    }
    made = (await shop.api("createShop", who="operator", body=body, expect=201)).body
    login = {"login": made["admin_login"], "password": made["admin_password"]}
    admin = f"Bearer {(await shop.api('login', who='anyone', body=login)).body['access_token']}"
    await shop.api("createAgent", who=admin, body={"name": "真实客服", "certified": True}, expect=201)
    article = {"kind": "faq", "title": "发票", "answer": "在订单页"}
    await shop.api("createArticle", who=admin, body=article, expect=201)
    customer, box = await shop.customer(), Letterbox(shop)
    message = box.message(customer, "真实的消息", shop_open_id=account, conversation=f"@real-{account}==")
    assert await box.takes(box.request(message))
    return Real(shop, made, admin)


async def test_removing_test_data_takes_all_of_it_and_touches_nothing_else(lab: Lab) -> None:
    lab.may("delete_test_data")
    mine, other = await lab.shop(agents=2), await lab.shop()
    mine.api.need("deleteTestData", "deleteShop")
    for shop in (mine, other):
        await visit(shop, await shop.desk())
    kept = await real(lab, mine)
    before = await kept.read()
    assert [each["text"] for each in messages_of(before)] == ["真实的消息"]
    try:
        removed = (await mine.api("deleteTestData", who="operator")).body
        assert removed["shops"] >= 2
        assert removed["conversations"] >= 2
        await mine.api("getShop", who="admin", expect=401)
        await mine.api("listConversations", who=other.agents[0], expect=401)
        assert await kept.read() == before
        again = (await mine.api("deleteTestData", who="operator")).body
        assert again == {"shops": 0, "agents": 0, "conversations": 0, "messages": 0}
        assert await kept.read() == before
    finally:
        await mine.api("deleteShop", who="operator", shop_id=kept.made["id"], expect=(204, 404))


def messages_of(read: list[Any]) -> list[Data]:
    """The messages in a Real's replays."""
    return [item["message"] for replay in read[5:] for item in replay["items"] if "message" in item]


async def test_after_it_the_harness_goes_on_with_new_shops(lab: Lab) -> None:
    lab.may("delete_test_data")
    shop = await lab.shop()
    await shop.api("deleteTestData", who="operator")
    fresh = await lab.shop()
    came = await visit(fresh, await fresh.desk())
    assert came.conversation

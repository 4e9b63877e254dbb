"""A shop with one of everything that an id can name, and one person of each role: what a stranger would reach for."""

from dataclasses import dataclass
from typing import Any, Final

from suites.api import Who
from suites.customer import Customer
from suites.desk import Desk
from suites.lab import Lab, LabShop

ROLES: Final = ("admin", "supervisor", "agent")
# restored, purged or emptied, they would take the whole target along, and not the shop alone
RUINOUS: Final = frozenset({"reset", "restoreBackup", "deleteTestData", "deleteShop", "advanceClock", "runRetention"})


@dataclass
class Belongings:
    """`ids` maps each path parameter of the contract that the target has an object for to one of the shop's."""

    shop: LabShop
    people: dict[str, Who]  # by role
    customer: Customer
    desk: Desk
    ids: dict[str, str]


async def belongings(lab: Lab) -> Belongings:
    """Make them. Skips the test where the target does not speak our contract."""
    shop = await lab.shop()
    api, desk = shop.api, await shop.desk()
    customer = await shop.customer()
    said = await customer.say("我的电话是 13800138000，帮我看看订单")
    conversation = (await desk.sees(said)).conversation
    made = {
        "conversation_id": conversation,
        "seq": "1",
        "agent_id": shop.agents[0].id,
        "shop_id": shop.target.target_id,
    }
    made |= {"open_id": customer.open_id, "category": "food"}
    bodies = _bodies(conversation)
    for name, (operation, body) in bodies.items():
        if operation in lab.operations:
            answer = await api(operation, body=body, expect=(201, 422) if name == "webhook_id" else 201)
            if answer.status == 201:  # an operator need not allow events to this machine
                made[name] = str(answer.body["id"])
    if "listEmergencyScripts" in lab.operations:
        made["script_id"] = (await api("listEmergencyScripts")).body["items"][0]["script"]["id"]
    if "changeShop" in lab.operations:
        paper = {"category": "food", "number": "JY1", "expires_on": "2999-12-31"}
        await api("changeShop", body={"certificates": [paper]})
    people: dict[str, Who] = {"admin": await _header(shop, "admin"), "agent": await _header(shop, shop.agents[0])}
    people["supervisor"] = await _supervisor(shop)
    return Belongings(shop, people, customer, desk, made)


def _bodies(conversation: str) -> dict[str, tuple[str, dict[str, Any]]]:
    return {
        "article_id": ("createArticle", {"kind": "faq", "title": "发货时间", "answer": "两天内"}),
        "complaint_id": ("openComplaint", {"conversation_id": conversation, "note": "坏了"}),
        "incident_id": ("openIncident", {"scene": "stock_out"}),
        "canned_id": ("addCannedResponse", {"title": "发货", "text": "今天发货"}),
        "webhook_id": ("createWebhook", {"url": "http://127.0.0.1:9/", "events": ["csat.submitted"]}),
    }


async def _header(shop: LabShop, who: Who) -> str:
    return f"Bearer {await shop.bearer(who)}"


async def _supervisor(shop: LabShop) -> str:
    made = (await shop.api("createAgent", body={"name": "测试主管", "role": "supervisor"}, expect=201)).body
    login = {"login": made["login"], "password": made["password"]}
    return f"Bearer {(await shop.api('login', who='anyone', body=login)).body['access_token']}"

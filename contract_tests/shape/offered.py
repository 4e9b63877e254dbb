"""What a target is given before its shape is looked at, so that calls meet something: ids by their parameter's name."""

from typing import Any, Final, cast

import msgspec

from contract_tests.dealings import supervisor, visit
from suites.lab import LabShop

CUSTOMERS: Final = 6
SCENES: Final = 3
EACH: Final = (
    6  # of what calls delete, at any time: with three, some runs deleted all before anything else was asked of one
)


class Speakers(msgspec.Struct, frozen=True):
    """Access tokens by role, and the secret that the platform signs with. Written to a file for its owner alone."""

    tokens: dict[str, str]
    client_secret: str


class Offered(msgspec.Struct, frozen=True):
    """Who speaks, and for each parameter the ids that exist."""

    speakers: Speakers
    ids: dict[str, list[str]]


async def offered(shop: LabShop) -> Offered:
    """Fill a shop, and tell what is in it now."""
    target = cast(Any, shop.lab.target)
    boss = await supervisor(shop)
    desk = await shop.desk()
    came = [await visit(shop, desk) for _ in range(CUSTOMERS)]
    tokens = {
        "operator": await target.bearer(None),
        "admin": await target.bearer(shop.target),
        "supervisor": boss.who.removeprefix("Bearer "),
        "agent": await target.bearer(shop.agents[0]),
    }
    ids = {
        "shop_id": [shop.target.target_id],
        "agent_id": [await _hired(shop) for _ in range(2)],  # who speaks must stay who they are
        "conversation_id": [each.conversation for each in came],
        "open_id": [each.customer.open_id for each in came],
        **await _made(shop, came[0].conversation),
    }
    return Offered(Speakers(tokens, shop.lab.spec.app.client_secret), ids)


async def _hired(shop: LabShop) -> str:
    return str((await shop.api("createAgent", body={"name": "测试同事", "certified": True}, expect=201)).body["id"])


async def _made(shop: LabShop, conversation: str) -> dict[str, list[str]]:
    """Some of everything that the target lets people make."""
    made = {"script_id": scripts, "scene": scripts} if (scripts := await _scripts(shop)) else {}
    bodies: dict[str, tuple[str, dict[str, object]]] = {
        "article_id": ("createArticle", {"kind": "faq", "title": "退货", "questions": ["怎么退货"], "answer": "七天"}),
        "canned_id": ("addCannedResponse", {"title": "问候", "text": "您好"}),
        "complaint_id": ("openComplaint", {"conversation_id": conversation, "note": "慢"}),
        "incident_id": ("openIncident", {"scene": next(iter(scripts), "")}),
        "webhook_id": ("createWebhook", {"url": "http://127.0.0.1:9/hook", "events": ["message.created"]}),
    }
    for name, (operation, body) in bodies.items():
        times = 1 if name == "complaint_id" else EACH  # one is open for a conversation
        if operation in shop.lab.operations:
            made[name] = [(await shop.api(operation, body=body)).body["id"] for _ in range(times)]
    return made


async def _scripts(shop: LabShop) -> list[str]:
    if "listEmergencyScripts" not in shop.lab.operations:
        return []
    return [each["script"]["id"] for each in (await shop.api("listEmergencyScripts")).body["items"]][:SCENES]

"""AUTH-1: pages of other sites open nothing, answers let a browser guess nothing, and nobody promotes themselves."""

from typing import Any, Final

import aiohttp
import pytest

from security_tests.attacks.belongings import Belongings, belongings
from suites.lab import Lab
from suites.wire import greeted

pytestmark = pytest.mark.promise("AUTH-1")
MORE: Final = {  # nobody may set these by asking for something else
    "role": "admin", "shop_id": "s-other", "certified": False, "capacity": 10_000, "id": "u1", "is_admin": True,
    "assignee": "u1", "agent_id": "u1", "state": "closed", "closed_at": 1.0, "level": "senior", "disabled": True,
}  # fmt: skip


@pytest.mark.owasp("WSTG-CLNT-10 Testing WebSockets")
@pytest.mark.parametrize(
    "origin", ["http://evil.test", "null", "http://127.0.0.1.evil.test", "https://douyin.com.evil.test"]
)
async def test_a_page_of_another_site_opens_no_device(lab: Lab, origin: str) -> None:
    await belongings(lab)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        async with greeted(lab, {"Origin": origin}):
            pass
    assert refusal.value.status in (401, 403)
    async with greeted(lab, {"Origin": lab.run.target_url}):
        pass  # its own page may: an Origin alone is no reason


@pytest.mark.owasp("API8:2023 Security Misconfiguration")
async def test_answers_tell_a_browser_to_keep_and_guess_nothing(lab: Lab) -> None:
    own = await belongings(lab)
    answers = [
        await own.shop.api("listConversations", who=own.people["admin"]),
        await own.shop.api("getConversation", who=own.people["admin"], conversation_id="none", expect=404),
        await own.shop.api("listConversations", who="anyone", expect=401),
    ]
    for answer in answers:
        told = {name.lower(): value for name, value in answer.headers.items()}
        assert told.get("x-content-type-options") == "nosniff"
        assert "no-store" in told.get("cache-control", "")
        assert told.get("access-control-allow-origin") in (None, ""), "any site may read this answer"


@pytest.mark.owasp("API3:2023 Broken Object Property Level Authorization (mass assignment)")
async def test_fields_nobody_asked_for_change_nothing(lab: Lab) -> None:
    own = await belongings(lab)
    admin = own.people["admin"]
    conversation = own.ids["conversation_id"]
    before = await _seen(own)
    await _sneak(own, "setAvailability", {"availability": "online"}, agent_id=own.ids["agent_id"])
    version = (await own.shop.api("getConversation", who=admin, conversation_id=conversation)).body["version"]
    change = {"version": version, "priority": "high"}
    await _sneak(own, "updateConversation", change, conversation_id=conversation)
    assert await _seen(own) == before, "a field that nobody asked for was taken"
    other = (await own.desk.sees(await (await own.shop.customer()).say("碗碎了"))).conversation  # has no complaint yet
    await _sneak(own, "openComplaint", {"conversation_id": other, "note": "x"})
    opened = (await own.shop.api("listComplaints", who=admin)).body["items"]
    states = {each["conversation_id"]: each["state"] for each in opened}
    assert states == dict.fromkeys((conversation, other), "open"), "a complaint was opened that was closed already"


async def _sneak(own: Belongings, operation: str, wanted: dict[str, object], **path: Any) -> None:
    """Ask as an agent for what they may, with fields added; where these are refused, at least the rest is allowed."""
    agent, api = own.people["agent"], own.shop.api
    if (await api(operation, who=agent, body={**MORE, **wanted}, expect=(200, 201, 422), **path)).status == 422:
        await api(operation, who=agent, body=wanted, expect=(200, 201), **path)


async def _seen(own: Belongings) -> tuple[Any, Any]:
    """The agent and their conversation, without what may change: the version, and the priority that was asked for."""
    admin = own.people["admin"]
    people = (await own.shop.api("listAgents", who=admin)).body["items"]
    talk = (await own.shop.api("getConversation", who=admin, conversation_id=own.ids["conversation_id"])).body
    asked_for = ("version", "priority")
    return people, {name: value for name, value in talk.items() if name not in asked_for}


@pytest.mark.owasp("API5:2023 Broken Function Level Authorization")
async def test_nobody_speaks_or_signs_in_for_a_colleague(lab: Lab) -> None:
    own = await belongings(lab)
    made = (await own.shop.api("createAgent", body={"name": "测试同事", "certified": True}, expect=201)).body
    login = {"login": made["login"], "password": made["password"]}
    other = f"Bearer {(await own.shop.api('login', who='anyone', body=login)).body['access_token']}"
    conversation = own.ids["conversation_id"]
    reply = {"text": "我来", "client_msg_id": "steal-1"}
    await own.shop.api("reply", who=other, conversation_id=conversation, body=reply, expect=(403, 404, 409))
    body = {"availability": "offline"}
    await own.shop.api("setAvailability", who=other, agent_id=own.ids["agent_id"], body=body, expect=(403, 404))
    said = await own.customer.say("还在吗")
    await own.desk.sees(said)
    assert (await own.desk.reply(conversation, "在的")).outcome == "ok"  # whose it is may
    await own.customer.receives(own.desk.last_text)
    assert own.customer.got("我来") == []

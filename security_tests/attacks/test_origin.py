"""AUTH-1: pages of other sites open nothing, answers let a browser guess nothing, and nobody promotes themselves."""

from typing import Final

import aiohttp
import pytest

from security_tests.attacks.belongings import belongings
from suites.lab import Lab
from suites.wire import greeted

pytestmark = pytest.mark.promise("AUTH-1")
ANY: Final = range(200, 600)


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


@pytest.mark.owasp("API8:2023 Security Misconfiguration")
async def test_answers_tell_a_browser_to_keep_and_guess_nothing(lab: Lab) -> None:
    own = await belongings(lab)
    answers = [
        await own.shop.api("listConversations", who=own.people["admin"]),
        await own.shop.api("getConversation", who=own.people["admin"], conversation_id="none", expect=404),
        await own.shop.api("getShop", who="anyone", expect=401),
    ]
    for answer in answers:
        told = {name.lower(): value for name, value in answer.headers.items()}
        assert told.get("x-content-type-options") == "nosniff"
        assert "no-store" in told.get("cache-control", "")
        assert told.get("access-control-allow-origin") in (None, ""), "any site may read this answer"


@pytest.mark.owasp("API3:2023 Broken Object Property Level Authorization (mass assignment)")
async def test_fields_nobody_asked_for_change_nothing(lab: Lab) -> None:
    own = await belongings(lab)
    agent, admin = own.people["agent"], own.people["admin"]
    more = {"role": "admin", "shop_id": "s-other", "certified": True, "capacity": 10_000, "id": "u1", "is_admin": True}
    conversation = own.ids["conversation_id"]
    await own.shop.api(
        "setAvailability", who=agent, agent_id=own.ids["agent_id"], body={"availability": "online", **more}, expect=ANY
    )
    await own.shop.api(
        "updateConversation",
        who=agent,
        conversation_id=conversation,
        body={"priority": "high", **more, "assignee": "u1"},
        expect=ANY,
    )
    await own.shop.api(
        "openComplaint",
        who=agent,
        body={"conversation_id": conversation, "note": "x", "state": "closed", "closed_at": 1.0, **more},
        expect=ANY,
    )
    people = (await own.shop.api("listAgents", who=admin)).body["items"]
    mine = next(each for each in people if each["id"] == own.ids["agent_id"])
    assert (mine["role"], mine["capacity"]) == ("agent", own.shop.spec.capacity)
    told = (await own.shop.api("getConversation", who=admin, conversation_id=conversation)).body
    assert told["id"] == conversation
    opened = (await own.shop.api("listComplaints", who=admin)).body["items"]
    assert {each["state"] for each in opened} == {"open"}, "somebody opened a complaint that was closed already"


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

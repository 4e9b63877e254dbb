"""The way to go-live over the whole service: profile, proofs, checklist, trial and the refusal in between."""

from typing import Any

import pytest

from reference_service.domain.trial_verdict import FEWEST

OPERATOR = {"Authorization": "Bearer op"}
HOURS_48 = 48 * 3600.0
DAY = 86400.0
PROFILE = {
    "qualification_number": "91330106MA2",
    "certificates": [{"category": "food", "number": "JY1", "expires_on": "2999-12-31"}],
    "categories": ["general", "food"],
    "after_sale_policy": "七天无理由退货",
    "service_promises": ["48 小时发货"],
    "expected_concurrent": 30,
}


class Admin:
    """One shop's administrator."""

    def __init__(self, service: Any, headers: dict[str, str], shop: str = "s1") -> None:
        self.service, self.headers, self.shop = service, headers, shop

    async def ask(self, method: str, path: str, body: Any = None, headers: Any = None) -> Any:
        return await self.service.http.request(
            method, f"/api/v1/{path}", json=body, headers=self.headers if headers is None else headers
        )

    async def verify(self, number: str = "91330106MA2", what: str = "qualification", **more: Any) -> Any:
        decision = {"number": number, "verified": True} | more
        return await self.ask("POST", f"shops/{self.shop}/{what}", decision, OPERATOR)

    async def missing(self) -> list[str]:
        told = (await self.ask("GET", "readiness")).json()
        lines = [item["id"] for item in told["items"] if not item["ok"]]
        assert told["ready"] is (lines == [])
        return lines

    async def advance(self, seconds: float) -> float:
        told = await self.ask("POST", "test-hooks/clock", {"advance_s": seconds}, OPERATOR)
        now: float = told.json()["now"]
        return now

    async def again(self, agent: dict[str, str], number: int) -> None:
        """The first customer asks once more in the same visit, and is answered."""
        await self.service.write("还有吗", "c1", message=f"@more{number}==")
        body = {"client_msg_id": f"more{number}", "text": "有的"}
        assert (await self.ask("POST", "conversations/cv1/messages", body, agent)).status_code == 201

    async def to_noon(self) -> None:
        """Noon in China, so that what is asked from now on is counted."""
        now = await self.advance(0.0)
        await self.advance((4 * 3600 - now) % DAY)


@pytest.fixture
async def admin(service: Any) -> Admin:
    return Admin(service, await service.shop(authorization_code="code"))


async def served(service: Any, agent: dict[str, str], device: Any, customer: str, number: int) -> None:
    """One customer asks and is answered at once."""
    await service.write("什么时候发货", customer, message=f"@w{number}==")
    conversation = (await device.dispatch("conversation.assigned"))["conversation_id"]
    body = {"client_msg_id": f"k{number}", "text": "今天发"}
    path = f"/api/v1/conversations/{conversation}/messages"
    assert (await service.http.post(path, json=body, headers=agent)).status_code == 201
    score = {"conversation_short_id": f"@{customer}-s1==", "server_message_id": f"@s{number}==", "score": 5}
    assert (await service.push(service.event("", event="golive_im_score", content=score))).status_code == 200


async def test_from_nothing_to_live(admin: Admin) -> None:
    service = admin.service
    refused = await admin.ask("POST", "go-live")
    assert (refused.status_code, refused.json()["code"], len(refused.json()["missing"])) == (409, "not_ready", 9)
    assert (await admin.ask("PATCH", "shop", PROFILE)).status_code == 200
    assert (await admin.verify()).status_code == 200
    assert (await admin.verify("JY1", "certificates/food")).status_code == 200
    scene = {"enabled": True, "text": "您好"}
    scenes = {"off_hours": scene, "queueing": scene, "unread": scene}
    assert (await admin.ask("PUT", "auto-replies", scenes)).status_code == 200
    assert (await admin.ask("PUT", "business-hours", {})).status_code == 200
    agents = [await service.agent(admin.headers, capacity=100) for _ in range(2)]
    assert (await admin.ask("PUT", "unread-reminders", {})).status_code == 200
    assert await admin.missing() == ["trial"]
    device = await service.device(agents[0][1])
    await admin.to_noon()
    assert (await admin.ask("POST", "trial")).status_code == 201
    for number in range(FEWEST):
        await served(service, agents[0][1], device, f"c{number}", number)
    assert [item["id"] for item in (await admin.ask("POST", "go-live")).json()["missing"]] == ["trial"]
    await admin.advance(HOURS_48)
    trial = (await admin.ask("GET", "trial")).json()
    assert (trial["state"], trial["reasons"]) == ("passed", [])
    assert (trial["figures"]["answered_rounds"], trial["figures"]["ratings"], trial["figures"]["csat"]) == (
        FEWEST,
        FEWEST,
        1.0,
    )
    assert trial["figures"]["average_response_s"] < 5
    assert await admin.missing() == []
    live = (await admin.ask("POST", "go-live")).json()
    assert (live["phase"], live["live_by"]) == ("live", "u1")
    again = await admin.ask("POST", "go-live")
    assert (again.status_code, again.json()["code"]) == (409, "already_live")


async def test_a_shop_that_is_not_live_serves_its_customers_all_the_same(admin: Admin) -> None:
    service = admin.service
    _, agent = await service.agent(admin.headers)
    device = await service.device(agent)
    assert (await admin.ask("GET", "shop")).json()["phase"] == "setup"
    await service.write("在吗")
    assert (await device.dispatch("message.created"))["text"] == "在吗"


async def test_a_restart_in_the_middle_of_a_trial_loses_nothing(settings: Any, serve: Any) -> None:
    async with serve(settings) as service:
        admin = Admin(service, await service.shop(authorization_code="code"))
        await admin.ask("PATCH", "shop", PROFILE)
        await admin.verify()
        _, agent = await service.agent(admin.headers)
        device = await service.device(agent)
        jumped = await admin.advance(0.0)
        await admin.to_noon()
        jumped = await admin.advance(0.0) - jumped
        await admin.ask("POST", "trial")
        await served(service, agent, device, "c1", 1)
        await admin.again(agent, 1)
        shop, trial = (await admin.ask("GET", "shop")).json(), (await admin.ask("GET", "trial")).json()
        assert (trial["state"], trial["figures"]["answered_rounds"], trial["figures"]["ratings"]) == ("running", 2, 1)
    async with serve(settings) as service:
        admin.service = service
        assert (await admin.ask("GET", "shop")).json() == shop
        assert (await admin.ask("GET", "trial")).json() == trial
        assert (await admin.ask("POST", "trial")).json()["code"] == "trial_running"
        await admin.advance(jumped)  # the test clock starts anew with the process
        device = await service.device(agent, "d2")
        await served(service, agent, device, "c2", 2)
        await admin.again(agent, 2)  # in the visit that was open when the service stopped
        await admin.advance(HOURS_48)
        over = (await admin.ask("GET", "trial")).json()
        assert (over["state"], over["figures"]["answered_rounds"], over["figures"]["ratings"]) == ("failed", 4, 2)
        assert [reason["code"] for reason in over["reasons"]] == ["too_few_rounds", "too_few_ratings"]


async def test_what_is_left_out_of_a_change_stays(admin: Admin) -> None:
    first = (await admin.ask("PATCH", "shop", PROFILE)).json()
    second = (await admin.ask("PATCH", "shop", {"version": 1, "expected_concurrent": 100})).json()
    assert second == first | {"version": 2, "expected_concurrent": 100}
    assert second["qualification"]["state"] == "submitted"
    old = await admin.ask("PATCH", "shop", {"version": 1, "expected_concurrent": 5})
    assert (old.status_code, old.json()["code"]) == (409, "version_is_old")
    assert (await admin.ask("PATCH", "shop", {})).json() == second


async def test_the_operator_verifies_what_was_looked_at(admin: Admin) -> None:
    nothing = await admin.verify()
    assert (nothing.status_code, nothing.json()["code"]) == (404, "not_found")
    await admin.ask("PATCH", "shop", PROFILE)
    stale = await admin.verify("old number")
    assert (stale.status_code, stale.json()["code"]) == (409, "number_changed")
    rejected = (await admin.verify(verified=False, why="看不清")).json()
    assert (rejected["qualification"]["state"], rejected["qualification"]["why"]) == ("rejected", "看不清")
    assert (await admin.verify("JY1", "certificates/food")).status_code == 200
    seen = (await admin.ask("GET", "shops/s1/qualification", None, OPERATOR)).json()
    assert [one["state"] for one in seen["certificates"]] == ["verified"]
    assert (await admin.verify("JY1", "certificates/beauty")).status_code == 404
    assert (await admin.ask("GET", "shops/s9/qualification", None, OPERATOR)).status_code == 404
    assert (await admin.ask("POST", "shops/s1/qualification", {"number": "x", "verified": True})).status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"categories": ["weapons"]},
        {"certificates": [{"category": "food", "number": "JY1", "expires_on": "2026-02-30"}]},
        {"certificates": [{"category": "food", "number": "JY1", "expires_on": "9999-12-31"}]},
        {"certificates": [{"category": "food", "number": "", "expires_on": "2026-02-03"}]},
        {"service_promises": ["x"] * 21},
        {"after_sale_policy": "x" * 5001},
        {"expected_concurrent": -1},
        {"version": "1"},
    ],
)
async def test_a_malformed_change_changes_nothing(admin: Admin, wrong: dict[str, Any]) -> None:
    before = (await admin.ask("GET", "shop")).json()
    refused = await admin.ask("PATCH", "shop", {"qualification_number": "91"} | wrong)
    assert (refused.status_code, refused.json()["code"]) == (422, "malformed")
    assert (await admin.ask("GET", "shop")).json() == before


async def test_agents_and_supervisors_read_and_do_not_decide(admin: Admin) -> None:
    _, agent = await admin.service.agent(admin.headers)
    _, lead = await admin.service.agent(admin.headers, role="supervisor")
    for who in (agent, lead):
        for method, path, body in (("PATCH", "shop", {}), ("POST", "trial", None), ("POST", "go-live", None)):
            assert (await admin.ask(method, path, body, who)).status_code == 403
        for path in ("shop", "readiness", "trial"):
            assert (await admin.ask("GET", path, None, who)).status_code == 200


async def test_each_shop_has_its_own(admin: Admin) -> None:
    other = Admin(admin.service, await admin.service.shop("s2"), "s2")
    await admin.ask("PATCH", "shop", PROFILE)
    await admin.ask("POST", "trial")
    seen = (await other.ask("GET", "shop")).json()
    assert (seen["id"], seen["qualification"], seen["phase"]) == ("s2", None, "setup")
    assert (await other.ask("GET", "trial")).json()["state"] == "none"


async def test_without_any_customers_a_trial_fails_as_too_few(admin: Admin) -> None:
    started = (await admin.ask("POST", "trial")).json()
    assert started["until"] - started["from"] == HOURS_48
    assert (await admin.ask("GET", "shop")).json()["phase"] == "trial"
    await admin.advance(HOURS_48)
    over = (await admin.ask("GET", "trial")).json()
    assert over["state"] == "failed"
    assert all(reason["text"]["zh"] and reason["text"]["en"] for reason in over["reasons"])
    assert (await admin.ask("POST", "trial")).json()["number"] == 2

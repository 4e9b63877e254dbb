"""Incidents and emergency scripts over the whole service: roles, shops, a restart in the middle, the test clock."""

from typing import Any

import pytest

OPERATOR = {"Authorization": "Bearer op"}
MINUTES_15 = 15 * 60.0
FAILURE = {"scene": "system_failure", "note": "打不开"}


class Team:
    """A shop with an agent on watch, one who is not, and a supervisor."""

    def __init__(self, service: Any) -> None:
        self.service = service

    async def hire(self) -> None:
        self.admin = await self.service.shop(authorization_code="code")
        self.watching_id, self.watching = await self.service.agent(self.admin)
        _, self.other = await self.service.agent(self.admin)
        self.lead_id, self.lead = await self.service.agent(self.admin, role="supervisor")
        on_call = {"watches": [{"person_id": self.watching_id}], "escalation": [self.lead_id]}
        assert (await self.put("on-call", self.admin, **on_call)).status_code == 200

    async def post(self, path: str, headers: dict[str, str], **body: Any) -> Any:
        return await self.service.http.post(f"/api/v1/{path}", json=body, headers=headers)

    async def put(self, path: str, headers: dict[str, str], **body: Any) -> Any:
        return await self.service.http.put(f"/api/v1/{path}", json=body, headers=headers)

    async def get(self, path: str, headers: dict[str, str] | None = None) -> Any:
        return (await self.service.http.get(f"/api/v1/{path}", headers=headers or self.admin)).json()

    async def advance(self, seconds: float) -> None:
        moved = await self.service.http.post("/api/v1/test-hooks/clock", json={"advance_s": seconds}, headers=OPERATOR)
        assert moved.status_code == 200


@pytest.fixture
async def team(service: Any) -> Team:
    team = Team(service)
    await team.hire()
    return team


async def test_from_opening_to_its_end(team: Team) -> None:
    device = await team.service.device(team.watching)
    made = await team.post("incidents", team.other, **FAILURE)
    assert made.status_code == 201
    incident = made.json()
    assert (incident["state"], incident["told"], incident["due_at"] - incident["opened_at"]) == (
        "open",
        [team.watching_id],
        MINUTES_15,
    )
    assert incident["script"]["id"] == "system_failure"
    assert len(incident["script"]["steps"]) >= 3
    assert (await device.dispatch("incident.updated"))["what"] == "opened"
    for path, who, code in (("ack", team.other, "not_on_call"), ("resolve", team.lead, "not_acknowledged")):
        refused = await team.post(f"incidents/in1/{path}", who, outcome="x")
        assert (refused.status_code, refused.json()["code"]) == (409, code)
    taken = (await team.post("incidents/in1/ack", team.watching)).json()
    assert (taken["state"], taken["acknowledged_by"], taken["breached_at"]) == ("acknowledged", team.watching_id, None)
    over = (await team.post("incidents/in1/resolve", team.watching, outcome="已恢复")).json()
    assert (over["state"], over["outcome"], over["resolved_by"]) == ("resolved", "已恢复", team.watching_id)
    for path, code in (("ack", "already_acknowledged"), ("resolve", "already_resolved")):
        refused = await team.post(f"incidents/in1/{path}", team.lead, outcome="x")
        assert (refused.status_code, refused.json()["code"]) == (409, code)


async def test_a_restart_in_the_middle_keeps_the_clock_and_the_script(settings: Any, serve: Any) -> None:
    async with serve(settings) as service:
        team = Team(service)
        await team.hire()
        await team.post("incidents", team.other, **FAILURE)
        on = await team.post("emergency-scripts/system_failure/activate", team.lead, incident_id="in1", for_s=600)
        opened, scripts = await team.get("incidents/in1"), await team.get("emergency-scripts")
        assert on.json() in scripts["items"]
    async with serve(settings) as service:
        team.service = service
        assert await team.get("incidents/in1") == opened
        assert await team.get("emergency-scripts") == scripts
        await team.advance(600)
        assert [one for one in (await team.get("emergency-scripts"))["items"] if one["active"]] == []
        await team.advance(300)
        late = await team.get("incidents/in1")
        assert (late["breached_at"], late["state"]) == (late["due_at"], "open")
        assert late["told"] == [team.watching_id, team.lead_id, "u1"]
        log = (await service.http.get("/api/v1/sync", headers=team.lead)).json()["events"]
        assert [event["d"]["what"] for event in log if event["t"] == "incident.updated"] == ["breached"]


async def test_a_script_is_told_to_the_customer_while_it_is_on(team: Team, platform: Any) -> None:
    await team.post("incidents", team.other, **FAILURE)
    on = await team.post("emergency-scripts/system_failure/activate", team.lead, incident_id="in1", text="正在抢修")
    assert on.json()["active"] | {"at": 0, "until": 0} == {
        "text": "正在抢修",
        "incident_id": "in1",
        "by": team.lead_id,
        "at": 0,
        "until": 0,
    }
    await team.service.write("打不开了")
    assert (await platform.calls.get())["content"]["text"]["text"] == "正在抢修"
    await team.post("incidents/in1/ack", team.lead)
    await team.post("incidents/in1/resolve", team.lead, outcome="已恢复")
    off = await team.post("emergency-scripts/system_failure/deactivate", team.lead)
    assert (off.status_code, off.json()["code"]) == (409, "not_active")
    again = await team.post("emergency-scripts/system_failure/activate", team.lead, incident_id="in1")
    assert (again.status_code, again.json()["code"]) == (409, "already_resolved")


async def test_a_script_is_switched_off_by_hand(team: Team) -> None:
    assert (await team.post("emergency-scripts/stock_out/activate", team.admin)).status_code == 200
    off = await team.post("emergency-scripts/stock_out/deactivate", team.admin)
    assert (off.status_code, off.json()["active"]) == (200, None)


async def test_words_that_the_filter_stops_are_not_switched_on(team: Team) -> None:
    await team.put("sensitive-words", team.admin, words=[{"word": "抢修"}])
    blocked = await team.post("emergency-scripts/system_failure/activate", team.lead, text="正在抢修")
    assert (blocked.status_code, blocked.json()["code"]) == (422, "blocked")
    assert [one for one in (await team.get("emergency-scripts"))["items"] if one["active"]] == []


async def test_strangers_and_wrong_roles_change_nothing(team: Team) -> None:
    stranger = await team.service.shop("s2")
    await team.post("incidents", team.other, **FAILURE)
    for path in ("ack", "resolve"):
        assert (await team.post(f"incidents/in1/{path}", stranger, outcome="x")).status_code == 404
    assert (await team.post("emergency-scripts/stock_out/activate", stranger, incident_id="in1")).status_code == 404
    assert (await team.post("emergency-scripts/stock_out/activate", team.other)).status_code == 403
    assert (await team.post("emergency-scripts/no_such/activate", team.lead)).status_code == 404
    assert (await team.put("on-call", team.lead)).status_code == 403
    assert (await team.get("incidents", stranger)) == {"items": [], "next": None}
    assert (await team.get("incidents/in1"))["state"] == "open"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "malformed"),
        ({"scene": 7}, "malformed"),
        ({"scene": "rain"}, "unknown_scene"),
        ({"scene": "stock_out", "note": "x" * 2001}, "malformed"),
    ],
)
async def test_a_malformed_incident_is_refused(team: Team, body: dict[str, Any], code: str) -> None:
    refused = await team.post("incidents", team.other, **body)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_incidents_are_paged(team: Team) -> None:
    for _ in range(3):
        await team.post("incidents", team.other, **FAILURE)
    first = await team.get("incidents?limit=2")
    rest = await team.get(f"incidents?limit=2&after={first['next']}")
    assert [one["id"] for page in (first, rest) for one in page["items"]] == ["in1", "in2", "in3"]
    assert rest["next"] is None


async def test_the_list_shows_who_watches_and_when_nobody_does(team: Team) -> None:
    seen = await team.get("on-call", team.other)
    assert (seen["watching"], seen["gaps"], seen["version"]) == ([team.watching_id], [], 1)
    unknown = await team.put("on-call", team.admin, watches=[{"person_id": "a99"}])
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_person")
    emptied = await team.put("on-call", team.admin, version=1)
    assert emptied.json()["gaps"] == [{"start": "00:00", "end": "24:00"}]
    assert (await team.put("on-call", team.admin, version=1)).status_code == 409

"""The settings of duty over HTTP."""

from typing import Any

import pytest

HOURS = "/api/v1/business-hours"
DAY = [{"start": "09:00", "end": "22:00"}]
WEEK = dict.fromkeys(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], DAY)


async def test_business_hours_are_nine_to_twenty_two_until_they_are_replaced_by_version(service: Any) -> None:
    admin = await service.shop()
    _, agent = await service.agent(admin)
    seen = (await service.http.get(HOURS, headers=agent)).json()
    assert {key: seen[key] for key in ("version", *WEEK, "exceptions")} == {"version": 0, **WEEK, "exceptions": {}}
    assert seen["open"] is (seen["next_opening"] <= service.engine.clock.now())
    closed = {day: [] for day in WEEK} | {"exceptions": {}}
    put = await service.http.put(HOURS, json=closed | {"version": 0}, headers=admin)
    assert put.json() == {"version": 1, **closed, "open": False, "next_opening": None}
    stale = await service.http.put(HOURS, json={"version": 0}, headers=admin)
    assert (stale.status_code, stale.json()["code"]) == (409, "version_is_old")
    assert (await service.http.get(HOURS, headers=admin)).json() == put.json()


@pytest.mark.parametrize("path", [HOURS])
async def test_settings_are_the_administrators_to_change_and_nobody_elses_to_see(service: Any, path: str) -> None:
    admin = await service.shop()
    _, agent = await service.agent(admin)
    assert (await service.http.put(path, json={}, headers=agent)).status_code == 403
    assert (await service.http.put(path, json={})).status_code == 401
    assert (await service.http.get(path)).status_code == 401
    assert (await service.http.put(path, json=[], headers=admin)).status_code == 422
    assert (await service.http.put(path, content=b"{" + b" " * 300_000 + b"}", headers=admin)).status_code == 413
    other = await service.shop("s2")
    assert (await service.http.put(path, json={}, headers=other)).json()["version"] == 1
    assert (await service.http.get(path, headers=admin)).json()["version"] == 0


async def test_wrong_hours_change_nothing(service: Any) -> None:
    admin = await service.shop()
    wrong = await service.http.put(HOURS, json={"monday": [{"start": "9", "end": "22:00"}]}, headers=admin)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "malformed")
    assert (await service.http.get(HOURS, headers=admin)).json()["version"] == 0

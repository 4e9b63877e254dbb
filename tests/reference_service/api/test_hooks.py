"""The test hooks: the business's time moves, the wire's does not."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from reference_service.settings import Settings

OPERATOR = {"Authorization": "Bearer op"}


async def advance(service: Any, seconds: float) -> float:
    told = await service.http.post("/api/v1/test-hooks/clock", json={"advance_s": seconds}, headers=OPERATOR)
    assert told.status_code == 200, told.text
    now: float = told.json()["now"]
    return now


async def test_the_business_moves_ahead_and_tokens_devices_and_windows_stay(service: Any) -> None:
    admin = await service.shop()
    _, agent = await service.agent(admin)
    device = await service.device(agent)
    before = await advance(service, 0.0)
    assert 30 * 86400 <= await advance(service, 30 * 86400.0) - before < 30 * 86400 + 60
    await service.write("在吗")
    told = await device.dispatch("message.created")
    assert told["created_at"] >= before + 30 * 86400
    assert (await service.http.get("/api/v1/agents", headers=admin)).json()["items"][0]["online"] is True


async def test_speed_is_set_and_must_be_above_zero(service: Any) -> None:
    told = await service.http.post("/api/v1/test-hooks/business-speed", json={"speed": 60}, headers=OPERATOR)
    assert (told.json(), service.engine.world.speed) == ({"speed": 60.0}, 60.0)
    wrong = await service.http.post("/api/v1/test-hooks/business-speed", json={"speed": 0}, headers=OPERATOR)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "malformed")


@pytest.mark.parametrize("hook", ["clock", "business-speed", "reset"])
async def test_without_the_option_there_are_no_hooks(
    settings: Settings, serve: Callable[[Settings], Any], hook: str
) -> None:
    async with serve(msgspec.structs.replace(settings, test_hooks=False)) as service:
        told = await service.http.post(f"/api/v1/test-hooks/{hook}", json={"speed": 2.0}, headers=OPERATOR)
        assert (told.status_code, told.json()["code"]) == (404, "not_found")
        stranger = await service.http.post(f"/api/v1/test-hooks/{hook}", json={"speed": 2.0})
        assert stranger.status_code == 401

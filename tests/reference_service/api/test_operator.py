"""Shops and test data: the operator's calls."""

from typing import Any

import msgspec
import pytest

OPERATOR = {"Authorization": "Bearer op"}
SHOP = {"id": "s1", "name": "店", "open_id": "o1", "client_key": "ck", "client_secret": "cs"}


async def create(service: Any, **more: Any) -> Any:
    return await service.http.post("/api/v1/shops", json=SHOP | more, headers=OPERATOR)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer guess"}, {"Authorization": "Basic op"}])
async def test_the_operators_calls_need_the_operators_key(service: Any, headers: dict[str, str]) -> None:
    assert (await service.http.post("/api/v1/shops", json=SHOP, headers=headers)).status_code == 401
    assert (await service.http.delete("/api/v1/shops/s1", headers=headers)).status_code == 401
    assert (await service.http.delete("/api/v1/test-data", headers=headers)).status_code == 401
    assert (await service.http.post("/api/v1/test-hooks/reset", headers=headers)).status_code == 401


async def test_a_shop_comes_with_an_administrator_and_a_webhook_url(service: Any) -> None:
    made = (await create(service)).json()
    assert made["webhook_url"] == "http://service/api/v1/douyin/im"
    assert await service.login(made["admin_login"], made["admin_password"])


async def test_the_authorization_code_is_exchanged_and_a_wrong_one_creates_nothing(service: Any, platform: Any) -> None:
    refused = await create(service, authorization_code="wrong")
    assert (refused.status_code, refused.json()["code"]) == (502, "platform_failed")
    assert (await create(service, authorization_code="right")).status_code == 201
    assert [grant["code"] for grant in platform.grants] == ["wrong", "right"]
    assert service.engine.world.floors["s1"].shop.access_token == "act.2"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"open_id": "o2"}, "shop_exists"),
        ({"id": "s2"}, "open_id_taken"),
        ({"id": "s2", "open_id": "o2", "client_secret": "other"}, "app_secret_differs"),
    ],
)
async def test_contradictions_are_conflicts(service: Any, change: dict[str, str], code: str) -> None:
    assert (await create(service)).status_code == 201
    again = await create(service, **change)
    assert (again.status_code, again.json()["code"]) == (409, code)


async def test_malformed_shops_are_422(service: Any) -> None:
    for change in ({"name": ""}, {"id": "a b"}, {"capacity": 0}, {"open_id": 7}):
        assert (await create(service, **change)).status_code == 422


async def test_test_data_is_removed_and_nothing_else(service: Any) -> None:
    await service.shop("real")
    admin = await service.shop("s1", test=True)
    _, agent = await service.agent(admin)
    device = await service.device(agent)
    await service.write("你好")
    await service.write("你好", shop="real")
    removed = await service.http.delete("/api/v1/test-data", headers=OPERATOR)
    assert removed.json() == {"shops": 1, "agents": 1, "conversations": 1, "messages": 1}
    assert await device.closed() == 4001
    assert (await service.http.get("/api/v1/conversations", headers=agent)).status_code == 401
    assert list(service.engine.world.floors) == ["real"]
    assert len(service.engine.world.threads) == 1


async def test_after_a_removal_a_message_id_is_still_known(service: Any) -> None:
    await service.shop("s1", test=True)
    await service.write("你好", message="m1")
    await service.http.delete("/api/v1/test-data", headers=OPERATOR)
    await service.shop("s1", test=True)
    await service.write("你好", message="m1")
    assert service.engine.world.threads == {}


async def test_a_shop_is_deleted_once(service: Any) -> None:
    await service.shop()
    assert (await service.http.delete("/api/v1/shops/s1", headers=OPERATOR)).status_code == 204
    assert (await service.http.delete("/api/v1/shops/s1", headers=OPERATOR)).status_code == 404


async def test_reset_forgets_everything_with_test_hooks_only(
    service: Any, settings: Any, serve: Any, tmp_path: Any
) -> None:
    await service.shop()
    assert (await service.http.post("/api/v1/test-hooks/reset", headers=OPERATOR)).status_code == 204
    assert service.engine.world.floors == {}
    async with serve(msgspec.structs.replace(settings, test_hooks=False, data=tmp_path / "other")) as strict:
        assert (await strict.http.post("/api/v1/test-hooks/reset", headers=OPERATOR)).status_code == 404

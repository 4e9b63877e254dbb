"""Signing in and staying signed in."""

from typing import Any

import msgspec
import pytest

from reference_service.domain.rates import Rate


async def test_wrong_logins_and_passwords_look_alike(service: Any) -> None:
    await service.shop()
    for login in ("admin@s1", "nobody"):
        got = await service.http.post("/api/v1/auth/login", json={"login": login, "password": "guess"})
        assert (got.status_code, got.json()["code"]) == (401, "wrong_login")


async def test_a_refresh_token_renews_and_an_access_token_does_not(service: Any) -> None:
    admin = await service.shop()
    agent, _ = await service.agent(admin)
    person = service.engine.world.people[agent]
    made = await service.http.post("/api/v1/agents", json={"name": "乙"}, headers=admin)
    signed = await service.http.post(
        "/api/v1/auth/login", json={"login": made.json()["login"], "password": made.json()["password"]}
    )
    tokens = signed.json()
    assert (tokens["role"], tokens["shop_id"], tokens["id"]) == ("agent", person.shop_id, made.json()["id"])
    renewed = await service.http.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert renewed.status_code == 200
    wrong = await service.http.post("/api/v1/auth/refresh", json={"refresh_token": tokens["access_token"]})
    assert wrong.status_code == 401


async def test_an_expired_token_opens_nothing(settings: Any, serve: Any) -> None:
    async with serve(msgspec.structs.replace(settings, access_ttl_s=0.0)) as service:
        admin = await service.shop()
        for path in ("agents", "conversations", "sensitive-words"):
            assert (await service.http.get(f"/api/v1/{path}", headers=admin)).status_code == 401


async def sign_in(service: Any, login: str, password: str) -> Any:
    return await service.http.post("/api/v1/auth/login", json={"login": login, "password": password})


@pytest.mark.parametrize("login", ["admin@s1", "nobody"])
async def test_wrong_passwords_bar_a_login_for_a_while_whether_or_not_it_exists(service: Any, login: str) -> None:
    await service.shop()
    rate = service.engine.settings.login_failures
    for _ in range(int(rate.burst)):
        assert (await sign_in(service, login, "guess")).status_code == 401
    barred = await sign_in(service, login, "guess")
    assert (barred.status_code, barred.json()["code"]) == (429, "too_many_failures")
    assert 1 <= int(barred.headers["Retry-After"]) <= 1 / rate.per_s
    assert (await sign_in(service, "somebody else", "guess")).status_code == 401
    service.engine.clock._offset += 1 / rate.per_s
    assert (await sign_in(service, login, "guess")).status_code == 401
    assert service.engine.limits.hits == {"login_failures": 1}


async def test_a_barred_login_is_not_let_in_with_the_right_password_either(settings: Any, serve: Any) -> None:
    once = msgspec.structs.replace(settings, login_failures=Rate(per_s=0.001, burst=1))
    async with serve(once) as service:
        admin = await service.shop()
        made = (await service.http.post("/api/v1/agents", json={"name": "乙"}, headers=admin)).json()
        assert (await sign_in(service, made["login"], "guess")).status_code == 401
        assert (await sign_in(service, made["login"], made["password"])).status_code == 429


async def test_wrong_passwords_from_one_address_bar_all_its_logins(settings: Any, serve: Any) -> None:
    async with serve(msgspec.structs.replace(settings, peer_failures=Rate(per_s=0.001, burst=3))) as service:
        tried = [(await sign_in(service, f"login {number}", "guess")).status_code for number in range(4)]
        assert tried == [401, 401, 401, 429]


async def test_successes_are_never_counted(settings: Any, serve: Any) -> None:
    async with serve(msgspec.structs.replace(settings, login_failures=Rate(per_s=0.001, burst=1))) as service:
        admin = await service.shop()
        made = (await service.http.post("/api/v1/agents", json={"name": "乙"}, headers=admin)).json()
        for _ in range(5):
            assert (await sign_in(service, made["login"], made["password"])).status_code == 200


async def test_another_password_ends_every_token_and_device_of_its_owner_and_nobody_elses(service: Any) -> None:
    admin = await service.shop()
    made = (await service.http.post("/api/v1/agents", json={"name": "乙"}, headers=admin)).json()
    tokens = (await sign_in(service, made["login"], made["password"])).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    device = await service.device(headers)
    wrong = await service.http.post("/api/v1/auth/rotate", json={"password": "guess"}, headers=headers)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_password")
    rotated = await service.http.post("/api/v1/auth/rotate", json={"password": made["password"]}, headers=headers)
    assert rotated.status_code == 200
    assert await device.closed() == 4001
    assert (await service.http.get("/api/v1/conversations", headers=headers)).status_code == 401
    old = {"refresh_token": tokens["refresh_token"]}
    assert (await service.http.post("/api/v1/auth/refresh", json=old)).status_code == 401
    assert (await sign_in(service, made["login"], made["password"])).status_code == 401
    assert (await sign_in(service, made["login"], rotated.json()["password"])).status_code == 200
    assert (await service.http.get("/api/v1/agents", headers=admin)).status_code == 200


async def test_another_password_outlives_a_restart(settings: Any, serve: Any) -> None:
    async with serve(settings) as service:
        admin = await service.shop()
        agent_id, agent = await service.agent(admin)
        made = await service.http.post(f"/api/v1/agents/{agent_id}/rotate", headers=admin)
        login = service.engine.world.people[agent_id].login
    async with serve(settings) as service:
        assert (await service.http.get("/api/v1/sync", headers=agent)).status_code == 401
        assert (await sign_in(service, login, made.json()["password"])).status_code == 200


async def test_who_is_disabled_looks_like_who_is_wrong_and_has_no_token(service: Any) -> None:
    admin = await service.shop()
    made = (await service.http.post("/api/v1/agents", json={"name": "乙"}, headers=admin)).json()
    headers = await service.login(made["login"], made["password"])
    service.engine.world.people[made["id"]].disabled = True
    refused = await sign_in(service, made["login"], made["password"])
    assert (refused.status_code, refused.json()["code"]) == (401, "wrong_login")
    assert (await service.http.get("/api/v1/conversations", headers=headers)).status_code == 401


async def test_a_caller_signed_out_while_the_body_is_on_its_way_changes_nothing(service: Any) -> None:
    admin = await service.shop()
    person = service.engine.world.by_login["admin@s1"]

    async def slowly() -> Any:
        yield b'{"name": '
        person.epoch += 1
        yield b'"x"}'

    made = await service.http.post("/api/v1/agents", content=slowly(), headers=admin)
    assert (made.status_code, service.engine.world.floors["s1"].desks) == (401, {})


async def test_strange_bodies_are_422(service: Any) -> None:
    for body in (b"", b"[]", b'{"login": 1, "password": 2}', b"\xff", b"[" * 100_000):
        assert (await service.http.post("/api/v1/auth/login", content=body)).status_code == 422

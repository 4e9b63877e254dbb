"""Signing in and staying signed in."""

from typing import Any

import msgspec


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


async def test_roles_are_kept_apart(service: Any) -> None:
    admin = await service.shop()
    _, agent = await service.agent(admin)
    assert (await service.http.get("/api/v1/agents", headers=agent)).status_code == 403
    assert (await service.http.put("/api/v1/sensitive-words", json={"words": []}, headers=agent)).status_code == 403
    assert (await service.http.get("/api/v1/sync", headers=admin)).status_code == 403


async def test_strange_bodies_are_422(service: Any) -> None:
    for body in (b"", b"[]", b'{"login": 1, "password": 2}', b"\xff", b"[" * 100_000):
        assert (await service.http.post("/api/v1/auth/login", content=body)).status_code == 422

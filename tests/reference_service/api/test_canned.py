"""Canned responses: judged when they are added, found by tag, gone when taken away, and sent as ordinary text."""

from typing import Any

import pytest

from reference_service.domain import canned


@pytest.fixture
async def shop(service: Any) -> tuple[Any, dict[str, str], dict[str, str]]:
    admin = await service.shop()
    _, agent = await service.agent(admin)
    return service, admin, agent


async def add(service: Any, headers: dict[str, str], **more: Any) -> Any:
    body = {"title": "发货", "text": "今天发货", "tags": ["物流"]} | more
    return await service.http.post("/api/v1/canned-responses", json=body, headers=headers)


async def listed(service: Any, headers: dict[str, str], query: str = "") -> list[str]:
    got = await service.http.get(f"/api/v1/canned-responses{query}", headers=headers)
    return [one["text"] for one in got.json()["items"]]


async def test_they_are_kept_in_order_found_by_tag_and_taken_away(settings: Any, serve: Any) -> None:
    async with serve(settings) as service:
        admin = await service.shop()
        _, agent = await service.agent(admin)
        made = await add(service, admin)
        assert made.status_code == 201
        assert made.json()["tags"] == ["物流"]
        await add(service, admin, text="可以退货", tags=["售后", "售后"])
    async with serve(settings) as service:
        assert await listed(service, agent) == ["今天发货", "可以退货"]
        assert await listed(service, agent, "?tag=售后") == ["可以退货"]
        path = f"/api/v1/canned-responses/{made.json()['id']}"
        assert (await service.http.delete(path, headers=admin)).status_code == 204
        assert (await service.http.delete(path, headers=admin)).status_code == 404
    async with serve(settings) as service:
        assert await listed(service, agent) == ["可以退货"]


async def test_what_the_filter_would_change_is_not_added_and_not_repeated(shop: Any) -> None:
    service, admin, agent = shop
    words = {"words": [{"word": "加微信"}, {"word": "最便宜", "to_customer": "mask"}]}
    await service.http.put("/api/v1/sensitive-words", json=words, headers=admin)
    for text in ("请加微信", "全网最便宜"):
        refused = await add(service, admin, text=text)
        assert (refused.status_code, refused.json()["code"], text in refused.text) == (422, "blocked", False)
    assert await listed(service, agent) == []


async def test_there_is_a_bound(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    service, admin, _ = shop
    monkeypatch.setattr(canned, "MOST", 1)
    assert (await add(service, admin)).status_code == 201
    full = await add(service, admin)
    assert (full.status_code, full.json()["code"]) == (409, "too_many")


async def test_agents_read_and_other_shops_see_none(shop: Any) -> None:
    service, admin, agent = shop
    made = (await add(service, admin)).json()
    stranger = await service.shop("s2")
    assert (await add(service, agent)).status_code == 403
    assert await listed(service, stranger) == []
    path = f"/api/v1/canned-responses/{made['id']}"
    assert (await service.http.delete(path, headers=agent)).status_code == 403
    assert (await service.http.delete(path, headers=stranger)).status_code == 404
    assert await listed(service, agent) == ["今天发货"]


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"text": ""}, {"text": "x" * 2001}, {"tags": ["x"] * 11}, {"tags": "x"}, {"tags": [""]}]
)
async def test_malformed_ones_are_refused(shop: Any, wrong: dict[str, Any]) -> None:
    service, admin, _ = shop
    assert (await add(service, admin, **wrong)).status_code == 422

"""The knowledge base over HTTP: written, found, changed, kept over a restart, and nobody else's (KNOW-1, TENANT-1)."""

from typing import Any

import pytest

PATH = "/api/v1/knowledge"
SHIPPING = {
    "kind": "faq",
    "title": "发货时间",
    "questions": ["什么时候发货"],
    "answer": "亲，四十八小时内",
    "tags": ["物流"],
}


async def test_a_written_article_is_read_listed_and_found(service: Any) -> None:
    admin = await service.shop()
    _, agent = await service.agent(admin)
    made = await service.http.post(PATH, json=SHIPPING, headers=admin)
    assert made.status_code == 201
    article = made.json()
    assert {name: article[name] for name in SHIPPING} == SHIPPING
    assert (article["version"], article["stale"], article["promoted"], article["valid_from"]) == (1, False, False, None)
    assert (await service.http.get(f"{PATH}/{article['id']}", headers=agent)).json() == article
    assert (await service.http.get(PATH, headers=agent)).json() == {"items": [article], "next": None}
    found = await service.http.get(f"{PATH}/search", params={"q": "亲，幾天發貨？"}, headers=agent)
    assert [one["article"] for one in found.json()["items"]] == [article]


async def test_a_change_an_empty_confirmation_and_a_removal(service: Any) -> None:
    admin = await service.shop()
    article = (await service.http.post(PATH, json=SHIPPING, headers=admin)).json()
    where = f"{PATH}/{article['id']}"
    changed = (await service.http.patch(where, json={"title": "多久发货", "version": 1}, headers=admin)).json()
    assert changed == article | {"title": "多久发货", "version": 2, "updated_at": changed["updated_at"]}
    lost = await service.http.patch(where, json={"title": "发货", "version": 1}, headers=admin)
    assert (lost.status_code, lost.json()["code"]) == (409, "version_is_old")
    await service.engine.travel(31 * 86400)
    assert (await service.http.get(where, headers=admin)).json()["stale"]
    stale = await service.http.get(PATH, params={"stale": "true"}, headers=admin)
    assert [one["id"] for one in stale.json()["items"]] == [article["id"]]
    assert not (await service.http.patch(where, json={}, headers=admin)).json()["stale"]
    assert (await service.http.get(PATH, params={"stale": "true"}, headers=admin)).json()["items"] == []
    assert (await service.http.delete(where, headers=admin)).status_code == 204
    assert (await service.http.get(where, headers=admin)).status_code == 404
    assert (await service.http.get(f"{PATH}/search", params={"q": "发货"}, headers=admin)).json() == {"items": []}


async def test_articles_and_their_index_are_there_after_a_restart(serve: Any, settings: Any) -> None:
    async with serve(settings) as service:
        admin = await service.shop()
        kept = (await service.http.post(PATH, json=SHIPPING, headers=admin)).json()
        gone = (await service.http.post(PATH, json=SHIPPING | {"title": "发货地址"}, headers=admin)).json()
        await service.http.delete(f"{PATH}/{gone['id']}", headers=admin)
    async with serve(settings) as service:
        found = await service.http.get(f"{PATH}/search", params={"q": "发货"}, headers=admin)
        assert [one["article"] for one in found.json()["items"]] == [kept]
        new = (await service.http.post(PATH, json=SHIPPING, headers=admin)).json()
        assert new["id"] not in (kept["id"], gone["id"])


async def test_pages_follow_each_other_and_a_kind_narrows(service: Any) -> None:
    admin = await service.shop()
    kinds = ["faq", "policy", "faq", "product", "faq"]
    ids = [(await service.http.post(PATH, json=SHIPPING | {"kind": k}, headers=admin)).json()["id"] for k in kinds]
    seen, after = [], "0"
    while after is not None:
        page = (await service.http.get(PATH, params={"limit": 2, "after": after}, headers=admin)).json()
        seen += [one["id"] for one in page["items"]]
        after = page["next"]
    assert seen == ids
    faqs = (await service.http.get(PATH, params={"kind": "faq"}, headers=admin)).json()
    assert [one["id"] for one in faqs["items"]] == ids[::2]
    found = await service.http.get(f"{PATH}/search", params={"q": "发货", "kind": "policy"}, headers=admin)
    assert [one["article"]["id"] for one in found.json()["items"]] == [ids[1]]


async def test_another_shops_articles_are_not_there(service: Any) -> None:
    admin, other = await service.shop("s1"), await service.shop("s2")
    article = (await service.http.post(PATH, json=SHIPPING, headers=admin)).json()
    where = f"{PATH}/{article['id']}"
    answers = [
        await service.http.get(where, headers=other),
        await service.http.patch(where, json={"title": "别家的"}, headers=other),
        await service.http.delete(where, headers=other),
    ]
    assert [one.status_code for one in answers] == [404, 404, 404]
    assert (await service.http.get(PATH, headers=other)).json()["items"] == []
    assert (await service.http.get(f"{PATH}/search", params={"q": "发货"}, headers=other)).json()["items"] == []
    assert (await service.http.get(where, headers=admin)).json() == article


async def test_agents_read_and_search_but_do_not_write(service: Any) -> None:
    admin = await service.shop()
    _, agent = await service.agent(admin)
    article = (await service.http.post(PATH, json=SHIPPING, headers=admin)).json()
    where = f"{PATH}/{article['id']}"
    answers = [
        await service.http.post(PATH, json=SHIPPING, headers=agent),
        await service.http.patch(where, json={}, headers=agent),
        await service.http.delete(where, headers=agent),
        await service.http.get(f"{PATH}/search", params={"q": "发货"}),
    ]
    assert [one.status_code for one in answers] == [403, 403, 403, 401]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "malformed"),
        (SHIPPING | {"kind": "news"}, "malformed"),
        (SHIPPING | {"title": ""}, "malformed"),
        (SHIPPING | {"title": "长" * 201}, "malformed"),
        (SHIPPING | {"answer": "长" * 2001}, "malformed"),
        (SHIPPING | {"questions": ["问"] * 21}, "malformed"),
        (SHIPPING | {"tags": [7]}, "malformed"),
        (SHIPPING | {"valid_until": "明天"}, "malformed"),
        (SHIPPING | {"valid_until": 1.0}, "validity"),
        (SHIPPING | {"answer": "全网最便宜"}, "blocked"),
    ],
)
async def test_what_cannot_be_written_is_refused_and_nothing_is_there(
    service: Any, body: dict[str, Any], code: str
) -> None:
    admin = await service.shop()
    await service.http.put("/api/v1/sensitive-words", json={"words": [{"word": "最便宜"}]}, headers=admin)
    refused = await service.http.post(PATH, json=body, headers=admin)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert (await service.http.get(PATH, headers=admin)).json()["items"] == []


@pytest.mark.parametrize(
    "params",
    [{}, {"q": "长" * 501}, {"q": "发货", "limit": 0}, {"q": "发货", "limit": 51}, {"q": "发货", "kind": "news"}],
)
async def test_a_search_beyond_its_bounds_is_refused(service: Any, params: dict[str, Any]) -> None:
    admin = await service.shop()
    refused = await service.http.get(f"{PATH}/search", params=params, headers=admin)
    assert (refused.status_code, refused.json()["code"]) == (422, "malformed")
    assert (await service.http.get(f"{PATH}/search?q=%ff%00%22*", headers=admin)).json() == {"items": []}

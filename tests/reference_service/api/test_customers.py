"""Customers over HTTP: profiles, orders of the platform and of the shop, and whose they are."""

import hashlib
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

BASE = "/api/v1/customers"


def order(id: str, status: str = "paid", **more: Any) -> dict[str, Any]:
    return {"id": id, "status": status, **more}


async def put(service: Any, admin: Any, customer: str, **of: Any) -> Any:
    return await service.http.post(f"{BASE}/{quote(customer, safe='')}/orders", json=order(**of), headers=admin)


async def profile(service: Any, headers: Any, customer: str = "c1") -> Any:
    told = await service.http.get(f"{BASE}/{quote(customer, safe='')}", headers=headers)
    assert told.status_code == 200, told.text
    return told.json()


async def test_a_profile_shows_visits_orders_and_who_served(service: Any) -> None:
    admin = await service.shop()
    agent_id, agent = await service.agent(admin)
    device = await service.device(agent)
    await service.write("在吗")
    await device.dispatch("message.created")
    await put(service, admin, "c1", id="o1", amount=60_000)
    await put(service, admin, "c1", id="o2", amount=50_000, refund={"id": "r1", "status": "done", "amount": 10_000})
    seen = await profile(service, agent)
    moments = [seen.pop("first_seen"), seen.pop("last_seen")]
    assert moments == sorted(moments)
    listed = [(each["id"], each["amount"], each["bought"], each["refunds"]) for each in seen.pop("orders")]
    assert listed == [
        ("o2", 50_000, True, [{"id": "r1", "status": "done", "amount": 10_000}]),
        ("o1", 60_000, True, []),
    ]
    assert seen == {
        "open_id": "c1",
        "nick": "小王",
        "grade": "vip",
        "high_spender": True,
        "tags": [],
        "visits": 1,
        "order_count": 2,
        "bought": 2,
        "spent": 100_000,
        "unknown_amounts": 0,
        "last_agent_id": agent_id,
        "dedicated_agent_id": None,
        "version": 0,
        "coupon": None,
        "coupon_sent": False,
    }
    shown = (await service.http.get("/api/v1/conversations", headers=agent)).json()["items"][0]["customer"]
    assert shown == {"open_id": "c1", "nick": "小王", "grade": "vip", "tags": []}


async def test_an_order_is_imported_once_and_never_goes_back(service: Any) -> None:
    admin = await service.shop()
    answers = [await put(service, admin, "c1", id="o1", status=status) for status in ("paid", "paid", "created")]
    assert [(answer.status_code, answer.json()["status"]) for answer in answers] == [
        (201, "paid"),
        (200, "paid"),
        (200, "paid"),
    ]
    assert (await profile(service, admin))["unknown_amounts"] == 1
    assert (await put(service, admin, "c1", id="o1", amount=5)).json()["amount"] == 5
    again = await put(service, admin, "c1", id="o1", amount=6)
    assert (again.status_code, again.json()["code"]) == (409, "order_differs")
    other = await put(service, admin, "c2", id="o1")
    assert (other.status_code, other.json()["code"]) == (409, "order_of_another")
    assert (await service.http.get(f"{BASE}/c2", headers=admin)).status_code == 404


@pytest.mark.parametrize("customer", ["@x==", "a/b", "a/orders", "orders", "小王 %2F?#", "a\x00b", "'; --", "x" * 256])
async def test_ids_may_hold_any_characters(service: Any, customer: str) -> None:
    admin = await service.shop()
    assert (await put(service, admin, customer, id="o1")).status_code == 201
    assert (await profile(service, admin, customer))["open_id"] == customer


async def test_an_id_that_is_too_long_makes_no_customer(service: Any) -> None:
    admin = await service.shop()
    assert (await put(service, admin, "x" * 257, id="o1")).status_code == 422
    assert (await service.http.get(BASE, headers=admin)).json() == {"items": [], "next": None}


async def test_lists_are_filtered_and_turned_page_by_page(service: Any) -> None:
    admin = await service.shop()
    for number in range(5):
        await put(service, admin, f"c{number}", id=f"o{number}", amount=100_000 if number % 2 else 1)
    for number in (1, 3):
        await put(service, admin, f"c{number}", id=f"p{number}")
    await service.http.patch(f"{BASE}/c3", json={"tags": ["团购"]}, headers=admin)

    async def listed(**asked: Any) -> list[str]:
        names, after = [], "0"
        while after is not None:
            page = await service.http.get(BASE, params=asked | {"after": after, "limit": 2}, headers=admin)
            assert page.status_code == 200, page.text
            names += [each["open_id"] for each in page.json()["items"]]
            after = page.json()["next"]
        return names

    assert await listed() == ["c0", "c1", "c2", "c3", "c4"]
    assert await listed(grade="vip") == ["c1", "c3"]
    assert await listed(grade="regular", high_spender="false") == ["c0", "c2", "c4"]
    assert await listed(tag="团购", high_spender="true") == ["c3"]
    assert await listed(grade="new") == []
    for wrong in ({"grade": "best"}, {"high_spender": "1"}, {"after": "x"}, {"limit": "0"}):
        assert (await service.http.get(BASE, params=wrong, headers=admin)).status_code == 422


async def test_agents_tag_and_only_an_administrator_names_an_agent_or_imports(service: Any) -> None:
    admin = await service.shop()
    agent_id, agent = await service.agent(admin)
    await put(service, admin, "c1", id="o1")
    tagged = await service.http.patch(f"{BASE}/c1", json={"tags": ["急", "急"], "version": 0}, headers=agent)
    assert (tagged.json()["tags"], tagged.json()["version"]) == (["急"], 1)
    named = {"dedicated_agent_id": agent_id}
    assert (await service.http.patch(f"{BASE}/c1", json=named, headers=agent)).status_code == 403
    told = await service.http.patch(f"{BASE}/c1", json=named, headers=admin)
    assert (told.json()["dedicated_agent_id"], told.json()["tags"]) == (agent_id, ["急"])
    gone = await service.http.patch(f"{BASE}/c1", json={"dedicated_agent_id": None}, headers=admin)
    assert gone.json()["dedicated_agent_id"] is None
    stranger = await service.http.patch(f"{BASE}/c1", json={"dedicated_agent_id": "a99"}, headers=admin)
    assert (stranger.status_code, stranger.json()["code"]) == (422, "no_such_agent")
    late = await service.http.patch(f"{BASE}/c1", json={"tags": [], "version": 0}, headers=agent)
    assert (late.status_code, late.json()["code"]) == (409, "version_is_old")
    assert (await service.http.get(BASE, headers=agent)).status_code == 403
    assert (await put(service, agent, "c1", id="o2")).status_code == 403
    assert (await service.http.get(f"{BASE}/c1")).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": "o", "status": "lost"},
        {"id": "", "status": "paid"},
        {"id": 7, "status": "paid"},
        order("o", amount=-1),
        order("o", amount=1.5),
        order("o", amount=10**13),
        order("o", refund={"id": "r"}),
        order("o" * 129),
        [],
    ],
)
async def test_an_order_that_is_none_leaves_nothing(service: Any, body: Any) -> None:
    admin = await service.shop()
    told = await service.http.post(f"{BASE}/c1/orders", json=body, headers=admin)
    assert (told.status_code, told.json()["code"]) == (422, "malformed")
    assert (await service.http.get(f"{BASE}/c1", headers=admin)).status_code == 404


async def test_another_shops_customers_are_none(service: Any) -> None:
    first, second = await service.shop("s1"), await service.shop("s2")
    await put(service, first, "c1", id="o1")
    assert (await service.http.get(f"{BASE}/c1", headers=second)).status_code == 404
    assert (await service.http.patch(f"{BASE}/c1", json={"tags": []}, headers=second)).status_code == 404
    assert (await service.http.get(BASE, headers=second)).json()["items"] == []
    assert (await put(service, second, "c2", id="o1")).status_code == 201


async def test_pushed_orders_make_a_vip(service: Any) -> None:
    admin = await service.shop(platform="doudian", open_id="446")
    for number in (1, 2):
        data = {"shop_id": 446, "p_id": 4712345680779753830 + number, "golive_im_user_id": "c1", "pay_amount": 700}
        body = msgspec.json.encode([{"tag": "101", "msg_id": f"m{number}", "data": data}] * 2)
        signed = {"app-id": "ck", "event-sign": hashlib.md5(b"ck" + body + b"cs").hexdigest()}
        told = await service.http.post("/api/v1/douyin/doudian", content=body, headers=signed)
        assert told.json() == {"code": 0, "msg": "success"}
    seen = await profile(service, admin)
    assert (seen["grade"], seen["spent"], seen["bought"]) == ("vip", 1400, 2)

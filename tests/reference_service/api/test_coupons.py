"""Coupon templates over HTTP, and the coupon on its way to the customer."""

from typing import Any

import pytest

PATH = "/api/v1/coupon-templates"
VIP = {"text": "会员专享：{code}", "code": "V8"}


async def test_templates_are_shown_replaced_and_versioned(service: Any) -> None:
    admin = await service.shop()
    empty = {"version": 0, "new": None, "regular": None, "vip": None}
    assert (await service.http.get(PATH, headers=admin)).json() == empty
    put = await service.http.put(PATH, json={"version": 0, "vip": VIP}, headers=admin)
    assert put.json() == empty | {"version": 1, "vip": VIP}
    late = await service.http.put(PATH, json={"version": 0}, headers=admin)
    assert (late.status_code, late.json()["code"]) == (409, "version_is_old")
    assert (await service.http.get(PATH, headers=admin)).json() == put.json()


@pytest.mark.parametrize(
    "vip",
    [
        {"text": "no code", "code": "V8"},
        {"text": "{code}"},
        {"text": "{code}", "code": ""},
        {"text": "", "code": "V8"},
        7,
    ],
)
async def test_a_template_that_is_none_is_refused(service: Any, vip: Any) -> None:
    admin = await service.shop()
    told = await service.http.put(PATH, json={"vip": vip}, headers=admin)
    assert (told.status_code, told.json()["code"]) == (422, "malformed")


async def test_a_template_that_the_shops_own_filter_blocks_is_refused(service: Any) -> None:
    admin = await service.shop()
    await service.http.put("/api/v1/sensitive-words", json={"words": [{"word": "会员专享"}]}, headers=admin)
    told = await service.http.put(PATH, json={"vip": VIP}, headers=admin)
    assert (told.status_code, told.json()["code"]) == (422, "blocked")
    assert (await service.http.get(PATH, headers=admin)).json()["version"] == 0


async def test_a_new_vip_is_sent_it_and_the_profile_says_so(service: Any, platform: Any) -> None:
    admin = await service.shop(authorization_code="code")
    _, agent = await service.agent(admin)
    device = await service.device(agent)
    regular = {"text": "{code}", "code": "R1"}
    await service.http.put(PATH, json={"vip": VIP, "regular": regular}, headers=admin)
    await service.write("在吗")
    await device.dispatch("message.created")
    for id, coupon, sent in (("o1", regular, False), ("o2", VIP, True)):
        await service.http.post("/api/v1/customers/c1/orders", json={"id": id, "status": "paid"}, headers=admin)
        seen = (await service.http.get("/api/v1/customers/c1", headers=agent)).json()
        assert (seen["coupon"], seen["coupon_sent"]) == (coupon, sent)
    told = await device.dispatch("message.created")
    assert (told["text"], told["sender"], told["scene"]) == ("会员专享：V8", "bot", "coupon")
    assert (await platform.calls.get())["content"]["text"]["text"] == "会员专享：V8"

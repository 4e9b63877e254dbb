"""The settings of duty over HTTP."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from reference_service.settings import Settings

OPERATOR = {"Authorization": "Bearer op"}

Serve = Callable[[Settings], AbstractAsyncContextManager[Any]]
HOURS = "/api/v1/business-hours"
SCENES = "/api/v1/auto-replies"
TIERS = "/api/v1/response-tiers"
CLOSE = "/api/v1/auto-close"
REMINDERS = "/api/v1/unread-reminders"
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


@pytest.mark.parametrize("path", [HOURS, SCENES, TIERS, REMINDERS, CLOSE])
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


async def test_scenes_are_off_until_the_shop_wants_them_and_each_is_its_default_where_left_out(service: Any) -> None:
    admin = await service.shop()
    seen = (await service.http.get(SCENES, headers=admin)).json()
    assert {name: scene["enabled"] for name, scene in seen.items() if name != "version"} == {
        "welcome": False,
        "off_hours": False,
        "queueing": False,
        "big_sale": True,
        "unread": False,
        "closing": False,
        "handover": False,
    }
    welcome = {"enabled": True, "text": "在的，亲"}
    put = await service.http.put(SCENES, json={"welcome": welcome}, headers=admin)
    assert put.json() == seen | {"version": 1, "welcome": welcome}


async def test_a_scene_that_the_shops_filter_blocks_is_refused_by_its_name_and_changes_nothing(service: Any) -> None:
    admin = await service.shop()
    await service.http.put("/api/v1/sensitive-words", json={"words": [{"word": "微信"}]}, headers=admin)
    scene = {"enabled": True, "text": "加我微信"}
    put = await service.http.put(SCENES, json={"queueing": scene}, headers=admin)
    assert (put.status_code, put.json()["code"]) == (422, "blocked")
    assert put.json()["detail"] == "the shop's own filter blocks queueing"
    assert (await service.http.get(SCENES, headers=admin)).json()["version"] == 0


async def test_a_scene_is_said_through_the_platform_once_also_across_a_restart(
    settings: Settings, serve: Serve, platform: Any
) -> None:
    scenes = {"welcome": {"enabled": True, "text": "在的，亲"}, "queueing": {"enabled": True, "text": "排队中"}}
    async with serve(settings) as service:
        admin = await service.shop(authorization_code="ok")
        await service.http.put(SCENES, json=scenes, headers=admin)
        await service.write("在吗")
        said = [(await platform.calls.get())["content"]["text"]["text"] for _ in scenes]
    async with serve(settings) as service:
        await service.write("还在吗", message="@again1==")
        await service.write("在吗", customer="c2", message="@again2==")
        said += [(await platform.calls.get())["content"]["text"]["text"] for _ in scenes]
        messages = (await service.http.get("/api/v1/conversations/cv1/messages", headers=admin)).json()["items"]
    assert said == ["在的，亲", "排队中"] * 2
    assert [message["sender"] for message in messages] == ["customer", "bot", "bot", "customer"]


async def advance(service: Any, seconds: float) -> None:
    headers = {"Authorization": "Bearer op"}
    told = await service.http.post("/api/v1/test-hooks/clock", json={"advance_s": seconds}, headers=headers)
    assert told.status_code == 200, told.text


async def test_the_clocks_of_a_turn_reach_the_assignees_devices_once_also_across_a_restart(
    settings: Settings, serve: Serve
) -> None:
    async with serve(settings) as service:
        admin = await service.shop()
        _, agent = await service.agent(admin)
        device = await service.device(agent)
        await service.write("在吗")
        await advance(service, 60.0)
        first = await device.dispatch("tier.breached")
    async with serve(settings) as service:
        device = await service.device(agent)
        await advance(service, 200.0)
        await device.dispatch("tier.breached")
        seen = (await service.http.get("/api/v1/sync", headers=agent)).json()["events"]
    told = [(event["t"], event["d"]["tier"]) for event in seen if event["t"].startswith("tier.")]
    kinds = ("tier.warning", "tier.breached")
    assert told == [(kind, tier) for tier in ("instant", "professional") for kind in kinds]
    assert (first["seq"], first["at"] - first["since"]) == (1, 30.0)


async def test_limits_that_do_not_rise_change_nothing(service: Any) -> None:
    admin = await service.shop()
    wrong = await service.http.put(TIERS, json={"instant_s": 400}, headers=admin)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "malformed")
    assert (await service.http.get(TIERS, headers=admin)).json() == {
        "version": 0,
        "instant_s": 30.0,
        "professional_s": 180.0,
        "human_s": 300.0,
        "warn_share": 0.8,
        "hand_on": False,
    }


async def test_what_an_agent_leaves_unread_is_reminded_of_on_every_device_and_what_they_read_is_not(
    service: Any,
) -> None:
    admin = await service.shop()
    put = await service.http.put(REMINDERS, json={"unread_after_s": 90}, headers=admin)
    assert put.json() == {"version": 1, "unread_after_s": 90.0, "customer_after_s": 300.0}
    _, agent = await service.agent(admin)
    devices = [await service.device(agent, name) for name in ("d1", "d2")]
    await service.write("在吗")
    await service.write("在吗", customer="c2")
    await devices[0].say("read", conversation_id="cv2", seq=1)
    await devices[1].dispatch("conversation.read")
    await advance(service, 3600.0)
    told = [await device.dispatch("unread.reminder") for device in devices]
    assert [(one["conversation_id"], one["seq"], one["unread"]) for one in told] == [("cv1", 1, 1)] * 2
    seen = (await service.http.get("/api/v1/sync", headers=agent)).json()["events"]
    assert [event["d"]["conversation_id"] for event in seen if event["t"] == "unread.reminder"] == ["cv1"]


async def test_a_big_sale_is_scheduled_seen_and_over_by_the_clock(service: Any) -> None:
    admin = await service.shop()
    await service.agent(admin, spare=True)
    now = service.engine.clock.now()
    sale = {"enabled": True, "since": now + 3600, "until": now + 7200}
    told = await service.http.put("/api/v1/big-sale", json=sale, headers=admin)
    assert (told.status_code, told.json()["active"], told.json()["version"]) == (200, False, 1)
    seen = []
    for _ in "123":
        await advance(service, 3600.0)
        seen.append((await service.http.get("/api/v1/big-sale", headers=admin)).json())
    assert [each["active"] for each in seen] == [True, False, False]
    assert (seen[0]["spares"], seen[0]["spares_wanted"]) == (1, 0)
    wrong = await service.http.put("/api/v1/big-sale", json=sale | {"until": now}, headers=admin)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "malformed")


async def test_a_silent_visit_is_closed_after_its_closing_words(service: Any, platform: Any) -> None:
    admin = await service.shop(authorization_code="ok")
    assert (await service.http.put(CLOSE, json={"after_s": 600}, headers=admin)).json() == {
        "version": 1,
        "after_s": 600.0,
    }
    closing = {"enabled": True, "text": "再见"}
    await service.http.put(SCENES, json={"closing": closing}, headers=admin)
    _, agent = await service.agent(admin)
    device = await service.device(agent)
    await service.write("在吗")
    await device.say("send", conversation_id="cv1", text="在的", client_msg_id="k1")
    await device.until("sent")
    await advance(service, 599.0)
    seen = (await service.http.get("/api/v1/conversations/cv1", headers=admin)).json()
    assert seen["state"] == "open"
    await advance(service, 2.0)
    assert (await device.dispatch("conversation.resolved"))["conversation_id"] == "cv1"
    assert [(await platform.calls.get())["content"]["text"]["text"] for _ in range(2)] == ["在的", "再见"]


async def test_a_queue_of_more_than_three_times_what_is_at_work_is_told_and_nobody_is_lost(service: Any) -> None:
    admin = await service.shop(capacity=1)
    _, agent = await service.agent(admin)
    device = await service.device(agent)
    for number in range(5):
        await service.write("在吗", customer=f"c{number}")
    told = await device.dispatch("notice.overload")
    assert (told["what"], told["over"], told["waiting"]) == ("queue", False, 4)
    for number in range(1, 6):
        done = await service.http.post(f"/api/v1/conversations/cv{number}/resolve", headers=admin)
        assert done.status_code == 200
    told = await device.dispatch("notice.overload")
    assert (told["what"], told["over"], told["waiting"]) == ("queue", True, 1)
    assigned = [frame["d"]["conversation_id"] for frame in device.frames if frame.get("t") == "conversation.assigned"]
    while len(assigned) < 5:
        assigned.append((await device.dispatch("conversation.assigned"))["conversation_id"])
    assert assigned == [f"cv{number}" for number in range(1, 6)]


async def test_a_sale_comes_on_by_schedule_and_is_on_after_a_restart_in_its_middle(
    settings: Settings, serve: Serve
) -> None:
    async with serve(settings) as service:
        admin = await service.shop()
        _, spare = await service.agent(admin, spare=True)
        await service.agent(admin)
        device = await service.device(spare)
        now = service.engine.clock.now()
        sale = {"enabled": True, "since": now + 1000, "until": now + 3000}
        await service.http.put("/api/v1/big-sale", json=sale, headers=admin)
        await service.write("在吗")
        await advance(service, 999.0)
        assert (await service.http.get("/api/v1/conversations/cv1", headers=admin)).json()["state"] == "queued"
        await advance(service, 2.0)
        assert (await service.http.get("/api/v1/big-sale", headers=spare)).json()["active"] is True
        assert (await device.dispatch("conversation.assigned"))["conversation_id"] == "cv1"
        await service.write("在吗", customer="c9")
        messages = await service.http.get("/api/v1/conversations/cv2/messages", headers=admin)
        assert [message["scene"] for message in messages.json()["items"]] == ["", "big_sale"]
    started = {"enabled": True, "since": now - 10, "until": now + 3000}
    async with serve(settings) as service:  # its time is the real one again
        await service.http.put("/api/v1/big-sale", json=started, headers=admin)
    async with serve(settings) as service:
        device = await service.device(spare)
        await service.write("在吗", customer="c2", message="@again==")
        while (await device.dispatch("conversation.assigned"))["conversation_id"] != "cv3":
            pass
        await advance(service, 3600.0)
        await service.write("在吗", customer="c3", message="@over==")
        assert (await service.http.get("/api/v1/conversations/cv4", headers=admin)).json()["state"] == "queued"
        assert (await service.http.get("/api/v1/conversations/cv3", headers=admin)).json()["state"] == "open"


async def test_at_night_a_message_is_kept_answered_once_by_template_and_still_reaches_whoever_is_online(
    service: Any, platform: Any
) -> None:
    admin = await service.shop(authorization_code="ok")
    _, agent = await service.agent(admin)
    device = await service.device(agent)
    await service.http.put(HOURS, json={day: [] for day in WEEK}, headers=admin)
    await service.http.put(SCENES, json={"off_hours": {"enabled": True, "text": "已打烊"}}, headers=admin)
    await service.write("在吗")
    await service.write("还在吗")
    told = [await device.dispatch("message.created") for _ in range(3)]
    assert [(one["sender"], one["scene"], one["text"]) for one in told] == [
        ("customer", "", "在吗"),
        ("bot", "off_hours", "已打烊"),
        ("customer", "", "还在吗"),
    ]
    await device.say("send", conversation_id="cv1", text="在的", client_msg_id="k1")
    said = [(await platform.calls.get())["content"]["text"]["text"] for _ in range(2)]
    assert said == ["已打烊", "在的"]

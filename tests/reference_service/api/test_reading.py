"""Read marks and typing, by frame and over HTTP: every device of the agent knows, and nobody else's business."""

from typing import Any

import pytest

CV = "/api/v1/conversations/cv1"


@pytest.fixture
async def desk(service: Any) -> Any:
    """An agent with two devices who has cv1 with two messages, a colleague with one device, the administrator."""
    admin = await service.shop()
    _, agent = await service.agent(admin, capacity=20)
    devices = [await service.device(agent, name) for name in ("d1", "d2")]
    for text in ("在吗", "有货吗"):
        await service.write(text)
        await devices[0].dispatch("message.created")
    _, colleague = await service.agent(admin)
    return {"admin": admin, "agent": agent, "devices": devices, "colleague": colleague}


async def test_a_mark_by_frame_reaches_every_device_and_a_fresh_one(service: Any, desk: Any) -> None:
    first, second = desk["devices"]
    await first.say("read", conversation_id="cv1", seq=1)
    for device in (first, second):
        assert await device.dispatch("conversation.read") == {"conversation_id": "cv1", "seq": 1, "unread": 1}
    third = await service.connect()
    await third.say("identify", token=desk["agent"]["Authorization"].removeprefix("Bearer "), device_id="d3")
    (held,) = (await third.frame())["d"]["conversations"]
    assert (held["read_to"], held["unread"]) == (1, 1)


async def test_a_mark_over_http_is_the_same_and_never_goes_back(service: Any, desk: Any) -> None:
    answers = []
    for seq in (2, 1):
        got = await service.http.post(f"{CV}/read", json={"seq": seq}, headers=desk["agent"])
        answers.append((got.status_code, got.json()))
    assert answers == [(200, {"conversation_id": "cv1", "seq": 2, "unread": 0})] * 2
    assert (await desk["devices"][1].dispatch("conversation.read"))["unread"] == 0
    shown = (await service.http.get(CV, headers=desk["admin"])).json()
    assert (shown["read_to"], shown["unread"]) == (2, 0)


async def test_typing_is_whispered_to_the_other_devices_and_kept_nowhere(service: Any, desk: Any) -> None:
    first, second = desk["devices"]
    await first.say("typing", conversation_id="cv1")
    assert await second.until("typed") == {"op": "typed", "d": {"conversation_id": "cv1"}}
    await first.say("heartbeat", s=3)
    await first.until("heartbeat_ack")
    assert "typed" not in [frame["op"] for frame in first.frames]
    page = (await service.http.get("/api/v1/sync", headers=desk["agent"])).json()
    assert [event["t"] for event in page["events"]] == ["conversation.assigned", "message.created", "message.created"]
    assert (await service.http.post(f"{CV}/typing", headers=desk["agent"])).status_code == 204
    assert (await first.until("typed"))["d"] == {"conversation_id": "cv1"}


@pytest.mark.parametrize(
    ("who", "path", "body", "status", "code"),
    [
        ("colleague", "read", {"seq": 1}, 409, "not_assignee"),
        ("colleague", "typing", None, 409, "not_assignee"),
        ("agent", "read", {"seq": 3}, 422, "bad_seq"),
        ("agent", "read", {"seq": -1}, 422, "malformed"),
        ("agent", "read", {"seq": "1"}, 422, "malformed"),
        ("agent", "read", {}, 422, "malformed"),
        ("admin", "read", {"seq": 1}, 403, "wrong_role"),
        ("admin", "typing", None, 403, "wrong_role"),
        ("stranger", "read", {"seq": 1}, 404, "not_found"),
        ("stranger", "typing", None, 404, "not_found"),
        ("nobody", "read", {"seq": 1}, 401, "token_needed"),
        ("nobody", "typing", None, 401, "token_needed"),
    ],
)
async def test_refusals_say_why(
    service: Any, desk: Any, who: str, path: str, body: Any, status: int, code: str
) -> None:
    if who == "stranger":
        _, desk["stranger"] = await service.agent(await service.shop("s2"))
    got = await service.http.post(f"{CV}/{path}", json=body, headers=desk.get(who, {}))
    assert (got.status_code, got.json()["code"]) == (status, code)
    assert (await service.http.get(CV, headers=desk["admin"])).json()["read_to"] == 0


@pytest.mark.parametrize(
    ("conversation", "seq", "code"), [("cv9", 1, "not_found"), ("cv1", 9, "bad_seq"), ("cv2", 1, "not_assignee")]
)
async def test_refused_marks_by_frame_say_why(service: Any, desk: Any, conversation: str, seq: int, code: str) -> None:
    device = await service.device(desk["colleague"])
    await service.write("你好", "c2")  # the colleague's, having less
    await device.dispatch("message.created")
    first = desk["devices"][0]
    await first.say("read", conversation_id=conversation, seq=seq)
    assert await first.until("error") == {"op": "error", "d": {"code": code, "why": conversation}}

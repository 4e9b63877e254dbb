"""Devices over WebSocket: one log for all, resume that misses nothing, and clear ends."""

from typing import Any

import msgspec
import pytest

from reference_service import tokens
from reference_service.domain import shops
from reference_service.settings import Settings

CUSTOMER = {"open_id": "c1", "nick": "小王", "grade": "new", "tags": []}


def token(headers: dict[str, str]) -> str:
    return headers["Authorization"].removeprefix("Bearer ")


@pytest.fixture
async def desk(service: Any) -> Any:
    admin = await service.shop(authorization_code="code")
    agent_id, agent = await service.agent(admin, capacity=20)
    return agent_id, agent


async def session(service: Any, agent: Any, name: str = "d1") -> Any:
    """A fresh device and its session id."""
    device = await service.connect()
    await device.say("identify", token=token(agent), device_id=name)
    ready = await device.frame()
    return device, ready["d"]["session_id"]


async def test_every_device_of_an_agent_sees_the_same_log_its_own_replies_too(service: Any, desk: Any) -> None:
    _, agent = desk
    first, second = await service.device(agent, "d1"), await service.device(agent, "d2")
    await service.write("在吗")
    await first.say("send", conversation_id="cv1", text="在的", client_msg_id="k1", nonce="n1")
    sent = await first.until("sent")
    assert sent["d"] == {"client_msg_id": "k1", "nonce": "n1", "message_id": "cv1-2", "seq": 2}
    for device in (first, second):
        await device.dispatch("message.updated")
    events = [[frame for frame in device.frames if frame["op"] == "dispatch"] for device in (first, second)]
    assert events[0] == events[1]
    assert [event["s"] for event in events[0]] == [1, 2, 3, 4]


async def test_resume_replays_exactly_what_was_missed_and_goes_on_live(service: Any, desk: Any) -> None:
    _, agent = desk
    device, session_id = await session(service, agent)
    await service.write("一")
    await device.dispatch("message.created")
    device.ws._response.connection.transport.abort()
    await service.write("二")
    await service.write("三")
    back = await service.connect()
    await back.say("resume", token=token(agent), session_id=session_id, s=2)
    resumed = await back.until("resumed")
    assert resumed["d"] == {"replayed": 2, "s": 4}
    await service.write("四")
    await back.dispatch("message.created")
    assert back.log == [3, 4, 5]


async def test_resume_survives_a_restart_of_the_service(settings: Settings, serve: Any) -> None:
    async with serve(settings) as service:
        admin = await service.shop()
        _, agent = await service.agent(admin)
        device, session_id = await session(service, agent)
        await service.write("一")
        await device.dispatch("message.created")
    async with serve(settings) as service:
        back = await service.connect()
        await back.say("resume", token=token(agent), session_id=session_id, s=0)
        assert (await back.until("resumed"))["d"] == {"replayed": 2, "s": 2}
        await service.write("二", message="m2")
        assert (await back.dispatch("message.created"))["text"] == "二"
        assert back.log == [1, 2, 3]


@pytest.mark.parametrize("change", ["of another agent", "made up", "beyond the log", "window over"])
async def test_what_cannot_be_resumed_says_so_and_may_identify(settings: Settings, serve: Any, change: str) -> None:
    window = 0.0 if change == "window over" else 30.0
    async with serve(msgspec.structs.replace(settings, resume_window_s=window)) as service:
        admin = await service.shop()
        _, agent = await service.agent(admin)
        _, other = await service.agent(admin)
        device, session_id = await session(service, agent)
        await device.ws.close()
        caller = other if change == "of another agent" else agent
        given = "made.up" if change == "made up" else session_id
        back = await service.connect()
        await back.say("resume", token=token(caller), session_id=given, s=7 if change == "beyond the log" else 0)
        assert await back.frame() == {"op": "invalid_session", "d": {"resumable": False}}
        await back.say("identify", token=token(caller), device_id="d1")
        assert (await back.frame())["op"] == "ready"


async def test_ready_shows_what_the_agent_holds_and_where_the_log_is(service: Any, desk: Any) -> None:
    agent_id, agent = desk
    await service.device(agent, "d1")
    await service.write("一")
    await service.write("二")
    second = await service.connect()
    await second.say("identify", token=token(agent), device_id="d2")
    ready = (await second.frame())["d"]
    assert ready.pop("session_id")
    assert ready == {
        "agent_id": agent_id,
        "s": 3,
        "acked": 0,
        "capacity": 20,
        "availability": "online",
        "heads": {"cv1": 2},
        "conversations": [
            {
                "conversation_id": "cv1",
                "seq": 2,
                "customer": CUSTOMER,
                "state": "open",
                "version": 1,
                "priority": "normal",
                "tags": [],
                "snoozed_until": None,
                "visit_from": 1,
                "read_to": 0,
                "unread": 2,
                "customer_read": None,
            }
        ],
    }


async def test_a_session_serves_its_own_device_only(service: Any, desk: Any) -> None:
    """SYNC-4: what one device's session resumes is that device, whichever connection asks."""
    _, agent = desk
    first, session_id = await session(service, agent, "d1")
    other = await service.device(agent, "d2")
    await service.write("一")
    await first.dispatch("message.created")
    back = await service.connect()
    await back.say("resume", token=token(agent), session_id=session_id, s=0)
    await back.until("resumed")
    assert await first.closed() == 4003  # its place is taken, and nobody else's
    await service.write("二")
    for device in (other, back):
        assert (await device.dispatch("message.created"))["conversation_id"] == "cv1"


@pytest.mark.parametrize("whose", ["a colleague's", "a stranger's", "an administrator's", "nobody's"])
async def test_a_session_cannot_be_resumed_with_another_token(service: Any, desk: Any, whose: str) -> None:
    """SYNC-4: nothing of the log is told, whoever else asks, and the device itself is not disturbed."""
    agent_id, agent = desk
    device, session_id = await session(service, agent)
    await service.write("秘密")
    await device.dispatch("message.created")
    admin = await service.shop("s2")
    _, stranger = await service.agent(admin)
    colleague = {"Authorization": f"Bearer {await colleague_of(service, agent_id)}"}
    tokens = {"a colleague's": colleague, "a stranger's": stranger, "an administrator's": admin}
    thief = await service.connect()
    await thief.say("resume", token=token(tokens.get(whose, {"Authorization": "Bearer x"})), session_id=session_id, s=0)
    if whose in ("a colleague's", "a stranger's"):
        assert await thief.frame() == {"op": "invalid_session", "d": {"resumable": False}}
    else:
        assert await thief.closed() == 4001
    assert thief.log == []
    await service.write("还在吗")
    assert (await device.dispatch("message.created"))["text"] == "还在吗"


async def colleague_of(service: Any, agent_id: str) -> str:
    """The access token of another agent of the same shop."""
    shop_id = service.engine.world.people[agent_id].shop_id
    changes = service.engine.begin()
    seal = tokens.password_seal(service.engine.key, "p")
    desk = shops.add_agent(service.engine.world, shop_id, "乙", "regular", 5, True, seal, changes)
    await service.engine.keep(changes)
    return token(await service.login(desk.person.login, "p"))


async def test_what_a_device_acknowledged_is_told_when_it_begins_anew(service: Any, desk: Any) -> None:
    _, agent = desk
    device = await service.device(agent, "d1")
    await service.write("一")
    await device.dispatch("message.created")
    await device.say("ack", s=2)
    await device.say("ack", s=1)
    await device.say("heartbeat")
    await device.until("heartbeat_ack")
    for name, acked in (("d1", 2), ("d2", 0)):
        fresh = await service.connect()
        await fresh.say("identify", token=token(agent), device_id=name)
        assert (await fresh.frame())["d"]["acked"] == acked


async def test_what_was_never_told_cannot_be_acknowledged(service: Any, desk: Any) -> None:
    _, agent = desk
    device = await service.device(agent)
    await device.say("ack", s=1)
    assert (await device.frame())["d"]["code"] == "bad_frame"


async def test_the_same_device_again_replaces_the_first(service: Any, desk: Any) -> None:
    _, agent = desk
    first = await service.device(agent, "d1")
    second = await service.device(agent, "d1")
    assert await first.closed() == 4003
    await service.write("在吗")
    assert (await second.dispatch("message.created"))["text"] == "在吗"


@pytest.mark.parametrize("who", ["nobody", "an administrator"])
async def test_only_an_agents_token_opens_a_session(service: Any, who: str) -> None:
    admin = await service.shop()
    device = await service.connect()
    await device.say("identify", token=token(admin) if who == "an administrator" else "x", device_id="d1")
    assert await device.closed() == 4001


async def test_an_open_connection_ends_with_its_token_even_when_the_device_says_nothing(
    settings: Settings, serve: Any
) -> None:
    async with serve(msgspec.structs.replace(settings, access_ttl_s=30.0)) as service:
        admin = await service.shop()
        _, agent = await service.agent(admin)
        device = await service.device(agent)
        service.engine.tick()
        await device.say("heartbeat")
        assert (await device.frame())["op"] == "heartbeat_ack"
        service.engine.clock._offset += 30.0
        service.engine.tick()
        assert await device.closed() == 4001


async def test_malformed_frames_get_a_clear_error_and_the_tenth_ends_the_connection(service: Any, desk: Any) -> None:
    _, agent = desk
    device = await service.device(agent)
    for frame in ("", "{", '{"op":"dance"}', '{"op":"send","d":{}}', "[]", "7", '{"op":"ack","d":{"s":-1}}', "x", "y"):
        await device.ws.send_str(frame)
        error = await device.frame()
        assert (error["op"], error["d"]["code"]) == ("error", "bad_frame")
        assert error["d"]["why"]
    await device.ws.send_bytes(b"\x00")
    assert await device.closed() == 4002


async def test_frames_before_identify_are_refused(service: Any) -> None:
    device = await service.connect()
    await device.say("heartbeat", s=0)
    assert (await device.frame())["d"]["code"] == "not_identified"


async def test_refused_frames_name_their_client_id_and_reason(service: Any, desk: Any) -> None:
    _, agent = desk
    device = await service.device(agent)
    await device.say("send", conversation_id="cv9", text="您好", client_msg_id="k1")
    assert (await device.frame()) == {"op": "error", "d": {"client_msg_id": "k1", "code": "not_found"}}
    await device.say("resolve", conversation_id="cv9", client_msg_id="k2")
    assert (await device.frame()) == {"op": "error", "d": {"client_msg_id": "k2", "code": "not_found"}}


async def test_resolve_by_frame(service: Any, desk: Any) -> None:
    _, agent = desk
    device = await service.device(agent)
    await service.write("在吗")
    await device.say("resolve", conversation_id="cv1", client_msg_id="k1")
    assert (await device.until("sent"))["d"] == {"client_msg_id": "k1", "message_id": "", "seq": 1}
    assert "conversation.resolved" in [frame.get("t") for frame in device.frames]


async def test_a_silent_device_is_closed(settings: Settings, serve: Any) -> None:
    async with serve(msgspec.structs.replace(settings, silence_s=0.1)) as service:
        admin = await service.shop()
        _, agent = await service.agent(admin)
        assert await (await service.device(agent)).closed() == 4009


async def test_an_agent_gone_longer_than_the_window_loses_the_conversation_to_a_colleague(
    settings: Settings, serve: Any
) -> None:
    async with serve(msgspec.structs.replace(settings, resume_window_s=0.1)) as service:
        admin = await service.shop()
        _, first = await service.agent(admin)
        _, second = await service.agent(admin)
        leaving = await service.device(first)
        await service.write("在吗")
        await leaving.dispatch("message.created")
        staying = await service.device(second)
        await leaving.ws.close()
        assert (await staying.dispatch("conversation.assigned"))["reason"] == "reassigned"
        assert (await staying.dispatch("message.created"))["text"] == "在吗"


async def test_a_device_that_does_not_read_is_closed_rather_than_told_half(settings: Settings, serve: Any) -> None:
    async with serve(msgspec.structs.replace(settings, max_unread_frames=3)) as service:
        admin = await service.shop()
        _, agent = await service.agent(admin)
        device = await service.device(agent)
        (link,) = service.engine.hub.all()
        for s in range(1, 6):
            link.dispatch(s, "{}")
        assert await device.closed() == 4029

"""Replies over real HTTP to a platform that refuses, forgets, and answers late."""

from typing import Any

import msgspec
import pytest
from aiohttp import web


@pytest.fixture
async def talk(service: Any) -> Any:
    admin = await service.shop(authorization_code="code")
    _, agent = await service.agent(admin)
    device = await service.device(agent)
    await service.write("在吗")
    return device


async def say(device: Any, text: str, client_id: str) -> None:
    await device.say("send", conversation_id="cv1", text=text, client_msg_id=client_id)


async def fate(device: Any) -> tuple[str, str]:
    told = await device.dispatch("message.updated")
    return told["client_msg_id"], told["status"]


async def test_an_expired_token_is_refreshed_once_and_no_reply_is_lost(service: Any, talk: Any, platform: Any) -> None:
    platform.script = [lambda: platform.refuse(28001008)]
    await say(talk, "在的", "k1")
    assert await fate(talk) == ("k1", "sent")
    assert platform.tokens == ["act.1", "act.2"]
    assert [grant["grant_type"] for grant in platform.grants] == ["authorization_code", "refresh_token"]
    assert service.engine.world.floors["s1"].shop.refresh_token == "rft.2"


async def test_errors_inside_http_200_are_seen_in_data_too(talk: Any, platform: Any) -> None:
    strange = {"extra": {"error_code": 0}, "data": {"error_code": 28001007, "description": "bad"}}
    platform.script = [lambda: web.json_response(strange)]
    await say(talk, "在的", "k1")
    assert await fate(talk) == ("k1", "failed")


async def test_a_rate_limit_is_waited_out(talk: Any, platform: Any) -> None:
    platform.script = [lambda: platform.refuse(28003018), lambda: platform.refuse(28003018)]
    await say(talk, "在的", "k1")
    assert await fate(talk) == ("k1", "sent")
    assert platform.calls.qsize() == 3


async def test_a_lost_answer_is_settled_by_the_echo_without_a_second_call(
    service: Any, talk: Any, platform: Any
) -> None:
    platform.script = [lambda: web.Response(status=500)]
    await say(talk, "在的", "k1")
    await platform.calls.get()
    echo = service.event("在的", message="@echo==", event="im_send_msg", from_user_id="o-s1", to_user_id="c1")
    assert (await service.push(echo)).status_code == 200
    assert await fate(talk) == ("k1", "sent")
    assert platform.calls.empty()


async def test_with_neither_answer_nor_echo_it_is_in_doubt_and_sent_once_more(
    settings: Any, serve: Any, platform: Any
) -> None:
    async with serve(msgspec.structs.replace(settings, echo_wait_s=0.1)) as service:
        admin = await service.shop(authorization_code="code")
        _, agent = await service.agent(admin)
        device = await service.device(agent)
        await service.write("在吗")
        platform.script = [lambda: web.Response(status=500)]
        await say(device, "在的", "k1")
        assert [await fate(device), await fate(device)] == [("k1", "in_doubt"), ("k1", "sent")]
        assert platform.calls.qsize() == 2


async def test_a_shop_without_a_token_shows_its_replies_failed(service: Any) -> None:
    admin = await service.shop("s2")
    _, agent = await service.agent(admin)
    device = await service.device(agent)
    await service.write("在吗", shop="s2")
    await say(device, "在的", "k1")
    assert await fate(device) == ("k1", "failed")


async def test_an_unreachable_platform_is_tried_again(settings: Any, serve: Any) -> None:
    async with serve(settings) as service:
        admin = await service.shop(authorization_code="code")
        _, agent = await service.agent(admin)
        device = await service.device(agent)
        await service.write("在吗")
        line = service.engine.apis["open-im"]._line
        line.url, good = "http://127.0.0.1:1", line.url
        await say(device, "在的", "k1")
        await device.until("sent")
        line.url = good
        assert await fate(device) == ("k1", "sent")

"""The bot in the whole service: webhook in, platform and devices out, in each mode and over a restart (BOT-1)."""

import asyncio
from typing import Any

import pytest

from tests.reference_service.api.bots import called, conversation, put, quiet, story

PATH = "/api/v1/bot"
QUESTION, ANSWER = "什么时候发货", "亲，两天内发货"
LIKE = "那双跑鞋什么时候发货"  # not word for word: it needs a search


async def shop(service: Any, **setting: Any) -> dict[str, str]:
    """A shop with a platform token, an article and a bot; its administrator's headers."""
    admin: dict[str, str] = await service.shop(authorization_code="code")
    new = {"kind": "faq", "title": "发货", "questions": [QUESTION], "answer": ANSWER}
    assert (await service.http.post("/api/v1/knowledge", json=new, headers=admin)).status_code == 201
    await put(service, admin, **setting)
    return admin


async def test_assisting_the_customer_gets_the_answer_and_the_agent_sees_it(service: Any, platform: Any) -> None:
    admin = await shop(service, mode="assist")
    agent_id, agent = await service.agent(admin)
    device = await service.device(agent)
    await service.write(f"亲，{QUESTION}呀？")
    assert await called(platform) == ANSWER
    assert (await device.dispatch("message.created"))["sender"] == "customer"
    told = await device.dispatch("message.created")
    assert (told["sender"], told["text"], told["scene"]) == ("bot", ANSWER, "bot")
    assert (await conversation(service, admin))["agent_id"] == agent_id


async def test_what_is_like_an_article_is_found_and_answered(service: Any, platform: Any) -> None:
    await shop(service, mode="assist")
    await service.write(LIKE)
    assert await called(platform) == ANSWER


async def test_first_the_bot_has_the_visit_until_a_person_is_wanted_who_gets_all_of_it(
    service: Any, platform: Any
) -> None:
    admin = await shop(service, mode="first")
    _, agent = await service.agent(admin)
    device = await service.device(agent)
    await service.write(QUESTION)
    assert await called(platform) == ANSWER
    seen = await conversation(service, admin)
    assert (seen["state"], seen["agent_id"]) == ("bot", None)
    await service.write("转人工")
    assert (await device.dispatch("conversation.assigned"))["reason"] == "handoff"
    told = [await device.dispatch("message.created") for _ in range(3)]
    assert [(one["sender"], one["text"]) for one in told] == [
        ("customer", QUESTION), ("bot", ANSWER), ("customer", "转人工"),
    ]  # fmt: skip
    assert (await conversation(service, admin))["state"] == "open"


async def test_a_supervisor_hands_over_what_the_bot_has_and_nothing_else(service: Any) -> None:
    admin = await shop(service, mode="first")
    _, supervisor = await service.agent(admin, role="supervisor")
    await service.write("你好")
    await quiet(service)
    where = f"/api/v1/conversations/{(await conversation(service, admin))['id']}/handoff"
    done = await service.http.post(where, headers=supervisor)
    assert (done.status_code, done.json()["state"]) == (200, "queued")
    again = await service.http.post(where, headers=supervisor)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


async def test_a_promoted_question_is_answered_automatically_though_the_bot_is_off(service: Any, platform: Any) -> None:
    admin = await shop(service, mode="off")
    new = {"kind": "faq", "title": "可以开发票吗", "answer": "亲，可以", "promoted": True}
    await service.http.post("/api/v1/knowledge", json=new, headers=admin)
    await service.write(QUESTION)
    await service.write("亲，可以開發票嗎？")
    assert await called(platform) == "亲，可以"
    await put(service, admin, mode="off", promoted=False)
    await service.write("可以开发票吗", "c2")
    await quiet(service)
    assert platform.calls.empty()


async def test_an_echo_of_a_question_is_answered_by_nobody(service: Any, platform: Any) -> None:
    admin = await shop(service, mode="first")
    await service.write(QUESTION)
    assert await called(platform) == ANSWER
    for text in (ANSWER, QUESTION):
        echo = {"event": "im_send_msg", "from_user_id": "o-s1", "to_user_id": "c1"}
        assert (await service.push(service.event(text, **echo))).status_code == 200
    await quiet(service)
    assert await story(service, admin) == [("customer", QUESTION), ("bot", ANSWER)]


async def test_nothing_waits_for_the_bot_and_a_person_comes_when_it_hangs(
    service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any) -> Any:
        await asyncio.Event().wait()

    admin = await shop(service, mode="first", patience_s=20)
    monkeypatch.setattr(service.engine.search, "candidates", never)
    await service.write(LIKE)  # acknowledged
    await service.engine.travel(19.9)
    assert (await conversation(service, admin))["state"] == "bot"
    await service.engine.travel(0.2)
    assert (await conversation(service, admin))["state"] == "queued"


async def test_more_that_is_said_while_the_bot_thinks_is_one_question_with_one_answer(
    service: Any, platform: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    searching, go = asyncio.Event(), asyncio.Event()
    find = service.engine.search.candidates

    async def slowly(*asked: Any) -> Any:
        searching.set()
        await go.wait()
        return await find(*asked)

    admin = await shop(service, mode="first")
    monkeypatch.setattr(service.engine.search, "candidates", slowly)
    await service.write(LIKE)
    await searching.wait()
    await service.write("在吗")
    go.set()
    assert await called(platform) == ANSWER
    await quiet(service)
    assert await story(service, admin) == [("customer", LIKE), ("customer", "在吗"), ("bot", ANSWER)]


async def test_a_question_that_a_stop_came_before_is_answered_after_it(
    serve: Any, settings: Any, platform: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(settings) as service:
        admin = await shop(service, mode="first")
        monkeypatch.setattr(service.engine.answering, "start", lambda _: None)
        await service.write(QUESTION)
        await service.write("你好", "c2")
        assert await story_states(service, admin) == ["bot", "bot"]
    assert platform.calls.empty()
    async with serve(settings) as service:
        assert await called(platform) == ANSWER
        await service.engine.travel(21)
        assert await story_states(service, admin) == ["bot", "queued"]
    async with serve(settings) as service:
        await quiet(service)
        assert platform.calls.empty()  # what was answered is not answered again


async def story_states(service: Any, admin: dict[str, str]) -> list[str]:
    listed = (await service.http.get("/api/v1/conversations", headers=admin)).json()["items"]
    return [one["state"] for one in listed]


async def test_the_setting_is_read_replaced_and_checked(service: Any) -> None:
    admin = await service.shop()
    seen = (await service.http.get(PATH, headers=admin)).json()
    assert (seen["version"], seen["mode"], seen["promoted"], seen["confidence"]) == (0, "off", True, 0.75)
    assert (await put(service, admin, mode="assist", version=0))["version"] == 1
    lost = await service.http.put(PATH, json={"mode": "off", "version": 0}, headers=admin)
    assert (lost.status_code, lost.json()["code"]) == (409, "version_is_old")
    for wrong in ({"mode": "on"}, {"confidence": 0.4}, {"answers": 0}, {"patience_s": 31}, {"hand_over_words": [""]}):
        assert (await service.http.put(PATH, json=wrong, headers=admin)).status_code == 422
    assert (await service.http.get(PATH, headers=admin)).json()["mode"] == "assist"

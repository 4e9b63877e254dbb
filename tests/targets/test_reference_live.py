"""The adapter against the real reference service, in its own process."""

import asyncio
from typing import Any

import pytest

from fixtures.automatic import automatic
from fixtures.script import BUNDLED
from fixtures.words import listed_in
from history.scenario import Business
from history.tokens import find, token
from targets.interface import FIGURES, Closed, Event, TargetError

pytestmark = pytest.mark.thorough

Bench = Any  # the fixtures of conftest.py


async def test_a_customers_message_is_shown_once_on_both_devices(bench: Bench) -> None:
    first, second = await bench.device(1), await bench.device(2)
    for device in (first, second):
        await device.device.availability("online")
    message = await bench.write("在吗")
    shown = [await device.until("message") for device in (first, second)]
    assert [(each.text, each.platform_id, each.seq, each.sender) for each in shown] == [
        ("在吗", message, 1, "customer")
    ] * 2
    assert len({(each.target_id, each.conversation) for each in shown}) == 1
    for device in (first, second):
        kinds = [each.kind for each in device.told]
        assert kinds.index("assigned") < kinds.index("message")
        await device.device.close()
        assert [type(each) for each in await device.end()][-1:] == [Closed]


async def test_a_reply_reaches_the_platform_once_also_when_it_is_sent_again(bench: Bench) -> None:
    device = await bench.device()
    message = await bench.write("在吗")
    shown = await device.until("message")
    name = token(1, 2, 3)
    sent = await device.device.reply(shown.conversation, f"您好 {name}", name)
    again = await device.device.reply(shown.conversation, f"您好 {name}", name)
    assert (sent.outcome, again) == ("ok", sent)
    called = await asyncio.wait_for(bench.platform.replies.get(), 5)
    text = called["content"]["text"]["text"]
    assert (called["msg_id"], called["to_user_id"], find(text)) == (message, "c1", name)
    assert bench.platform.replies.empty()
    await device.device.close()


async def test_a_cut_device_resumes_with_exactly_what_it_missed(bench: Bench) -> None:
    first, second = await bench.device(1), await bench.device(2)
    await bench.write("一")
    await first.until("message")
    await first.device.cut()
    assert await first.end() == [Closed(1006, "cut")]
    for text in ("二", "三"):
        await bench.write(text)
        await second.until("message")
    back = await bench.device(1, first.device.cursor)
    assert [(await back.until("message")).text, (await back.until("message")).text] == ["二", "三"]
    await bench.write("四")
    assert (await back.until("message")).text == "四"
    assert back.device.resumed
    assert "assigned" not in {each.kind for each in back.told}
    for device in (back, second):
        await device.device.close()


async def test_a_session_the_target_does_not_know_is_told_and_leaves_no_gap(bench: Bench) -> None:
    first = await bench.device(1)
    await bench.write("一")
    await first.until("message")
    await first.device.cut()
    await bench.write("二")
    _, _, s = (first.device.cursor or "").rpartition(":")
    back = await bench.device(1, f"a-session-of-somebody-else:{s}")
    assert (await back.until("message")).text == "二"
    assert (await back.until("assigned")).conversation
    assert not back.device.resumed
    await back.device.close()


async def test_the_filter_blocks_a_listed_reply_and_leaves_no_listed_word_to_the_agent(bench: Bench) -> None:
    device = await bench.device()
    await bench.write("能加微信聊吗")
    shown = await device.until("message", "withheld")
    assert listed_in(shown.text or "") == ""
    sent = await device.device.reply(shown.conversation, "可以，加微信吧", "id-1")
    assert (sent.outcome, sent.code) == ("failed", "blocked")
    await device.device.close()


async def test_a_resolved_conversation_is_released_on_every_device(bench: Bench) -> None:
    first, second = await bench.device(1), await bench.device(2)
    await bench.write("谢谢，再见")
    shown = await first.until("message")
    assert (await first.device.resolve(shown.conversation)).outcome == "ok"
    for device in (first, second):
        assert (await device.until("released")).note == "resolved"
        await device.device.close()


async def test_a_killed_service_comes_back_with_everything_it_acknowledged(bench: Bench) -> None:
    device = await bench.device()
    await bench.write("一")
    await device.until("message")
    await bench.write("二")
    await bench.service.end()
    ends = await device.end()
    assert isinstance(ends[-1], Closed)
    seen = [each.text for each in [*device.told, *ends] if isinstance(each, Event) and each.kind == "message"]
    with pytest.raises(TargetError, match="cannot connect"):
        await bench.device(1, device.device.cursor)
    await bench.service.start()
    back = await bench.device(1, device.device.cursor)
    if "二" not in seen:
        assert (await back.until("message")).text == "二"
    await bench.write("三")
    assert (await back.until("message")).text == "三"
    assert back.device.resumed
    await back.device.close()


async def test_closing_removes_the_shop_so_that_nobody_can_sign_in(bench: Bench) -> None:
    assert await bench.target.close() == []
    with pytest.raises(TargetError, match="auth/login: answered 401"):
        await bench.device()


async def test_what_the_shop_says_by_itself_is_traced_and_seen_by_its_agent(bench: Bench) -> None:
    texts = automatic(7, BUNDLED, Business(automatic=True, complaints=True))
    await bench.target.automatic(bench.agent.shop, texts)
    device = await bench.device()
    await device.device.availability("online")
    await bench.write(texts.faqs[0].questions[0])
    said = [(await asyncio.wait_for(bench.platform.replies.get(), 5))["content"]["text"]["text"] for _ in "12"]
    assert said == [texts.welcome, texts.faqs[0].answer]
    await device.device.close()
    seen = [*device.told, *await device.end()]
    assert [each.text for each in seen if isinstance(each, Event) and each.sender == "bot"] == said


async def test_a_complaint_is_closed_once_the_customer_was_answered(bench: Bench) -> None:
    texts = automatic(7, BUNDLED, Business(complaints=True))
    await bench.target.automatic(bench.agent.shop, texts)
    device = await bench.device()
    await device.device.availability("online")
    await bench.write("我要投诉")
    shown = await device.until("message")
    complaint = await bench.target.complain(bench.agent, shown.conversation, "顾客投诉")
    assert ((await device.until("complaint")).target_id, complaint != "") == (complaint, True)
    await device.device.reply(shown.conversation, "非常抱歉", token(1, 2, 3))
    await bench.target.close_complaint(bench.agent, complaint, "已致歉")
    said = [(await asyncio.wait_for(bench.platform.replies.get(), 5))["content"]["text"]["text"] for _ in "12"]
    assert said == ["非常抱歉", texts.complaint_closed]
    with pytest.raises(TargetError, match="already_closed"):
        await bench.target.close_complaint(bench.agent, complaint, "再次")
    await device.device.close()


async def test_the_dashboard_tells_what_happened(bench: Bench) -> None:
    device = await bench.device()
    await device.device.availability("online")
    await bench.write("在吗")
    shown = await device.until("message")
    await device.device.reply(shown.conversation, "在的", token(1, 2, 3))
    told = await bench.target.figures(bench.agent.shop)
    waited = told.pop("round_seconds")
    assert told == {"rated": 0, "satisfied": 0, "rounds": 1, "conversations": 1, "resolved": 0}
    assert 0 < waited < 600
    assert set(told) | {"round_seconds"} == set(FIGURES)
    await device.device.close()

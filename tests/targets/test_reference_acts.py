"""What the adapter can do beyond messages, against the real reference service in its own process."""

import asyncio
from typing import Any

import pytest

from history.tokens import token
from targets.interface import (
    Agent,
    Edit,
    Event,
    FilterVerdict,
    Held,
    Hit,
    Hours,
    Read,
    Recall,
    Sent,
    Snapshot,
    TargetError,
    Transfer,
    WordRule,
    Words,
)

pytestmark = pytest.mark.thorough

Bench = Any  # the fixtures of conftest.py


@pytest.fixture
async def talk(bench: Bench) -> tuple[Any, Event]:
    """An agent online, told of a customer's first message."""
    device = await bench.device()
    await device.device.availability("online")
    await bench.write("在吗")
    return device, await device.until("message")


async def test_the_history_holds_every_message_in_order(bench: Bench, talk: tuple[Any, Event]) -> None:
    device, shown = talk
    await bench.write("加微信吗")
    masked = await device.until("message", "withheld")
    sent = await device.device.reply(shown.conversation, "您好", token(1, 2, 3))
    kept = await bench.target.history(bench.agent, shown.conversation, 0)
    assert kept[:2] == [shown._replace(raw=b""), masked._replace(raw=b"")]
    assert [(each.kind, each.sender, each.target_id, each.text, each.seq) for each in kept[2:]] == [
        ("message", "agent", sent.target_id, "您好", 3)
    ]
    rest = await bench.target.history(bench.agent, shown.conversation, 2)
    # the platform may have taken the reply, and named it, between the two
    assert [each._replace(platform_id=None) for each in rest] == [each._replace(platform_id=None) for each in kept[2:]]


async def test_reading_is_told_on_the_device_and_in_the_state(bench: Bench, talk: tuple[Any, Event]) -> None:
    device, shown = talk
    here = shown.conversation
    assert await bench.target.state(bench.agent) == Snapshot((Held(here, 1, 1, 0),))
    assert await bench.target.act(bench.agent, Read(here, 1)) == Sent("ok")
    told = await device.until("read")
    assert (told.conversation, told.sender, told.seq) == (here, "agent", 1)
    assert await bench.target.state(bench.agent) == Snapshot((Held(here, 1, 0, 1),))
    assert await bench.target.act(bench.agent, Read(here, 99)) == Sent("failed", code="bad_seq")


async def test_a_sent_reply_is_recalled_at_the_platform(bench: Bench, talk: tuple[Any, Event]) -> None:
    device, shown = talk
    sent = await device.device.reply(shown.conversation, "您好", token(1, 2, 3))
    await bench.platform.replies.get()
    asked = Recall(shown.conversation, sent.target_id)
    assert (await until_settled(bench, asked)).outcome == "ok"
    assert (await device.until("recalled")).target_id == sent.target_id
    kept = await bench.target.history(bench.agent, shown.conversation, 1)
    assert [(each.kind, each.note, each.text) for each in kept] == [("other", "recalled", None)]


async def until_settled(bench: Bench, action: Recall) -> Sent:
    """Again while the reply is still on its way: each try is answered by the service."""
    async with asyncio.timeout(5):
        while True:
            sent: Sent = await bench.target.act(bench.agent, action)
            if sent.code != "wrong_state":
                return sent


async def test_what_cannot_be_edited_or_recalled_is_refused_with_the_services_code(
    bench: Bench, talk: tuple[Any, Event]
) -> None:
    _, shown = talk
    of_the_customer = Edit(shown.conversation, shown.target_id, "别的")
    assert await bench.target.act(bench.agent, of_the_customer) == Sent("failed", code="not_author")
    nowhere = Recall(shown.conversation, "no-such-message")
    assert await bench.target.act(bench.agent, nowhere) == Sent("failed", code="not_found")


async def test_a_conversation_is_handed_to_a_colleague(bench: Bench, talk: tuple[Any, Event]) -> None:
    device, shown = talk
    (colleague,) = await bench.target.agents(bench.agent.shop, 1)
    assert isinstance(colleague, Agent)
    to = Transfer(shown.conversation, colleague)
    assert await bench.target.act(bench.agent, to) == Sent("failed", code="not_able")
    other = await bench.target.connect(colleague, f"{colleague.id}/1", None)
    await other.availability("online")
    assert await bench.target.act(bench.agent, to) == Sent("ok")
    assert (await device.until("released")).note == "transferred"
    assert await bench.target.state(colleague) == Snapshot((Held(shown.conversation, 1, 1, 0),))
    await other.close()


async def test_the_filter_tells_what_it_would_do_each_way(bench: Bench) -> None:
    rules = (WordRule("暗号"), WordRule("口令", "mask", "pass"))
    shop = bench.agent.shop
    await bench.target.configure(shop, Words(rules, ("口令红包",)))
    texts = ["对暗号", "口令和口令红包", "你好"]
    assert await bench.target.check_texts(shop, texts, "customer") == [
        FilterVerdict("block", None, (Hit(1, 3, "暗号"),)),
        FilterVerdict("mask", "**和口令红包", (Hit(0, 2, "口令"),)),
        FilterVerdict("pass", "你好", ()),
    ]
    assert await bench.target.check_texts(shop, texts[:2], "agent") == [
        FilterVerdict("mask", "对**", (Hit(1, 3, "暗号"),)),
        FilterVerdict("pass", texts[1], (Hit(0, 2, "口令"),)),
    ]


async def test_outside_the_hours_the_text_is_said(bench: Bench) -> None:
    never = Hours(days=dict.fromkeys(Hours().week()), off_text="明天见")
    await bench.target.configure(bench.agent.shop, never)
    await bench.write("在吗")
    assert (await bench.platform.replies.get())["content"]["text"]["text"] == "明天见"


async def test_the_clock_is_offered_only_with_test_hooks(bench: Bench) -> None:
    assert "clock" not in bench.target.offers
    with pytest.raises(TargetError, match=r"test-hooks/clock: answered 404"):
        await bench.target.advance(31.0)


async def test_tokens_are_those_of_whom_they_are_asked_for(bench: Bench) -> None:
    async def status(path: str, who: object) -> int:
        headers = {"Authorization": f"Bearer {await bench.target.bearer(who)}"}
        async with bench.run.http.get(bench.run.target_url + path, headers=headers) as answer:
            return int(answer.status)

    agent, shop = bench.agent, bench.agent.shop
    assert [await status("/api/v1/sync?since=0", who) for who in (agent, shop, None)] == [200, 403, 401]
    assert [await status("/api/v1/webhooks", who) for who in (agent, shop, None)] == [403, 200, 401]
    assert [await status("/api/v1/backups", who) for who in (agent, shop, None)] == [401, 401, 200]

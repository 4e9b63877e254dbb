"""GATEWAY-2: probes are answered, the unknown is acknowledged and ignored, every documented form is read."""

import msgspec
import pytest

from suites.lab import Lab
from suites.letterbox import Letterbox, parsed, said, speaks
from targets.platform import Message, Request

pytestmark = pytest.mark.promise("GATEWAY-2")
BIG = 9_007_199_254_740_992  # 2^53: the next number is no other as a float


async def test_the_probe_of_the_platform_is_answered(lab: Lab) -> None:
    box = Letterbox(await lab.shop())
    for number in (12345, BIG + 1):
        answer = await box.post(box.platform.probe(box.app, number))
        assert box.platform.probe_met(answer, number), (
            f"the probe {number} was answered {answer.status} {answer.body!r}"
        )


async def test_content_may_be_an_object_or_the_same_as_a_string(lab: Lab) -> None:
    speaks(lab, "open-im")
    shop = await lab.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    for form in (lambda content: content, lambda content: msgspec.json.encode(content).decode()):
        message = box.message(customer, f"“在吗”\\ {lab.mark()}")
        envelope = parsed(box.request(message))
        envelope["content"] = form(envelope["content"])
        assert await box.takes(box.signed(msgspec.json.encode(envelope), message))
        event = await desk.sees(said(message))
        assert event.text == message.text


async def test_the_challenge_may_stand_in_a_string(lab: Lab) -> None:
    speaks(lab, "open-im")
    shop = await lab.shop()
    customer, box = await shop.customer(), Letterbox(shop)
    probe = parsed(box.platform.probe(box.app, 777))
    probe["content"] = msgspec.json.encode(probe["content"]).decode()
    answer = await box.post(box.signed(msgspec.json.encode(probe), box.message(customer, "")))
    assert box.platform.probe_met(answer, 777), f"answered {answer.status} {answer.body!r}"


async def test_unknown_events_are_acknowledged_and_ignored(lab: Lab) -> None:
    speaks(lab, "open-im")
    shop = await lab.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    for event, content in (("im_dance", None), ("im_group_receive_msg", "…"), ("im_dance", [1, {"text": "在吗"}])):
        message = box.message(customer, f"没有人写过 {lab.mark()}")
        envelope = parsed(box.request(message)) | {"event": event}
        if content is not None:
            envelope["content"] = content
        assert await box.takes(box.signed(msgspec.json.encode(envelope), message)), f"{event} was not acknowledged"
    last = await customer.say("有货吗")
    await desk.sees(last)
    assert [each.text for each in desk.events if each.kind == "message"] == [last.text]


async def test_unknown_fields_change_nothing(lab: Lab) -> None:
    speaks(lab, "open-im")
    shop = await lab.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    message = box.message(customer, f"在吗 {lab.mark()}")
    envelope = parsed(box.request(message))
    envelope["content"]["reply_to"] = {"server_message_id": "@other=="}
    envelope |= {"trace": None, "msg_id": 17, "from_user_name": "别人"}
    assert await box.takes(box.signed(msgspec.json.encode(envelope), message))
    assert (await desk.sees(said(message))).text == message.text


async def test_ids_beyond_2_to_the_53_are_not_rounded(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    ids = [str(BIG * 512 + step) for step in range(3)]  # as numbers of JavaScript they are one
    messages = [box.message(customer, f"在吗 {lab.mark()}", server_message_id=each) for each in ids]
    for message in messages:
        assert await box.takes(box.request(message))
    for message in messages:
        event = await desk.sees(message.text)
        assert event.platform_id in (None, "", message.server_message_id), f"{message.server_message_id} was changed"
    assert [desk.times_seen(message.text) for message in messages] == [1, 1, 1]


async def test_neighbouring_ids_of_conversations_are_two_conversations(doudian: Lab) -> None:
    shop = await doudian.shop()
    customers = [await shop.customer() for _ in range(3)]  # their conversations' ids differ by one, beyond 2^53
    desk = await shop.desk()
    for customer in customers:
        asked = await customer.say("在吗")
        event = await desk.sees(asked)
        assert (await desk.reply(event.conversation, "您好")).outcome == "ok"
        await customer.receives(desk.last_text)
    assert [len(customer.received) for customer in customers] == [1, 1, 1]


@pytest.mark.parametrize("tag", [str, int])
@pytest.mark.parametrize("data", ["string", "object"])
async def test_tags_may_be_numbers_and_data_an_object(doudian: Lab, tag: type, data: str) -> None:
    shop = await doudian.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    message = box.message(customer, f"“在吗”\\ {doudian.mark()}")
    (item,) = parsed(box.request(message))
    inside = msgspec.json.decode(item["data"]) if isinstance(item["data"], str) else item["data"]
    item["tag"] = tag(item["tag"])
    item["data"] = inside if data == "object" else msgspec.json.encode(inside).decode()
    assert await box.takes(box.signed(msgspec.json.encode([item]), message))
    assert (await desk.sees(said(message))).text == message.text


async def test_ids_may_be_numbers(doudian: Lab) -> None:
    shop = await doudian.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    messages = [box.message(customer, f"在吗 {doudian.mark()}", server_message_id=str(BIG * 512 + n)) for n in range(2)]
    for message in messages:
        assert await box.takes(_numbered(box, message))
    for message in messages:
        assert (await desk.sees(message.text)).platform_id in (None, "", message.server_message_id)


async def test_the_probe_whose_data_is_no_json_is_answered(doudian: Lab) -> None:
    box = Letterbox(await doudian.shop())
    answer = await box.post(box.platform.probe(box.app, 1))
    assert box.platform.probe_met(answer, 1), f"answered {answer.status} {answer.body!r}"


def _numbered(box: Letterbox, message: Message) -> Request:
    (item,) = parsed(box.request(message))
    inside = msgspec.json.decode(item["data"])
    for name in ("message_id", "conversation_id"):
        inside[name] = int(inside[name])
    return box.signed(msgspec.json.encode([item | {"data": inside}]), message)

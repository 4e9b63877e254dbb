"""GATEWAY-1: a push is taken only where its signature speaks for the very bytes that came."""

from collections.abc import Callable
from typing import Final

import msgspec
import pytest

from suites.lab import Lab
from suites.letterbox import Letterbox, changed, parsed, said
from targets.platform import Message, Request

pytestmark = pytest.mark.promise("GATEWAY-1")


def _each(change: Callable[[str], str | None]) -> Callable[[Letterbox, Message, Request], Request]:
    """Another value in every header that holds the signature."""

    def forge(box: Letterbox, message: Message, right: Request) -> Request:
        return changed(right, {name: change(right.headers[name]) for name in box.signature(message)})

    return forge


def _another_secret(box: Letterbox, message: Message, right: Request) -> Request:
    stranger = box.app.__class__(client_key=box.app.client_key, client_secret="0" * len(box.app.client_secret))
    return box.platform.sign(right.body, (message,), stranger)


def _reserialised(_: Letterbox, __: Message, right: Request) -> Request:
    return right._replace(body=msgspec.json.format(right.body, indent=2))


def _other_words(_: Letterbox, message: Message, right: Request) -> Request:
    return right._replace(body=right.body.replace(message.text.encode(), "请加我".encode()))


def _longer(_: Letterbox, __: Message, right: Request) -> Request:
    return right._replace(body=right.body + b" ")


SINS: Final[dict[str, Callable[[Letterbox, Message, Request], Request]]] = {
    "without a signature": _each(lambda _: None),
    "with an empty signature": _each(lambda _: ""),
    "with a signature cut short": _each(lambda value: value[:-1]),
    "with a signature's first half": _each(lambda value: value[: len(value) // 2]),
    "with something behind the signature": _each(lambda value: value + "0"),
    "with one digit of the signature changed": _each(lambda value: ("1" if value[0] == "0" else "0") + value[1:]),
    "signed by another secret": _another_secret,
    "the same JSON in other bytes": _reserialised,
    "other words under the same signature": _other_words,
    "one byte more": _longer,
}


async def test_what_is_not_rightly_signed_is_refused_and_told_to_nobody(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    for sin, forge in SINS.items():
        message = box.message(customer, f"在吗 {lab.mark()}")
        right = box.request(message)
        assert not await box.takes(forge(box, message, right)), f"a push {sin} was acknowledged"
        assert await box.takes(right), f"the push was refused when it was rightly signed, after one {sin}"
        await desk.sees(said(message))
    told = [event.text for event in desk.events if event.kind == "message"]
    assert len(told) == len(SINS), "something that was refused was told all the same"


async def test_a_message_nobody_wrote_is_told_to_nobody(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    await lab.disturb(customer, forged=True)  # before the real push goes one that is signed with a wrong secret
    first = await customer.say("在吗")
    await desk.sees(first)
    last = await customer.say("有人吗")
    await desk.sees(last)
    assert [event.text for event in desk.events if event.kind == "message"] == [first.text, last.text]


async def test_the_signature_is_checked_over_the_bytes_as_they_came(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk = await shop.customer(), await shop.desk()
    await lab.disturb(customer, html_escaped=True)  # < > & as \\u003c \\u003e \\u0026, signed as it is sent
    asked = await customer.say("能便宜<5>元吗 & 包邮?")
    event = await desk.sees(asked)
    assert event.text == asked.text


async def test_a_signature_stands_for_its_body_whatever_form_the_body_has(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    message = box.message(customer, f"在吗 {lab.mark()}")
    loose = msgspec.json.format(msgspec.json.encode(parsed(box.request(message))), indent=3)
    assert await box.takes(box.signed(loose, message))
    await desk.sees(said(message))

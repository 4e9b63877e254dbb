"""GATEWAY-1: an attacker without the secret, or with yesterday's push in hand, gets nothing told."""

import hashlib
import hmac
from collections.abc import Iterator
from typing import Final

import pytest

from suites.lab import Lab
from suites.letterbox import Letterbox, changed, said
from targets.platform import Message, Request

pytestmark = [pytest.mark.promise("GATEWAY-1"), pytest.mark.owasp("API2:2023 Broken Authentication")]
TRUNCATED: Final = (1, 8, 20)


def _forgeries(box: Letterbox, message: Message, right: Request) -> Iterator[tuple[str, Request]]:
    """Everything that is not the one right signature over these bytes."""
    secret, body = box.app.client_secret.encode(), right.body
    names = box.signature(message)
    guesses = {
        "by the body alone": hashlib.sha1(body).hexdigest(),
        "by sha256 where another was agreed": hashlib.sha256(secret + body).hexdigest(),
        "by md5 of secret and body": hashlib.md5(secret + body).hexdigest(),
        "by a keyed hash where another was agreed": hmac.new(secret, body, hashlib.sha512).hexdigest(),
        "of an empty secret": hashlib.sha1(body).hexdigest(),
        "in a list of signatures": ",".join(right.headers[name] for name in sorted(names)) + ",0",
        "of zeros": "0" * 40,
        "that is no ASCII": "ÿ" * 40,
        "of a megabyte's tenth": "a" * 6000,
    }
    yield "without any", changed(right, dict.fromkeys(names))
    for name, guess in guesses.items():
        yield name, changed(right, dict.fromkeys(names, guess.encode().decode("latin-1")))
    for length in TRUNCATED:
        yield f"of {length} characters", changed(right, {name: right.headers[name][:length] for name in names})
    yield "with bytes appended", right._replace(body=body + b"\n{}")
    yield "with a field appended", right._replace(body=body[:-1] + b',"x":1' + body[-1:])
    yield "with bytes before it", right._replace(body=b" " + body)


async def test_nobody_without_the_secret_is_heard(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    message = box.message(customer, f"转账给我 {lab.mark()}")
    right = box.request(message)
    for name, forged in _forgeries(box, message, right):
        response = await box.post(forged)
        assert not box.platform.acknowledged(response), f"a push with a signature {name} was acknowledged"
        assert response.status < 500, f"a push with a signature {name} was answered {response.status}"
    last = await customer.say("在吗")
    await desk.sees(last)
    assert [event.text for event in desk.events if event.kind == "message"] == [last.text]
    assert await box.takes(right), "nor is it heard with the right signature: the refusals say nothing"
    await desk.sees(said(message))


async def test_a_push_that_was_overheard_and_sent_again_is_told_once(lab: Lab) -> None:
    shop = await lab.shop()
    customer, desk, box = await shop.customer(), await shop.desk(), Letterbox(shop)
    message = box.message(customer, f"在吗 {lab.mark()}")
    overheard = box.request(message)
    assert await box.takes(overheard)
    signed = box.signature(message)
    unsigned = [name for name in overheard.headers if name not in signed and name.lower() == "msg-id"]
    for attempt in range(3):
        await box.post(overheard)
        await box.post(changed(overheard, dict.fromkeys(unsigned, f"new-{attempt}")))
    last = await customer.say("有货吗")
    await desk.sees(last)
    assert desk.times_seen(said(message)) == 1

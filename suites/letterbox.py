"""Crafted pushes: what the platform's profile writes, changed at will, signed as it would be or not at all."""

import random
from collections.abc import Mapping
from itertools import count
from time import time
from typing import Any, Final

import aiohttp
import msgspec
import pytest

from history.run import App
from suites.customer import Customer, Said
from suites.lab import Lab, LabShop
from targets.platform import Happening, Message, Platform, Request, Response

_FIRST: Final = 1_000_000  # up to a thousand times that: where no run begins to count (history.run.first_id)
_ANSWER_S: Final = 10.0
_numbers = count(random.SystemRandom().randrange(_FIRST, 1000 * _FIRST))


class Letterbox:
    """Posts to one shop's webhook, past the gateway, which knows nothing of it."""

    def __init__(self, shop: LabShop) -> None:
        self.platform: Platform = shop.lab.platform
        self.app: App = shop.lab.spec.app
        self._account, self._url = shop.spec.open_id, shop.target.webhook_url
        self._http = shop.lab.run.http

    def message(self, customer: Customer, text: str, event: Happening = "receive", **fields: Any) -> Message:
        """One more of the customer's conversation, under an id that the gateway never gives; `fields` are Message's."""
        number = next(_numbers)
        written = Message(
            event=event,
            server_message_id=self.platform.message_id(number, event),
            conversation=customer.conversation,
            customer_open_id=customer.open_id,
            shop_open_id=self._account,
            nickname="测试顾客",
            text=text,
            place=1000 + number % 1_000_000,
            created_ms=int(time() * 1000),
        )
        return written._replace(**fields)

    def request(self, *messages: Message) -> Request:
        """The push of these messages, rightly signed."""
        return self.signed(self.platform.write(messages, self.app), *messages)

    def signed(self, body: bytes, *messages: Message) -> Request:
        """The push of these bytes, whatever they say, rightly signed."""
        return self.platform.sign(body, messages, self.app)

    def signature(self, *messages: Message) -> frozenset[str]:
        """The names of the headers that hold the signature: those that another body changes."""
        one, two = (self.signed(body, *messages).headers for body in (b"{}", b"[]"))
        return frozenset(name for name in one if one[name] != two[name])

    async def post(self, request: Request) -> Response:
        """Deliver it once; raises TimeoutError or aiohttp.ClientError where there is no answer."""
        timeout = aiohttp.ClientTimeout(total=_ANSWER_S)
        async with self._http.post(self._url, data=request.body, headers=dict(request.headers), timeout=timeout) as got:
            return Response(got.status, await got.read())

    async def takes(self, request: Request) -> bool:
        """Deliver it once; whether the target acknowledged."""
        return self.platform.acknowledged(await self.post(request))


def speaks(lab: Lab, profile: str) -> None:
    """Skip the test (*not verified*) where the platform of the lab is another: its pushes have another shape."""
    if lab.spec.platform_name != profile:
        pytest.skip(f"not offered: the platform profile {profile}")


def said(message: Message) -> Said:
    """What a customer's own message would have been, for Desk.sees."""
    return Said(message.server_message_id, message.place, message.text)


def changed(request: Request, headers: Mapping[str, str | None]) -> Request:
    """The request with these headers changed; None takes one away."""
    kept = {name: value for name, value in request.headers.items() if name not in headers}
    return request._replace(headers=kept | {name: value for name, value in headers.items() if value is not None})


def parsed(request: Request) -> Any:
    """The body as data, to be changed and written again."""
    return msgspec.json.decode(request.body)

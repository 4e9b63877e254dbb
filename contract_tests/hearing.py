"""A shop's other system, in this process: hears the target's outbound events and answers as it was told to."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
import standardwebhooks
from aiohttp import web

from contract_tests.dealings import Data
from suites.lab import LabShop
from suites.receiver import receiving


class Heard(NamedTuple):
    """One attempt as it came: headers in lower case, and the raw body."""

    headers: dict[str, str]
    body: bytes


class Crm:
    """`script` holds the status of its next answers; then it is 204."""

    def __init__(self, url: str = "") -> None:
        self.url = url
        self.script: list[int] = []
        self.heard: asyncio.Queue[Heard] = asyncio.Queue()

    async def handle(self, request: web.Request) -> web.Response:
        """Note an attempt, and answer it."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.heard.put_nowait(Heard(headers, await request.read()))
        return web.Response(status=self.script.pop(0) if self.script else 204)

    async def attempt(self, within_s: float = 10.0) -> Heard:
        """The next attempt as it came; fails where none comes in time."""
        try:
            return await asyncio.wait_for(self.heard.get(), within_s)
        except TimeoutError:
            raise AssertionError(f"no outbound event came within {within_s:g} s") from None

    async def next(self, secret: str) -> tuple[str, Any]:
        """The next attempt, verified as any receiver of Standard Webhooks would: its id and what it tells."""
        headers, body = await self.attempt()
        return headers["webhook-id"], verified(secret, headers, body)


def verified(secret: str, headers: dict[str, str], body: bytes) -> Any:
    """What it tells; fails where its signature is none."""
    try:
        return standardwebhooks.Webhook(secret).verify(body, headers)
    except standardwebhooks.WebhookVerificationError as error:
        raise AssertionError(f"an outbound event is not signed as Standard Webhooks are: {error}") from error


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[Crm]:
    """A receiver on a free port of this machine."""
    crm = Crm()
    async with receiving(crm.handle) as crm.url:
        yield crm


async def subscribe(shop: LabShop, crm: Crm, *events: str) -> Data:
    """Let the shop tell it of these; skips where the target may not call this machine."""
    made = await shop.api("createWebhook", body={"url": crm.url, "events": list(events)}, expect=(201, 422))
    if made.status == 422 and made.body["code"] == "bad_address":
        pytest.skip("not offered: outbound events to this machine (an operator's --allow-host)")
    assert made.status == 201, made.body
    return dict(made.body)

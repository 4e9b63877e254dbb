"""What the checks share: one shop with its agents, one desk, one customer, and pushes made by hand."""

import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random
from typing import Final

import aiohttp

from suites.binding.line import Wrong
from suites.customer import Customer
from suites.desk import Desk
from suites.lab import Lab, LabShop
from targets.interface import Agent, Event
from targets.platform import Message, Request, Response

PATIENCE_S: Final = 10.0
FIRST_ID: Final = 2**53 + 1  # as a double it is its neighbour


class Bench:
    """Filled by the checks as they go; what a check `needs` is there when it runs."""

    def __init__(self, lab: Lab, sample: Path, rng: Random) -> None:
        self.lab, self.sample, self.rng = lab, sample, rng
        self.shop: LabShop
        self.desk: Desk
        self.customer: Customer
        self.conversation = ""  # the customer's, by the target's id
        self.event: Event  # the customer's first message, as the device was told of it
        self._ids = _even_odd(rng)

    @property
    def agent(self) -> Agent:
        """Who sits at the desk."""
        return self.desk.agent

    async def talk(self, text: str = "请问在吗") -> tuple[Customer, Event]:
        """A customer who never came before, and their first message as the desk was told of it."""
        customer = await self.shop.customer()
        return customer, await self.desk.sees(await customer.say(text))

    async def passed(self) -> None:
        """Everything the platform had to push was pushed, and the desk was told of what came after it."""
        await self.lab.settled()
        await self.desk.sees(await self.customer.say("好的"))

    def receive(self, customer: Customer, text: str, place: int) -> Message:
        """A message of a customer that the gateway knows nothing of; ids that follow each other beyond 2^53."""
        return Message(
            "receive",
            str(next(self._ids)),
            customer.conversation,
            customer.open_id,
            self.shop.spec.open_id,
            f"测试{customer.id}",
            text,
            place,
            round(time.time() * 1000),
        )

    async def push(self, message: Message, *, forged: bool = False) -> tuple[bool, int]:
        """Push it to the target as the platform would; whether that was acknowledged, and the status."""
        platform, app = self.lab.platform, self.lab.spec.app
        signer = app if not forged else type(app)(client_key=app.client_key, client_secret=f"{app.client_secret}x")
        request = platform.sign(platform.write([message], app), [message], signer)
        response = await _post(self.lab.run.http, self.shop.target.webhook_url, request)
        return platform.acknowledged(response), response.status


async def _post(http: aiohttp.ClientSession, url: str, request: Request) -> Response:
    try:
        async with http.post(url, data=request.body, headers=dict(request.headers)) as answer:
            return Response(answer.status, await answer.read())
    except (aiohttp.ClientError, OSError) as error:
        raise Wrong(
            f"the webhook {url} cannot be reached: {error or type(error).__name__}", "look at `webhook_url` of shop()"
        ) from error


def _even_odd(rng: Random) -> Iterator[int]:
    """Ids one apart; a reader that makes doubles of them takes two for one."""
    return count(FIRST_ID + 2 * rng.randrange(10**6))

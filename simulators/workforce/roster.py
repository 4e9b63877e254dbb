"""Who works in this run: shops and agents made by the target, and the platform told where to push."""

import asyncio
import ssl
from collections.abc import Iterable

import aiohttp
import msgspec

from history.run import ShopSpec
from targets.interface import Agent, Shop, Target, TargetError

_AT_ONCE = 8  # shops being made at the same time


async def provision(target: Target, shops: Iterable[ShopSpec]) -> list[Agent]:
    """Every shop with its agents, in the order of the specification. Raises TargetError."""
    gate = asyncio.Semaphore(_AT_ONCE)
    staffs = await asyncio.gather(*(_staff(target, want, gate) for want in shops))
    return [agent for staff in staffs for agent in staff]


async def _staff(target: Target, want: ShopSpec, gate: asyncio.Semaphore) -> list[Agent]:
    async with gate:
        shop = await target.shop(want)
        agents = await target.agents(shop, want.agents)
    if len(agents) != want.agents:
        raise TargetError(f"target {target.name}: shop {want.id} needs {want.agents} agents, it gave {len(agents)}")
    return agents


def webhook(shops: Iterable[Shop]) -> str:
    """The one URL to which the platform pushes for this application; TargetError where shops name several."""
    urls = sorted({shop.webhook_url for shop in shops})
    if len(urls) != 1:
        raise TargetError(f"the shops name {len(urls)} webhook URLs ({', '.join(urls)}); an application has one")
    return urls[0]


async def register(
    http: aiohttp.ClientSession, gateway_url: str, key: str, url: str, tls: ssl.SSLContext | None = None
) -> None:
    """Tell the gateway where to push; it probes the URL first. Raises TargetError with the gateway's reason.

    `key` is the run's; `tls` judges the gateway's certificate (None: by what the system trusts).
    """
    where = f"{gateway_url}/_golive/webhook"
    try:
        async with http.post(where, json={"url": url}, headers={"X-Golive-Key": key}, ssl=tls or True) as answer:
            body, status = await answer.read(), answer.status
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise TargetError(f"the gateway at {gateway_url} cannot be reached ({error}); is it running?") from error
    if status != 200:
        raise TargetError(f"the gateway refused the webhook {url}: {_why(body) or f'HTTP {status}'}")


def _why(body: bytes) -> str:
    try:
        told = msgspec.json.decode(body)
        return "\n".join(str(told[language]) for language in ("why", "why_zh") if told.get(language))
    except (msgspec.DecodeError, AttributeError):
        return ""

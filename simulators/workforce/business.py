"""What a target is asked to do beyond passing messages on (scenario table `business`), and its dashboard at the end."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import cast

import msgspec

from fixtures.automatic import Automatic, automatic
from fixtures.script import script_of
from fixtures.shops import shop_of
from history.run import RunSpec
from history.scenario import Business
from history.writer import Writer
from simulators.customers import customer
from simulators.douyin.profiles import profile
from targets.interface import FIGURES, Agent, Automates, HasFigures, Profile, Profiles, Shop, Target, TargetError

VIP_ORDERS, ORDER_FEN = 3, 19_900  # what a repeat buyer has bought before the run
FIGURES_S = 10.0
_MILLIONTHS = 1e6


async def ask(target: Target, spec: RunSpec, staff: Sequence[Agent], writer: Writer) -> None:
    """Set up what the scenario wants, and write down what the target does not offer. Raises TargetError."""
    wanted = spec.scenario.business
    for name in missing(wanted, target):
        writer.add("not_offered", note=name)
    texts = automatic(spec.number, script_of(spec.scenario.talk), wanted)
    if texts != Automatic() and "automatic" in target.offers:
        await asyncio.gather(*(cast(Automates, target).automatic(shop, texts) for shop in _shops(staff)))
    if wanted.profiles and "profiles" in target.offers:
        known = profiles(spec)
        await asyncio.gather(
            *(
                cast(Profiles, target).profiles(shop, known.get(shop.id, ()), [a for a in staff if a.shop == shop])
                for shop in _shops(staff)
            )
        )


def missing(wanted: Business, target: Target) -> list[str]:
    """What the scenario wants and the adapter does not offer."""
    return [name for name, asked in msgspec.structs.asdict(wanted).items() if asked and name not in target.offers]


def profiles(spec: RunSpec) -> dict[str, list[Profile]]:
    """The repeat buyers among the customers who begin the run, by shop.

    Empty where the platform gives accounts only when people come: there orders are pushed (`gateway.order_share`).
    """
    platform, scenario = profile(spec.platform), spec.scenario
    known: dict[str, list[Profile]] = {}
    for slot in range(scenario.customers.concurrency):
        shop = shop_of(slot, spec.shops).id
        who = customer(spec.scenario.seed, slot, shop, scenario.customers.vip_share)
        account = platform.customer_id(1, who.id)
        if account != platform.customer_id(2, who.id):
            return {}
        if who.vip:
            known.setdefault(shop, []).append(Profile(account, VIP_ORDERS, VIP_ORDERS * ORDER_FEN))
    return known


async def read_figures(target: Target, spec: RunSpec, staff: Sequence[Agent], writer: Writer) -> None:
    """Write down each shop's own dashboard, where the scenario wants it and the target has one."""
    if not spec.scenario.business.figures or "figures" not in target.offers:
        return
    for shop in _shops(staff):
        try:
            async with asyncio.timeout(FIGURES_S):
                told = await cast(HasFigures, target).figures(shop)
        except (TargetError, TimeoutError) as error:
            print(f"the dashboard of shop {shop.id} cannot be read: {error}", flush=True)
            continue
        for name in FIGURES:
            if name in told:
                writer.add("figure", shop=shop.id, note=name, n=round(told[name] * _MILLIONTHS))


def _shops(staff: Iterable[Agent]) -> list[Shop]:
    return list(dict.fromkeys(agent.shop for agent in staff))

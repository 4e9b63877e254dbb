"""What a target is asked beyond passing messages: exactly what the scenario wants, and only where it is offered."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from fixtures.automatic import Automatic
from history.run import App, RunSpec, ShopSpec
from history.scenario import Business, Customers, Phase, Scenario
from simulators.workforce import business
from targets.interface import Agent, Profile, Shop, TargetError

EVERYTHING = Business(automatic=True, profiles=True, complaints=True, figures=True)
SHOPS = tuple(
    ShopSpec(id=name, name=name, open_id=name, customers=20, agents=2, capacity=15, authorization_code="x")
    for name in ("s01", "s02")
)
STAFF = [Agent(f"{shop.id}-{n}", Shop(shop.id, shop.id, "http://x"), 15, "") for shop in SHOPS for n in (1, 2)]


def spec(wanted: Business, platform: str = "open-im") -> RunSpec:
    scenario = Scenario(
        name="x",
        title_zh="x",
        title_en="x",
        customers=Customers(concurrency=40, vip_share=0.2),
        gates=(),
        phases=(Phase(name="p", seconds=1, rate=1),),
        business=wanted,
    )
    app = App(client_key="k", client_secret="s")
    return RunSpec(id="r", number=7, scenario=scenario, target="t", app=app, shops=SHOPS, seed=618, platform=platform)


class Everything:
    """A target that offers all of it."""

    name, offers = "everything", frozenset({"automatic", "profiles", "complaints", "figures"})

    def __init__(self) -> None:
        self.texts: dict[str, Automatic] = {}
        self.known: dict[str, tuple[Sequence[Profile], list[str]]] = {}

    async def automatic(self, shop: Shop, texts: Automatic) -> None:
        self.texts[shop.id] = texts

    async def profiles(self, shop: Shop, customers: Sequence[Profile], agents: Sequence[Agent]) -> None:
        self.known[shop.id] = customers, [agent.id for agent in agents]

    async def figures(self, shop: Shop) -> dict[str, float]:
        if shop.id == "s02":
            raise TargetError("no dashboard today")
        return {"rated": 3.0, "round_seconds": 12.5, "secret": 1.0}


class Nothing:
    """A target that only passes messages."""

    name, offers = "nothing", frozenset({"resume"})


async def test_everything_wanted_is_asked_of_each_shop(rows: Any) -> None:
    target = Everything()
    await business.ask(target, spec(EVERYTHING), STAFF, rows.writer)  # type: ignore[arg-type]
    assert set(target.texts) == set(target.known) == {"s01", "s02"}
    assert target.known["s01"][1] == ["s01-1", "s01-2"]
    told = [profile for customers, _ in target.known.values() for profile in customers]
    assert 3 <= len(told) <= 14
    assert all(profile.account.startswith("ou_c") and profile.orders >= 2 for profile in told)
    assert rows.of("not_offered") == []


async def test_what_is_not_offered_is_written_down_and_not_asked(rows: Any) -> None:
    await business.ask(Nothing(), spec(EVERYTHING), STAFF, rows.writer)  # type: ignore[arg-type]
    assert [row.note for row in rows.of("not_offered")] == ["automatic", "profiles", "complaints", "figures"]


async def test_a_scenario_that_wants_nothing_asks_nothing(rows: Any) -> None:
    target = Everything()
    await business.ask(target, spec(Business()), STAFF, rows.writer)  # type: ignore[arg-type]
    await business.read_figures(target, spec(Business()), STAFF, rows.writer)  # type: ignore[arg-type]
    assert (target.texts, target.known, rows.of("figure", "not_offered")) == ({}, {}, [])


async def test_figures_that_are_known_are_recorded_and_a_shop_without_them_is_told(
    rows: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    await business.read_figures(Everything(), spec(EVERYTHING), STAFF, rows.writer)  # type: ignore[arg-type]
    told = [(row.shop, row.note, row.n) for row in rows.of("figure")]
    assert told == [("s01", "rated", 3_000_000), ("s01", "round_seconds", 12_500_000)]
    assert "s02" in capsys.readouterr().out


def test_a_platform_whose_accounts_come_with_the_customers_has_no_profiles_before_them() -> None:
    assert business.profiles(msgspec.structs.replace(spec(EVERYTHING), platform="doudian")) == {}

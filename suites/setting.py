"""What a suite was asked to run against, and the specification of its run."""

import random
import secrets
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from golive import config
from golive.cast import REFERENCE
from golive.failures import Usage
from golive.reach import Reach, settle
from history.run import RunSpec, ShopSpec, first_id
from history.scenario import Customers, Gateway, Phase, Scenario
from simulators.douyin.profiles import absolute, profile
from targets.interface import TargetError
from targets.loading import load

POOL: Final = 4000  # shops a suite may open in one process; the gateway must know their accounts beforehand
_AGENTS: Final = 4
RETRIES_S: Final = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)  # early enough not to wait for, and longer than any restart takes


@dataclass(frozen=True)
class Setting:
    """The target, how it and the gateway reach each other, and how patient the suite is (s)."""

    target: str = config.REFERENCE
    bound: config.TargetConfig | None = None  # None: the bundled reference, started by the suite
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    reach: Reach = field(default_factory=Reach)
    program: tuple[str, ...] = REFERENCE  # what Python runs as the bundled reference
    patience_s: float = 10.0
    real_time_s: float = 0.0  # how long a case may wait for what would be due, where the target has no clock

    @property
    def adapter(self) -> str:
        """The adapter's file, or `reference`."""
        return self.bound.adapter if self.bound else config.REFERENCE


def setting(
    target: str,
    file: Path,
    program: tuple[str, ...] = REFERENCE,
    patience_s: float = 10.0,
    real_time_s: float = 0.0,
) -> Setting:
    """The setting for a target of golive.toml, or for the bundled reference, which has a clock. Raises Usage."""
    if target == config.REFERENCE:
        return Setting(program=program, patience_s=patience_s)
    bound = config.pick(config.load(file), target, file.parent)
    try:
        load(bound.adapter)
    except TargetError as error:
        raise Usage(str(error)) from error
    reach = settle(Reach(), bound, file.parent)
    return Setting(target, bound, config.secrets(bound), reach, program, patience_s, real_time_s)


def specification(
    asked: Setting, name: str, now: datetime, platform: str = "", gateway: Gateway | None = None
) -> RunSpec:
    """The specification of one lab: no load, only accounts. `platform` "" is the adapter's own. Raises ProfileError."""
    settings = gateway or Gateway(retry_s=RETRIES_S, cut_s=5.0)
    adapter = asked.adapter
    speaks_as = platform or absolute(load(adapter).platform, Path(adapter).parent)
    speaks = profile(speaks_as, settings)
    seed = random.SystemRandom().getrandbits(31)
    return RunSpec(
        id=f"{now:%Y%m%d-%H%M%S}-{name}-{seed:08x}",
        number=seed & 0xFFFF,
        scenario=_scenario(name, settings),
        target=asked.target,
        app=speaks.app(random.Random(seed)),
        shops=tuple(_shop(number, speaks.account(number, seed), seed) for number in range(1, POOL + 1)),
        seed=seed,
        platform=speaks_as,
        platform_name=speaks.name,
        own_chat=speaks.own_chat,
        first=first_id(random.SystemRandom()),
        key=secrets.token_urlsafe(24),
    )


def _scenario(name: str, gateway: Gateway) -> Scenario:
    return Scenario(
        name=name,
        title_zh="套件",
        title_en="suite",
        customers=Customers(concurrency=1),
        gates=(),
        phases=(Phase(name="suite", seconds=1.0, rate=0.0),),
        gateway=gateway,
        business_speed=1.0,
    )


def _shop(number: int, account: str, seed: int) -> ShopSpec:
    return ShopSpec(
        id=f"s{number:04d}",
        name=f"测试·套件{number}",
        open_id=account,
        customers=0,
        agents=_AGENTS,
        capacity=15,
        authorization_code=f"code-{seed:08x}-{number}",
    )


def sized(spec: ShopSpec, agents: int, capacity: int) -> ShopSpec:
    """The shop with that many agents, each for so many conversations at once."""
    return msgspec.structs.replace(spec, agents=agents, capacity=capacity)


def trust(ca: str) -> ssl.SSLContext:
    """What the system trusts, and a CA file where one is named."""
    context = ssl.create_default_context()
    if ca:
        context.load_verify_locations(ca)
    return context

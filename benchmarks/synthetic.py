"""A synthetic run as a launch leaves it behind, second by second: faults, retries, duplicates, and a few planted sins.

1,100 customers in 20 shops, 5 agents each with one or two devices; a customer's visit has 40 messages, then another
comes. Every 200th push is doubled, every 500th fails and is retried, devices drop and resume, the service is killed
once, some words are listed, some pushes forged. What nobody may do happens as often as `Sins` says, and no more.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cached_property
from random import Random

from history.run import App, RunSpec, ShopSpec
from history.scenario import Customers, Faults, Phase, Scenario
from history.tokens import token

SHOPS, AGENTS, CUSTOMERS, RATE, VISIT = 20, 5, 1100, 400, 40  # RATE: messages a second
ROWS_A_MESSAGE = 8.36
MS = 1_000_000
S = 1000 * MS
BEGIN = 10 * S
AWAY = 1500 * MS
Fields = dict[str, str | int]
Row = tuple[int, str, Fields]


@dataclass(frozen=True)
class Sins:
    """How often each promise is broken."""

    lost_to_agent: int = 3
    lost_to_customer: int = 4
    duplicated: int = 5
    leaked_across_shops: int = 2


@dataclass
class Town:
    """What the stories share. Times in ns; `length` is how long customers write."""

    length: int
    sins: Sins = Sins()
    rng: Random = field(default_factory=lambda: Random(1))
    rows: dict[str, list[Row]] = field(default_factory=dict)
    said: list[int] = field(default_factory=lambda: [0] * CUSTOMERS)  # messages and replies of the slot's visit
    wrote: list[int] = field(default_factory=lambda: [0] * CUSTOMERS)  # messages of the slot, all visits
    away: dict[str, list[tuple[int, int]]] = field(default_factory=dict)  # device -> spans it was off
    replies: int = 0

    @property
    def messages(self) -> int:
        """How many there will be."""
        return int(RATE * self.length / S)

    @property
    def killed(self) -> tuple[int, int]:
        """When the service was dead."""
        at = BEGIN + self.length // 2
        return at, at + 2 * S

    @cached_property
    def sinful(self) -> dict[str, set[int]]:
        """The numbers of the messages (each of them is answered) that each sin befalls, evenly over the run."""
        return {
            name: {k * self.messages // (often + 1) // 3 * 3 + 30 * which for k in range(1, often + 1)}
            for which, (name, often) in enumerate(asdict(self.sins).items())
        }


def specification(length: int) -> RunSpec:
    """run.json of the synthetic run."""
    seconds = length / S - 20
    scenario = Scenario(
        name="synthetic",
        title_zh="合成",
        title_en="synthetic",
        customers=Customers(concurrency=CUSTOMERS),
        phases=(Phase(name="ramp", seconds=20, rate=RATE), Phase(name="steady", seconds=seconds, rate=RATE)),
        gates=("lost = 0", "sync_latency p99 < 500ms", "open_conversations min >= 1000"),
        faults=Faults(forge_push=0.001, duplicate_push=0.005, device_drop_per_minute=0.05),
    )
    shops = tuple(
        ShopSpec(id=f"s{i:02d}", name="", open_id=f"o{i}", customers=55, agents=5, capacity=15, authorization_code="x")
        for i in range(SHOPS)
    )
    app = App(client_key="k", client_secret="s")
    return RunSpec(id="synthetic", number=1, scenario=scenario, target="reference", app=app, shops=shops, seed=1)


def seconds(town: Town) -> Iterator[dict[str, list[Row]]]:
    """The rows of each stream, ordered, a second at a time, made as they are asked for."""
    town.rows = {"agents": list(_devices(town)), "customers": list(_phases()), "gateway": [], "golive": _kill(town)}
    number = 0
    for second in range((BEGIN + town.length) // S + 90):
        until = (second + 1) * S
        while number < town.messages and (t := _moment(number)) < until:
            _message(town, t + town.rng.randrange(2 * MS), number)
            number += 1
        for stream in ("agents", "customers", "gateway"):
            samples: list[Row] = [(second * S + k * 50 * MS, "lag", {"n": town.rng.randrange(2000)}) for k in range(20)]
            town.rows[stream] += [*samples, (second * S, "cpu", {"n": second * 100_000})]
        yield {stream: _before(rows, until) for stream, rows in town.rows.items()}


def _before(rows: list[Row], until: int) -> list[Row]:
    """Takes what happened before `until` out of the rows."""
    rows.sort(key=lambda row: row[0])
    at = bisect_right(rows, until - 1, key=lambda row: row[0])
    done = rows[:at]
    del rows[:at]
    return done


def _moment(number: int) -> int:
    return BEGIN + int(number * S / RATE)


def _phases() -> Iterator[Row]:
    yield BEGIN, "phase", {"note": "ramp"}
    yield BEGIN + 20 * S, "phase", {"note": "steady"}


def _kill(town: Town) -> list[Row]:
    dead, back = town.killed
    return [
        (dead, "fault", {"note": "kill service begins"}),
        (dead + MS, "died", {"actor": "service", "note": "-9"}),
        (back, "restarted", {"actor": "service"}),
        (back + MS, "fault", {"note": "kill service ends"}),
    ]


def _devices(town: Town) -> Iterator[Row]:
    """Agents come online; each device drops every 20 minutes or so, and all when the service dies."""
    dead, back = town.killed
    for shop in range(SHOPS):
        for i in range(AGENTS):
            agent = f"a{shop:02d}{i}"
            for d in range(1 + i % 2):
                device = f"{agent}/{d + 1}"
                row: Fields = {"shop": f"s{shop:02d}", "actor": agent, "device": device}
                yield 0, "device_on", {**row, "note": "fresh"}
                yield 0, "availability", {**row, "note": "online", "n": 15}
                spans = [*_drops(town, device), (dead, back + 10 * MS)]
                town.away[device] = sorted(spans)
                for off, on in town.away[device]:
                    yield off, "device_off", {**row, "note": "target: gone" if off == dead else "cut"}
                    yield on, "device_on", {**row, "note": "resumed"}


def _drops(town: Town, device: str) -> Iterator[tuple[int, int]]:
    rng = Random(device)
    at = BEGIN + rng.randrange(1200 * S)
    while at < BEGIN + town.length:
        if not town.killed[0] - 5 * S < at < town.killed[1] + 5 * S:
            yield at, at + AWAY
        at += 60 * S + rng.randrange(2400 * S)


def _there(town: Town, device: str, t: int) -> int:
    """When a device sees what happens at `t`: at once, or after it has resumed."""
    spans = town.away[device]
    last = bisect_right(spans, (t, 0)) - 1
    if last >= 0 and t < spans[last][1]:
        off, on = spans[last]
        return on + MS + (t - off) // 1000
    return t


def _message(town: Town, t: int, number: int) -> None:
    """One customer's message on its way to the devices, and every third time an answer."""
    rng, rows = town.rng, town.rows
    slot = number if number < CUSTOMERS else rng.randrange(CUSTOMERS)
    visit, turn = divmod(town.wrote[slot], VISIT)
    town.wrote[slot] += 1
    town.said[slot] = town.said[slot] + 1 if turn else 1
    who, place, shop = f"c{slot + visit * CUSTOMERS:05d}", f"k{slot + visit * CUSTOMERS:05d}", f"s{slot % SHOPS:02d}"
    own, name, index = f"{who}-{turn}", f"@M{number:07d}==", town.said[slot]
    at: Fields = {"shop": shop, "conversation": f"@C{who}==", "actor": who}
    note = "listed" if number % 100 == 0 else ""
    if not turn:
        rows["customers"].append((t - MS, "joined", at))
    rows["customers"].append((t, "intended", {**at, "message": own, "note": note}))
    rows["customers"].append((t + MS, "sent", {**at, "message": own}))
    t += 2 * MS
    rows["gateway"].append((t, "accepted", {**at, "message": name, "ref": own, "n": index}))
    taken = _push(town, t + MS, number, {**at, "message": name})
    agent = f"a{slot % SHOPS:02d}{slot // SHOPS % AGENTS}"
    here: Fields = {"shop": shop, "conversation": place, "actor": agent}
    lost = number in town.sinful["lost_to_agent"]
    for device in _of(slot, agent):
        seen = _there(town, device, taken + MS + rng.randrange(MS))
        where: Fields = {**here, "device": device}
        if not turn:
            rows["agents"].append((seen - 1, "assigned", {**where, "n": 15}))
        if turn == VISIT - 1:
            rows["agents"].append((_there(town, device, taken + S), "released", {**where, "note": "resolved"}))
        if not lost:
            rows["agents"].append((seen, "shown", {**where, "message": name, "ref": f"m{number}", "n": index}))
    if turn == VISIT - 1:
        rows["customers"].append((taken + 1100 * MS, "left", at))
    if number % 3 == 0:
        _reply(town, taken, number, slot, at, {**here, "device": f"{agent}/1"})
    _sin(town, taken + 30 * MS, number, {**here, "device": f"{agent}/1", "message": name, "ref": f"m{number}"}, index)


def _of(slot: int, agent: str) -> list[str]:
    return [f"{agent}/{d + 1}" for d in range(1 + slot // SHOPS % AGENTS % 2)]


def _push(town: Town, t: int, number: int, at: Fields) -> int:
    """The push, with what may befall it; when the target acknowledged it."""
    rows = town.rows["gateway"]
    dead, back = town.killed
    if number % 1000 == 0:
        rows.append((t, "forged", {**at, "message": f"@F{number:07d}=="}))
    if failed := dead <= t < back or number % 500 == 3:
        rows.append((t, "pushed", {**at, "n": 1}))
        rows.append((t + MS, "push_failed", {**at, "n": 1, "note": "status 503"}))
        t = back + 20 * MS + (t - dead) // 100 if dead <= t < back else t + S
    tries = 2 if failed else 1
    if number % 200 == 7:
        rows.append((t, "doubled", at))
        rows.append((t + 2 * MS, "pushed", {**at, "n": tries}))
        rows.append((t + 6 * MS, "acknowledged", {**at, "n": tries}))
    rows.append((t, "pushed", {**at, "n": tries}))
    rows.append((t + 4 * MS, "acknowledged", {**at, "n": tries}))
    return t + 4 * MS


def _reply(town: Town, t: int, number: int, slot: int, at: Fields, where: Fields) -> None:
    """One agent's reply on its way to the customer."""
    town.replies += 1
    town.said[slot] += 1
    name = token(1, slot, town.replies)
    t = _there(town, str(where["device"]), t + 100 * MS + town.rng.randrange(200 * MS))
    note = "listed" if number % 99 == 0 else ""
    rows = town.rows
    rows["agents"].append((t, "answered", {**where, "message": name, "ref": f"@M{number:07d}==", "note": note}))
    rows["agents"].append((t + 3 * MS, "replied", {**where, "message": name, "note": "ok"}))
    if number in town.sinful["lost_to_customer"]:
        return
    taken: Fields = {**at, "message": name, "ref": f"@R{number:07d}=="}
    rows["gateway"].append((t + 5 * MS, "called", {**taken, "note": "ok"}))
    rows["gateway"].append((t + 6 * MS, "delivered", {**taken, "n": town.said[slot]}))
    rows["customers"].append((t + 7 * MS, "received", {**taken, "n": town.said[slot]}))


def _sin(town: Town, t: int, number: int, seen: Fields, index: int) -> None:
    if number in town.sinful["duplicated"]:
        town.rows["agents"].append((_there(town, str(seen["device"]), t), "shown", {**seen, "n": index}))
    if number in town.sinful["leaked_across_shops"]:
        shop = (int(str(seen["shop"])[1:]) + 1) % SHOPS
        elsewhere: Fields = {"shop": f"s{shop:02d}", "actor": f"a{shop:02d}0", "device": f"a{shop:02d}0/1"}
        t = _there(town, f"a{shop:02d}0/1", t)
        town.rows["agents"].append((t, "shown", {**seen, **elsewhere, "n": index}))

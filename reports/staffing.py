"""Who held which conversation when, who was able to take one more, and who therefore had to wait in a queue.

Agents are believed by their own devices: a shop counts as full only where every device of every agent says so, because
"full" excuses a target from delivering. A shop of which no agent was ever seen is not full either.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import polars as pl

_CONTEXT = ("device_on", "device_off", "availability", "assigned", "released")


class Hold(NamedTuple):
    """An agent had a conversation from `begin` to `end` (ns; `open` where it was never seen to end)."""

    shop: str
    agent: str
    place: str  # the target's conversation
    begin: int
    end: int
    open: bool
    note: str = ""  # why it was released


class Excess(NamedTuple):
    """A device was told of one conversation too many."""

    t: int
    shop: str
    agent: str
    device: str
    place: str
    load: int
    capacity: int


@dataclass
class Staff:
    """What the assignment rows of a run add up to. Times in ns."""

    holds: list[Hold] = field(default_factory=list)
    excesses: list[Excess] = field(default_factory=list)
    told: int = 0  # assignments told to devices: the opportunities of capacity
    unlimited: int = 0  # of these, to agents whose capacity nobody told
    online: dict[str, list[tuple[int, int]]] = field(default_factory=dict)  # agent -> connected spans
    free: dict[str, list[tuple[int, int]]] = field(default_factory=dict)  # shop with agents -> spans with an able one


@dataclass
class _Device:
    on: bool = False
    held: set[str] = field(default_factory=set)


@dataclass
class _Agent:
    name: str
    shop: str
    capacity: int
    available: bool = True
    devices: dict[str, _Device] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    online_since: int | None = None

    def able(self) -> bool:
        """Not surely unable: signed off, or full by the count of every device that is connected.

        An agent without a connected device, or of unknown capacity, is no excuse for a queue.
        """
        connected = [device for device in self.devices.values() if device.on]
        full = bool(connected) and 0 < self.capacity <= min(len(device.held) for device in connected)
        return self.available and not full


class _Follower:
    """Walks the assignment rows in time order; small enough to hold the few rules in one place each."""

    def __init__(self, capacity: Mapping[str, int]) -> None:
        self.capacity = capacity
        self.agents: dict[str, _Agent] = {}
        self.able: dict[str, set[str]] = {}
        self.free_since: dict[str, int] = {}
        self.staff = Staff()

    def take(self, row: dict[str, Any]) -> None:
        shop, name, t = row["shop"], row["actor"], row["t"]
        known = self.capacity.get(shop, 0)
        agent = self.agents.setdefault(name, _Agent(name, shop, known))
        device = agent.devices.setdefault(row["device"], _Device()) if row["device"] else _Device()
        getattr(self, f"_{row['kind']}")(agent, device, row)
        self._presence(agent, t)
        self._freedom(agent, t)

    def finish(self, horizon: int) -> Staff:
        for agent in self.agents.values():
            for place, begin in agent.held.items():
                self.staff.holds.append(Hold(agent.shop, agent.name, place, begin, horizon, open=True))
            if agent.online_since is not None:
                self.staff.online.setdefault(agent.name, []).append((agent.online_since, horizon))
        for shop, since in self.free_since.items():
            self.staff.free[shop].append((since, horizon))
        return self.staff

    def _device_on(self, agent: _Agent, device: _Device, row: dict[str, Any]) -> None:
        device.on = True
        if row["note"] == "resumed":
            return
        device.held.clear()  # a fresh connection is told again what is the agent's
        if not any(other.on for other in agent.devices.values() if other is not device):
            for place in list(agent.held):
                self._let_go(agent, place, row["t"], "fresh connection")

    def _device_off(self, _agent: _Agent, device: _Device, _row: dict[str, Any]) -> None:
        device.on = False

    def _availability(self, agent: _Agent, _device: _Device, row: dict[str, Any]) -> None:
        agent.available = row["note"] == "online"
        agent.capacity = row["n"] or agent.capacity

    def _assigned(self, agent: _Agent, device: _Device, row: dict[str, Any]) -> None:
        agent.capacity = agent.capacity or row["n"]
        place = row["conversation"]
        agent.held.setdefault(place, row["t"])
        if place in device.held:
            return
        device.held.add(place)
        self.staff.told += 1
        self.staff.unlimited += not agent.capacity
        if 0 < agent.capacity < len(device.held):
            load = len(device.held)
            self.staff.excesses.append(
                Excess(row["t"], agent.shop, agent.name, row["device"], place, load, agent.capacity)
            )

    def _released(self, agent: _Agent, device: _Device, row: dict[str, Any]) -> None:
        device.held.discard(row["conversation"])
        self._let_go(agent, row["conversation"], row["t"], row["note"])

    def _let_go(self, agent: _Agent, place: str, t: int, note: str) -> None:
        begin = agent.held.pop(place, None)
        if begin is not None:
            self.staff.holds.append(Hold(agent.shop, agent.name, place, begin, t, open=False, note=note))

    def _presence(self, agent: _Agent, t: int) -> None:
        on = any(device.on for device in agent.devices.values())
        if on and agent.online_since is None:
            agent.online_since = t
        elif not on and agent.online_since is not None:
            self.staff.online.setdefault(agent.name, []).append((agent.online_since, t))
            agent.online_since = None

    def _freedom(self, agent: _Agent, t: int) -> None:
        able = self.able.setdefault(agent.shop, set())
        self.staff.free.setdefault(agent.shop, [])
        (able.add if agent.able() else able.discard)(agent.name)
        since = self.free_since.get(agent.shop)
        if able and since is None:
            self.free_since[agent.shop] = t
        elif not able and since is not None:
            self.staff.free[agent.shop].append((self.free_since.pop(agent.shop), t))


def follow(rows: pl.DataFrame, horizon: int, capacity: Mapping[str, int]) -> Staff:
    """Add up the assignment rows. `capacity` (shop -> conversations an agent may hold) serves where no row tells.

    What the harness agreed with the target's adapter (`availability`) and asked for (`capacity`) goes before the number
    the target itself gives with each assignment: a target cannot raise its own limit.
    """
    walker = _Follower(capacity)
    for row in _context(rows):
        walker.take(row)
    return walker.finish(horizon)


def waiting(known: pl.DataFrame, places: pl.DataFrame, staff: Staff, horizon: int) -> pl.DataFrame:
    """Messages pushed while their conversation was nobody's and their shop had nobody able to take it.

    message, free_after (ns after the push, up to the horizon, in which somebody was able), held_after (somebody had
    the conversation later), strangers (conversations held in the shop later in which no message ever appeared: this
    one may be among them).
    """
    pushed = known.filter(pl.col("pushed").is_not_null()).select("message", "shop", "conversation", "pushed")
    idle = _unheld(pushed, staff, places)
    known_places = set(places["place"].cast(pl.String))
    strangers: dict[str, list[int]] = {}
    for hold in staff.holds:
        if hold.place not in known_places:
            strangers.setdefault(hold.shop, []).append(hold.end)
    found = []
    for message, shop, at, last in idle.select("message", pl.col("shop").cast(pl.String), "pushed", "last").iter_rows():
        spans = staff.free.get(shop)
        if spans is None:
            continue
        first = bisect_right(spans, at, key=lambda span: span[1])  # the spans before it have ended by then
        if first == len(spans) or at < spans[first][0]:
            free = sum(min(end, horizon) - begin for begin, end in spans[first:])
            found.append(
                (message, free, last is not None and last > at, sum(end > at for end in strangers.get(shop, ())))
            )
    schema = {"free_after": pl.Int64, "held_after": pl.Boolean, "strangers": pl.Int64}
    return pl.DataFrame(found, schema={"message": known.schema["message"], **schema}, orient="row")


def _unheld(pushed: pl.DataFrame, staff: Staff, places: pl.DataFrame) -> pl.DataFrame:
    """Messages whose conversation no agent held at the push; `last` is when it was held last (ns), null = never."""
    held = pl.DataFrame(
        [(hold.place, hold.begin, hold.end) for hold in staff.holds],
        schema={"place": pl.String, "begin": pl.Int64, "end": pl.Int64},
        orient="row",
    )
    by_name = places.select(pl.col("place").cast(pl.String), "conversation")
    spans = held.join(by_name, on="place").select("conversation", "begin", "end").sort("begin")
    last = spans.group_by("conversation").agg(pl.col("end").max().alias("last"))
    spans = spans.with_columns(pl.col("end").cum_max().over("conversation"))
    at = pushed.sort("pushed").join_asof(
        spans, left_on="pushed", right_on="begin", by="conversation", check_sortedness=False
    )
    idle = at.filter(pl.col("end").is_null() | (pl.col("end") <= pl.col("pushed")))
    return idle.join(last, on="conversation", how="left")


def _context(rows: pl.DataFrame) -> Iterator[dict[str, Any]]:
    context = rows.filter(pl.col("kind").is_in(_CONTEXT)).sort("t", "row")
    names = pl.col("kind", "shop", "conversation", "actor", "device", "note").cast(pl.String)
    return context.select("t", "n", names).iter_rows(named=True)

"""The state machine: which things happen in a shop, in any order; what they do is in acts.py.

What is drawn never depends on the target's state, so that an example is the same one when it is played again: a step is
about the one at a place among those it may be about. An example has a theme, a table of what happens how often in it:
each promise is tried where it can be broken, and not once in a thousand steps. Hypothesis draws an example's seed, and
the seed all the rest: Hypothesis' own draws prefer the first of a table by far.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from security_tests.routing.acts import Shop
from security_tests.routing.floor import NEEDED, Floor
from security_tests.routing.people import GUESTS, NAMES, Hired, Level
from security_tests.routing.shrinking import Example, Step

LEVELS: Final[tuple[Level, ...]] = ("regular", "trainee", "senior", "dedicated")
PLACES: Final = 360_360  # the length of any table up to 15 divides it
CHANGES: Final = (("capacity", 1), ("certified", 0), ("certified", 1), ("spare", 0), ("spare", 1), ("capacity", 3))
JUMPS: Final = (5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 3600.0, 43_200.0, 86_400.0)
SALES: Final = (
    (True, None, None),
    (True, None, 300.0),
    (True, 60.0, 300.0),
    (True, 600.0, 3600.0),
    (False, None, None),
)
HOURS: Final = ((True, 0.0), (False, 0.0), (True, 45.0), (False, 45.0), (True, 3600.0), (False, 3600.0))

WORDS: Final = ("online", "online", "away", "offline", "offline")
NAPS_S: Final = (17.0, 47.0, 77.0, 777.0)  # no sum of JUMPS: two clocks at one moment strike in no order
SHIFTS: Final = ((True, 0.0), (False, 0.0), (True, 43.0), (False, 43.0), (True, 707.0))

THEMES: Final[Mapping[str, str]] = {
    "a rush": "writes writes begins begins resolves leaves says says device terms transfers urges urges waits sells",
    "old acquaintances": "begins begins comes_again comes_again resolves resolves orders names says terms neighbours",
    "the clocks": "begins answers reads reads waits strikes strikes transfers opens resolves device urges snoozes",
    "complaints": "begins complains complains answers answers reads days days closes closes strikes",
    "the hours": "writes begins begins comes_again opens opens edge edge waits strikes sells terms",
    "laid aside": "writes begins begins snoozes snoozes shifts shifts says waits strikes transfers resolves terms",
    "the bot": "bot begins begins greets greets greets wishes fetches says waits strikes resolves reads",
}
LOST: Final = {"devices are lost": "writes begins begins resolves loses loses loses says transfers snoozes waits"}
NEEDS: Final = {
    **{"orders": "importOrder", "urges": "updateConversation", "names": "changeCustomer", "sells": "putBigSale"},
    **{"complains": "openComplaint", "closes": "closeComplaint", "opens": "putAutoReplies"},
    **{"snoozes": "snoozeConversation", "shifts": "putShifts", "bot": "putBot", "fetches": "handOver"},
    **dict.fromkeys(("waits", "strikes", "days", "edge"), "advanceClock"),
}


# What stands in a table -> what it does in a shop, where these differ from its name with or without an s.
ACTS: Final = {
    **{"begins": "write", "comes_again": "resolve", "greets": "write", "wishes": "write", "leaves": "resolve"},
    **{"says": "say", "device": "cut_or_back", "loses": "lose_or_find", "terms": "change", "shifts": "plan_shift"},
    **{"names": "name_for", "opens": "open_or_close", "edge": "write_at_the_edge", "days": "wait"},
    **{"bot": "let_the_bot", "closes": "close_complaint", "fetches": "fetch_a_person", "neighbours": "neighbours"},
}


class Days(RuleBasedStateMachine):
    """One example. `opened` makes its shop, or None where no time is left; `ended` is told of it at the end."""

    def __init__(
        self,
        opened: Callable[[Sequence[Hired]], Shop | None],
        ended: Callable[[Shop], None],
        themes: Mapping[str, str] = THEMES,
    ) -> None:
        super().__init__()
        self._opened, self._ended, self._themes = opened, ended, themes
        self.shop: Shop
        self.staff: tuple[Hired, ...] = ()
        self.steps: list[Step] = []
        self.theme: list[str] = []

    @initialize(seed=st.integers(0, 2**63 - 1))
    def opens_its_doors(self, seed: int) -> None:
        self.draw = random.Random(seed)
        staff = _staff(self.draw)
        theme, known = self.draw.choice(sorted(self._themes)), self.draw.random() < 0.5
        shop = self._opened(staff)
        if shop is None:
            return
        self.shop, self.staff = shop, staff
        self.theme = [act for act in self._themes[theme].split() if self.shop.floor.has(NEEDS.get(act, "reply"))]
        if known and self.shop.floor.has("importOrder"):
            for name, fen in ((GUESTS[-1], 1), (GUESTS[-1], 1), (GUESTS[-2], 100_000)):
                self.do("order", name, fen)
        if "bot" in self.theme:
            self.do("let_the_bot", True)

    @rule()
    def happens(self) -> None:
        """Whatever the theme has at some place, to the one at a place, in another place's way."""
        if self.staff:
            what, pick, other = (self.draw.randrange(PLACES) for _ in range(3))
            getattr(self, f"_{at(what, self.theme)}")(pick, other)

    def _writes(self, pick: int, _: int) -> None:
        self.do("write", at(pick, GUESTS))

    def _begins(self, pick: int, _: int) -> None:
        self.do("write", self.one(pick, "", "resolved") or at(pick, GUESTS))

    def _comes_again(self, pick: int, other: int) -> None:
        if name := self.one(pick, "resolved"):
            self.do("write", name)
        elif name := self.one(pick, "open"):
            self.do("resolve", name)
            if other % 2:
                self.do("write", name)

    def _resolves(self, pick: int, _: int) -> None:
        self.do("resolve", self.one(pick, "open"))

    def _leaves(self, pick: int, _: int) -> None:
        self.do("resolve", self.one(pick, "queued", "bot"))

    def _orders(self, pick: int, other: int) -> None:
        self.do("order", at(pick, GUESTS), at(other, (1, 1, 100_000)))

    def _urges(self, pick: int, _: int) -> None:
        self.do("urge", self.one(pick, "queued") or self.one(pick, "open"))

    def _names(self, pick: int, other: int) -> None:
        self.do("name_for", self.one(pick, "queued", "open", "resolved"), self.agent(other))

    def _answers(self, pick: int, _: int) -> None:
        self.do("answer", self.one(pick, "open"))

    def _reads(self, pick: int, _: int) -> None:
        self.do("read", self.one(pick, "open"))

    def _transfers(self, pick: int, other: int) -> None:
        self.do("transfer", self.one(pick, "open", "snoozed"), self.agent(other) if other % 3 else "")

    def _says(self, pick: int, other: int) -> None:
        self.do("say", self.agent(pick), at(other, WORDS))

    def _device(self, pick: int, _: int) -> None:
        self.do("cut_or_back", self.agent(pick))

    def _loses(self, pick: int, _: int) -> None:
        self.do("lose_or_find", self.agent(pick))

    def _snoozes(self, pick: int, other: int) -> None:
        self.do("snooze", self.one(pick, "open", "snoozed"), at(other, NAPS_S))

    def _shifts(self, pick: int, other: int) -> None:
        self.do("plan_shift", self.agent(pick), *at(other, SHIFTS))

    def _bot(self, pick: int, _: int) -> None:
        self.do("let_the_bot", bool(pick % 4))

    def _greets(self, pick: int, _: int) -> None:
        self.do("write", self.one(pick, "", "resolved", "bot") or at(pick, GUESTS), "greets")

    def _wishes(self, pick: int, _: int) -> None:
        self.do("write", self.one(pick, "bot") or at(pick, GUESTS), "wishes")

    def _fetches(self, pick: int, _: int) -> None:
        self.do("fetch_a_person", self.one(pick, "bot"))

    def _terms(self, pick: int, other: int) -> None:
        self.do("change", self.agent(pick), *at(other, CHANGES))

    def _sells(self, pick: int, _: int) -> None:
        self.do("sell", *at(pick, SALES))

    def _opens(self, pick: int, _: int) -> None:
        self.do("open_or_close", *at(pick, HOURS))

    def _edge(self, pick: int, _: int) -> None:
        self.do("write_at_the_edge", tuple(at(pick + number, GUESTS) for number in range(3)))

    def _waits(self, pick: int, _: int) -> None:
        self.do("wait", at(pick, JUMPS))

    def _days(self, pick: int, _: int) -> None:
        self.do("wait", at(pick, (43_200.0, 90_000.0)))

    def _strikes(self, _: int, __: int) -> None:
        self.do("strike")

    def _complains(self, pick: int, _: int) -> None:
        self.do("complain", self.one(pick, "open", "queued"))

    def _closes(self, pick: int, other: int) -> None:
        complained = [name for name, watch in self.shop.oracle.watches.items() if watch.complaint]
        if complained:
            self.do("close_complaint", at(pick, complained), bool(other % 2))

    def _neighbours(self, _: int, __: int) -> None:
        self.do("neighbours")

    def teardown(self) -> None:
        """Tell of the end."""
        if self.staff:
            self._ended(self.shop)

    @property
    def example(self) -> Example:
        """What was done so far."""
        return Example(self.staff, tuple(self.steps))

    def do(self, act: str, *about: object) -> None:
        """Do one thing; nothing where there is nobody to do it to."""
        if about and about[0] == "":
            return
        self.steps.append(Step(act, about))
        self.shop.play(act, about)

    def one(self, pick: int, *states: str) -> str:
        """The customer at a place among those whose conversations are in these states, "" where there is none."""
        some = self.shop.those(*states)
        return at(pick, some) if some else ""

    def agent(self, pick: int) -> str:
        """The agent at a place."""
        return NAMES[pick % len(self.staff)]


def at(place: int, some: Sequence[Any]) -> Any:
    """What is at a place, counted round and round."""
    return some[place % len(some)]


def acts_of(floor: Floor, themes: Mapping[str, str]) -> frozenset[str]:
    """What will be done in a shop of a target that offers this much."""
    words = {word for table in themes.values() for word in table.split()}
    return frozenset(ACTS.get(word, word.removesuffix("s")) for word in words if floor.has(NEEDS.get(word, "reply")))


def missing(floor: Floor) -> str:
    """What the machine cannot do without and the target does not offer, "" where all is there."""
    return next((name for name in NEEDED if not floor.has(name)), "")


def _staff(draw: random.Random) -> tuple[Hired, ...]:
    # A team of one of each kind shows whom the rules prefer, one of people alike whom the load prefers.
    levels = draw.choices(LEVELS, k=draw.randint(2, len(NAMES))) if draw.random() < 0.5 else draw.sample(LEVELS, 4)
    return tuple(Hired(level, draw.randint(1, 3), draw.random() < 0.8, draw.random() < 0.2) for level in levels)

"""The state machine: which things happen in a shop, in any order; what they do is in acts.py.

What is drawn never depends on the target's state, so that an example is the same one when it is played again: a step is
about the one at a place among those it may be about. An example has a theme, a table of what happens how often in it:
each promise is tried where it can be broken, and not once in a thousand steps.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from security_tests.routing.acts import GUESTS, NAMES, Hired, Shop
from security_tests.routing.floor import NEEDED, Floor
from security_tests.routing.shrinking import Example, Step

PLACE: Final = st.sampled_from(range(60))
LEVELS: Final = st.sampled_from(("regular", "trainee", "senior", "dedicated"))
# A team of one of each kind shows whom the rules prefer, one of people alike whom the load prefers.
TEAMS: Final = st.lists(LEVELS, min_size=2, max_size=len(NAMES)) | st.permutations(
    ("regular", "trainee", "senior", "dedicated")
)
TERMS: Final = st.tuples(
    st.integers(1, 3),  # capacity
    st.sampled_from((True, True, True, True, False)),  # certified
    st.sampled_from((False, False, False, False, True)),  # spare
)
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

THEMES: Final[Mapping[str, str]] = {
    "a rush": "writes writes begins begins resolves leaves says device terms transfers urges waits sells",
    "old acquaintances": "begins begins comes_again comes_again resolves resolves orders names says terms neighbours",
    "the clocks": "writes begins answers reads waits strikes strikes transfers opens resolves device urges",
    "complaints": "begins complains complains answers answers days days closes closes strikes",
    "the hours": "writes begins begins comes_again opens opens edge edge waits strikes sells terms",
}
NEEDS: Final = {
    **{"orders": "importOrder", "urges": "updateConversation", "names": "changeCustomer", "sells": "putBigSale"},
    **{
        "opens": "putAutoReplies",
        "waits": "advanceClock",
        "strikes": "advanceClock",
        "days": "advanceClock",
        "edge": "advanceClock",
    },
    **{"complains": "openComplaint", "closes": "closeComplaint"},
}


class Days(RuleBasedStateMachine):
    """One example. `opened` makes its shop, or None where no time is left; `ended` is told of it at the end."""

    def __init__(self, opened: Callable[[Sequence[Hired]], Shop | None], ended: Callable[[Shop], None]) -> None:
        super().__init__()
        self._opened, self._ended = opened, ended
        self.shop: Shop
        self.staff: tuple[Hired, ...] = ()
        self.steps: list[Step] = []
        self.theme: list[str] = []

    @initialize(theme=st.sampled_from(sorted(THEMES)), team=TEAMS, data=st.data(), known=st.booleans())
    def opens_its_doors(self, theme: str, team: list[Any], data: st.DataObject, known: bool) -> None:
        terms = data.draw(st.tuples(*(TERMS for _ in team)))
        staff = tuple(Hired(level, *each) for level, each in zip(team, terms, strict=True))
        shop = self._opened(staff)
        if shop is None:
            return
        self.shop, self.staff = shop, staff
        self.theme = [act for act in THEMES[theme].split() if self.shop.floor.has(NEEDS.get(act, "reply"))]
        if known and self.shop.floor.has("importOrder"):
            for name, fen in ((GUESTS[-1], 1), (GUESTS[-1], 1), (GUESTS[-2], 100_000)):
                self.do("order", name, fen)

    @rule(what=PLACE, pick=PLACE, other=PLACE)
    def happens(self, what: int, pick: int, other: int) -> None:
        """Whatever the theme has at that place, to the one at a place, in another place's way."""
        if self.staff:
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
        self.do("resolve", self.one(pick, "queued"))

    def _orders(self, pick: int, other: int) -> None:
        self.do("order", at(pick, GUESTS), at(other, (1, 1, 100_000)))

    def _urges(self, pick: int, _: int) -> None:
        self.do("urge", self.one(pick, "queued"))

    def _names(self, pick: int, other: int) -> None:
        self.do("name_for", self.one(pick, "queued", "open", "resolved"), self.agent(other))

    def _answers(self, pick: int, _: int) -> None:
        self.do("answer", self.one(pick, "open"))

    def _reads(self, pick: int, _: int) -> None:
        self.do("read", self.one(pick, "open"))

    def _transfers(self, pick: int, other: int) -> None:
        self.do("transfer", self.one(pick, "open"), self.agent(other) if other % 3 else "")

    def _says(self, pick: int, other: int) -> None:
        self.do("say", self.agent(pick), at(other, ("online", "away", "offline")))

    def _device(self, pick: int, _: int) -> None:
        self.do("cut_or_back", self.agent(pick))

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
        getattr(self.shop, act)(*about)

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


def missing(floor: Floor) -> str:
    """What the machine cannot do without and the target does not offer, "" where all is there."""
    return next((name for name in NEEDED if not floor.has(name)), "")

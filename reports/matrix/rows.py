"""One state for each promise, from the cases that speak of it. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from reports.conformance import Case
from reports.matrix.accepted import Accepted, bearing
from reports.matrix.promises import Promise, catalogue
from reports.model import State

WORST_FIRST: tuple[State, ...] = ("broken", "unknown", "holds", "not verified")
NO_CASE = "no case of this run speaks of it"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One promise: its state, how its cases went, and the smallest counter-example.

    `gaps` are the reasons why something of it was not verified, also where the rest holds.
    """

    promise: str
    text: str
    text_zh: str
    area: str
    state: State
    required: bool  # the suite owes an answer to it
    holds: int = 0
    broken: int = 0
    unknown: int = 0
    not_verified: int = 0
    example: str = ""  # the case's id
    happened: str = ""
    again: str = ""
    gaps: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()  # why something of it is unknown
    accepted: str = ""  # every failure of it is borne: why, who, until when
    elsewhere: str = ""  # where another run judged it: "rehearsal"

    @property
    def cases(self) -> int:
        """How many cases speak of it."""
        return self.holds + self.broken + self.unknown + self.not_verified


def rows(cases: Sequence[Case], owed: Sequence[str], accepted: Sequence[Accepted], today: date) -> tuple[Row, ...]:
    """A row for each promise that is owed or that a case speaks of, in the catalogue's order, strangers last."""
    spoken = {promise for case in cases for promise in case.promises}
    known = [each for each in catalogue() if each in spoken or each in owed]
    strangers = sorted(spoken - set(known))
    return tuple(_row(each, cases, each in owed, accepted, today) for each in (*known, *strangers))


def state_of(states: Iterable[State]) -> State:
    """The one state of several: broken before unknown before holds; without any of these, not verified."""
    found = set(states)
    return next((state for state in WORST_FIRST if state in found), "not verified")


def smallest(broken: Sequence[Case]) -> Case | None:
    """The counter-example that is told in the fewest lines, then letters."""
    return min(broken, key=lambda case: (case.happened.count("\n"), len(case.happened), case.id), default=None)


def _row(promise: str, cases: Sequence[Case], required: bool, accepted: Sequence[Accepted], today: date) -> Row:
    own = [case for case in cases if promise in case.promises]
    told = catalogue().get(promise) or Promise(id=promise, text="", text_zh="")
    broken = [case for case in own if case.state == "broken"]
    example = smallest(broken)
    borne = [bearing(case, promise, accepted, today) for case in broken]
    return Row(
        promise=promise,
        text=told.text,
        text_zh=told.text_zh,
        area=told.area,
        state=state_of(case.state for case in own),
        required=required,
        holds=sum(case.state == "holds" for case in own),
        broken=len(broken),
        unknown=sum(case.state == "unknown" for case in own),
        not_verified=sum(case.state == "not verified" for case in own),
        example=example.id if example else "",
        happened=example.happened if example else "",
        again=example.again if example else "",
        gaps=_reasons(own, "not verified") if own else (NO_CASE,),
        doubts=_reasons(own, "unknown"),
        accepted="; ".join(dict.fromkeys(borne)) if borne and all(borne) else "",
    )


def _reasons(cases: Iterable[Case], state: State) -> tuple[str, ...]:
    return tuple(dict.fromkeys(case.reason or "no reason was told" for case in cases if case.state == state))

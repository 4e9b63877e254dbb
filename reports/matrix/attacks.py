"""The attacks by the item of OWASP's lists that each is about. Pure."""

from collections.abc import Sequence

import msgspec

from reports.conformance import Case
from reports.matrix.rows import state_of
from reports.model import State


class Attack(msgspec.Struct, frozen=True, kw_only=True):
    """One item, and how its cases went."""

    item: str  # "API1:2023 Broken Object Level Authorization"
    state: State
    holds: int
    broken: int
    unknown: int
    not_verified: int


def attacks(cases: Sequence[Case]) -> tuple[Attack, ...]:
    """Every item that a case names, in the order of their names."""
    items = sorted({item for case in cases for item in case.owasp})
    return tuple(_attack(item, [case.state for case in cases if item in case.owasp]) for item in items)


def _attack(item: str, states: Sequence[State]) -> Attack:
    return Attack(
        item=item,
        state=state_of(states),
        holds=states.count("holds"),
        broken=states.count("broken"),
        unknown=states.count("unknown"),
        not_verified=states.count("not verified"),
    )

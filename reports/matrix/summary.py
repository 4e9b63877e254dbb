"""summary.json of a suite's run: the verdict and every promise, for machines (docs/results.md)."""

from datetime import date

import msgspec

from reports.conformance import Suite
from reports.filter_figures import FilterFigures
from reports.matrix.attacks import Attack, attacks
from reports.matrix.matrix import STATES, Matrix, word
from reports.matrix.ordering import ordered
from reports.matrix.rows import Row


class Listed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of accepted.toml."""

    name: str
    reason: str
    owner: str
    expires: date


class Summary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole document; its schema is summary.schema.json beside this file. `promises` and `cases` count states."""

    schema: int
    suite: Suite
    verdict: str
    exit_code: int
    demo: bool
    part: bool
    reasons: tuple[str, ...]
    target: str
    target_version: str
    platform: str
    started: str
    seconds: float
    command: str
    selected: tuple[str, ...]
    offers: tuple[str, ...]
    promises: dict[str, int]
    cases: dict[str, int]
    matrix: tuple[Row, ...]
    accepted: tuple[Listed, ...]
    filter: FilterFigures | None
    owasp: tuple[Attack, ...]


def summary(m: Matrix) -> Summary:
    """The document of a judged run."""
    r = m.results
    return Summary(
        schema=1,
        suite=r.suite,
        verdict=word(m),
        exit_code=m.exit_code,
        demo=m.demo,
        part=m.part,
        reasons=m.reasons,
        target=r.target,
        target_version=r.target_version,
        platform=r.platform,
        started=r.started,
        seconds=r.seconds,
        command=r.command,
        selected=r.selected,
        offers=r.offers,
        promises={state: m.count(state) for state in STATES},
        cases={state: m.cases(state) for state in STATES},
        matrix=m.rows,
        accepted=tuple(Listed(name=e.name, reason=e.reason, owner=e.owner, expires=e.expires) for e in m.accepted),
        filter=ordered(r.filter),
        owasp=attacks(r.cases),
    )

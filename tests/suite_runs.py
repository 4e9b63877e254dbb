"""Cases and runs of a suite, written short, for tests."""

from typing import Any

import msgspec

from reports.conformance import Case, Conformance
from reports.filter_figures import CleanTalk, FilterFigures, Recall, Relation
from reports.matrix.promises import owed


def case(name: str, state: str = "holds", reason: str = "", happened: str = "", promises: tuple[str, ...] = ()) -> Case:
    """`SYNC-1/a` with its state."""
    named = promises or ((name.partition("/")[0],) if "/" in name else ())
    return msgspec.convert(
        {
            "id": name,
            "promises": named,
            "state": state,
            "seconds": 0.5,
            "reason": reason,
            "happened": happened,
            "again": f"golive contract --case {name}" if state == "broken" else "",
        },
        Case,
    )


def ran(*cases: Case, **fields: Any) -> Conformance:
    """A run of the contract suite with these cases."""
    told = {
        "suite": "contract",
        "target": "desk",
        "target_version": "7.1",
        "started": "2026-11-28T18:15:02+08:00",
        "seconds": 61.5,
        "command": "golive contract --target desk",
        "platform": "open-im",
        "cases": cases,
        "offers": ("resume",),
        "selected": (),
        "planned": len(cases),
        **fields,
    }
    return Conformance(**told)


def whole(suite: str = "contract", **fields: Any) -> Conformance:
    """A run in which every promise that the suite owes holds by one case."""
    cases = fields.pop("cases", tuple(case(f"{each}/kept") for each in owed(suite)))  # type: ignore[arg-type]
    return ran(*cases, suite=suite, **fields)


def staging() -> Conformance:
    """The security suite against a staging system: something broken, unknown, skipped and measured."""
    told = whole("security", target="shop-desk staging", target_version="2026.11.3-rc2", seconds=187.4)
    story = (
        "promised:\n  TENANT-1: no shop sees, changes or disturbs another's data, on any path\n"
        "seen:\n  GET /conversations/c-881 answered 200 to an agent of another shop\n"
        "what happened:\n    0.412 customer s0007-c1  says “在吗” <b>@aGk4Nzc==</b>\n"
        "    0.655 agent s0008-a01    reads c-881\n"
        "see it again:\n  golive security --case TENANT-1/foreign_conversation"
    )
    changed = (
        case("TENANT-1/foreign_conversation[GET /conversations/{id}]", "broken", "answered 200", story),
        case("KNOW-1/search_finds_the_planted_article", "broken", "0 of 1", "promised:\n  KNOW-1\nseen:\n  0 of 1"),
        case("FILTER-4/time_is_linear", "unknown", "the lab was too slow to measure: 3 s"),
        case("AUDIT-1/a_cut_tail_is_detected", "not verified", "not offered: may_harm tamper"),
        case("TIER-1/the_clocks_fire_once", "not verified", "not offered: clock"),
        case("HOURS-1/kept", "holds"),
        case("HOURS-1/to_the_millisecond", "not verified", "not offered: clock"),
    )
    kept = tuple(each for each in told.cases if not {"TENANT-1", "AUDIT-1", "TIER-1"} & set(each.promises))
    figures = FilterFigures(
        classes=(
            Recall("full_width", True, 200, 200),
            Recall("pinyin", True, 200, 199),
            Recall("reversed", False, 80, 0),
            Recall("emoji", True, 0, 0),
        ),
        clean=(CleanTalk("near misses", 120, 2), CleanTalk("orders", 60, 0)),
        relations=(Relation("masks are idempotent", 300, 0), Relation("monotone in the list", 300, 1)),
    )
    item = "API1:2023 Broken Object Level Authorization"
    changed = (msgspec.structs.replace(changed[0], owasp=(item,)), *changed[1:])
    cases = (*kept, *changed)
    return msgspec.structs.replace(told, cases=cases, planned=len(cases), filter=figures)

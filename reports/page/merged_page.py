"""The page of several runs put together: one banner, what it rests on, the suites, and the rehearsal's own sections."""

from typing import Any

from reports.matrix.merge import REHEARSAL, Merged, Part
from reports.page import figures, reasons
from reports.page.banner import Banner
from reports.page.suite_page import sections
from reports.page.view import Fact, date, view
from reports.page.words import LANGUAGES, Text, name, phrase, same, say, table

SUITE, WITH_REHEARSAL = "suite_page.html.j2", "merged.html.j2"
_KINDS = (REHEARSAL, "contract", "security")
_LOOKS = {"GO": "go", "GO WITH CONDITIONS": "conditions", "NO-GO": "nogo", "INVALID": "invalid"}


def banner(merged: Merged) -> Banner:
    """Only a rehearsal among the runs, and no demonstration, makes it 可以上线."""
    look = _LOOKS[merged.verdict]
    if look in ("go", "conditions") and (merged.demo or not merged.judgement):
        look = ("demo" if merged.demo else "suite") + ("" if look == "go" else "_conditions")
    meaning = {"nogo": "suite_nogo", "go": "merged_go", "invalid": "merged_invalid"}.get(look, look)
    return Banner(look, say(f"banner.{look}"), " / " if look not in _LOOKS.values() else " ", say(f"meaning.{meaning}"))


def headline(merged: Merged) -> str:
    """The verdict in words, in both languages."""
    return banner(merged).line


def merged_page(merged: Merged, golive: str = "") -> tuple[dict[str, Any], str]:
    """The page's content and the template for it."""
    content: dict[str, Any] = view(merged.judgement)._asdict() if merged.judgement else _without_rehearsal(merged)
    told = [phrase(figures.visible(reason)) for reason in merged.reasons]
    content |= {
        "banner": banner(merged),
        "facts": facts(merged),
        "reasons": reasons.first(told),
        "suites": sections(merged.matrices, merged.rows),
        "parts": merged.parts,
        "made_by": say("page.made_by", version=figures.visible(golive)),
    }
    return content, WITH_REHEARSAL if merged.judgement else SUITE


def facts(merged: Merged) -> list[Fact]:
    """Target, version, the latest run's date, and what the verdict rests on."""
    version = same(figures.visible(merged.target_version)) if merged.target_version else say("page.unnamed_version")
    latest = max((part.started for part in merged.parts), default="")
    return [
        Fact(say("page.target"), same(figures.visible(merged.target))),
        Fact(say("page.version"), version),
        Fact(say("page.date"), same(date(latest))),
        Fact(say("page.rests_on"), _rests_on(merged.parts)),
    ]


def _rests_on(parts: tuple[Part, ...]) -> Text:
    kinds = {part.kind: part for part in parts}
    told = [_kind(kind, kinds.get(kind)) for kind in _KINDS]
    return Text(*(" · ".join(text.of(language) for text in told) for language in LANGUAGES))


def _kind(kind: str, part: Part | None) -> Text:
    named = name("suite", kind)
    if part is None:
        return say("suite.not_run", suite=named)
    return named if part.whole else say("suite.part_of", suite=named)


def _without_rehearsal(merged: Merged) -> dict[str, Any]:
    commands = "\n".join(figures.visible(m.results.command) for m in merged.matrices)
    limits = [say(f"suite_limit.{key}") for key in table()["suite_limit"]]
    return {"waivers": (), "command": commands, "repeat": [], "limits": limits}

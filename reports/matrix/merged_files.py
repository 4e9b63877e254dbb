"""summary.json, summary.md and junit.xml of several runs put together (docs/results.md)."""

from xml.etree import ElementTree

import msgspec

from reports import summary as rehearsal
from reports.matrix.junit import junit as suite_junit
from reports.matrix.markdown import row_line
from reports.matrix.merge import Merged, Part, merged_word
from reports.matrix.rows import Row
from reports.page.merged_page import headline
from reports.plain import cell, clean


class MergedSummary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole document; its schema is merged.schema.json beside this file."""

    schema: int
    verdict: str
    exit_code: int
    demo: bool
    reasons: tuple[str, ...]
    target: str
    target_version: str
    parts: tuple[Part, ...]
    matrix: tuple[Row, ...]


def merged_summary(m: Merged) -> MergedSummary:
    """The document of a merged verdict."""
    return MergedSummary(
        schema=1,
        verdict=merged_word(m),
        exit_code=m.exit_code,
        demo=m.demo,
        reasons=m.reasons,
        target=m.target,
        target_version=m.target_version,
        parts=m.parts,
        matrix=m.rows,
    )


def merged_markdown(m: Merged) -> str:
    """The verdict, why, the runs it rests on, and the matrix."""
    lines = [
        f"# {headline(m)}",
        "",
        f"{cell(m.target)} {cell(m.target_version)}".rstrip(),
        "",
        *(f"- {cell(reason)}" for reason in m.reasons),
        *([""] if m.reasons else []),
        "| run | kind | started | verdict |",
        "|---|---|---|---|",
        *(
            f"| {cell(p.run)} | {p.kind}{'' if p.whole else ' (part)'} | {cell(p.started)} | {p.word} |"
            for p in m.parts
        ),
        "",
        "| promise | state | holds | broken | unknown | not verified | remark |",
        "|---|---|---|---|---|---|---|",
        *(row_line(row) for row in m.rows),
        "",
    ]
    return "\n".join(lines)


def merged_junit(m: Merged) -> bytes:
    """Each run's own cases as a suite of its own, and the verdict over all as one more case."""
    root = ElementTree.Element("testsuites", name="golive")
    if m.judgement:
        root.append(ElementTree.fromstring(rehearsal.junit(m.judgement)))
    for matrix in m.matrices:
        root.append(ElementTree.fromstring(suite_junit(matrix)))
    root.append(_verdict(m))
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _verdict(m: Merged) -> ElementTree.Element:
    tag = {"NO-GO": "failure", "INVALID": "error"}.get(m.verdict, "")
    suite = ElementTree.Element("testsuite", name="golive verdict", tests="1")
    suite.set("failures", str(int(tag == "failure")))
    suite.set("errors", str(int(tag == "error")))
    case = ElementTree.SubElement(suite, "testcase", classname="verdict", name="all runs together")
    if tag:
        ElementTree.SubElement(case, tag, message=clean("; ".join(m.reasons)))
    return suite

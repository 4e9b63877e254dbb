"""junit.xml of a suite's run: broken = failure, not verified or accepted = skipped with its reason, unknown = error."""

from xml.etree import ElementTree

from reports.conformance import Case
from reports.matrix.matrix import Matrix
from reports.matrix.promises import essential
from reports.matrix.rows import Row
from reports.plain import clean

_TAGS = {"broken": "failure", "unknown": "error", "not verified": "skipped"}


def junit(m: Matrix) -> bytes:
    """A case for each case, for each promise nobody judged, for each wrong acceptance, and for the run itself."""
    borne = {row.promise: row.accepted for row in m.rows if row.accepted}
    cases = [_case(m.results.suite, case, borne) for case in m.results.cases]
    cases += [_silent(m.results.suite, row) for row in m.rows if row.required and _is_open(row)]
    cases += [_plain("accepted.toml", reason, "failure", reason) for reason in m.objections]
    cases.append(_validity(m))
    suite = ElementTree.Element("testsuite", name=f"golive {m.results.suite}", timestamp=m.results.started[:19])
    suite.set("time", f"{m.results.seconds:.1f}")
    suite.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))
    suite.extend(cases)
    ElementTree.indent(suite)
    return bytes(ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True))


def _case(suite: str, case: Case, borne: dict[str, str]) -> ElementTree.Element:
    area = case.promises[0] if case.promises else "no promise"
    told = _plain(f"{suite}.{area}", case.id.partition("/")[2] or case.id, "", "")
    told.set("time", f"{case.seconds:.3f}")
    if case.promises or case.owasp:
        properties = ElementTree.SubElement(told, "properties")
        for name, values in (("promise", case.promises), ("owasp", case.owasp)):
            for value in values:
                ElementTree.SubElement(properties, "property", name=name, value=clean(value))
    accepted = "; ".join(dict.fromkeys(borne[p] for p in case.promises if p in borne))
    if case.state == "broken" and accepted and all(p in borne for p in case.promises):
        ElementTree.SubElement(told, "skipped", message=clean(f"accepted: {accepted}"))
    elif tag := _TAGS.get(case.state):
        child = ElementTree.SubElement(told, tag, message=clean(case.reason or case.state))
        child.text = clean(case.happened, keep="\n") or None
    return told


def _is_open(row: Row) -> bool:
    return not row.cases or (row.state == "not verified" and essential(row.promise))


def _silent(suite: str, row: Row) -> ElementTree.Element:
    """A promise nobody judged; one without whose answer nothing goes live is a failure, as it is in the verdict."""
    name = "no answer" if row.cases else "no case"
    return _plain(f"{suite}.{row.promise}", name, "failure" if essential(row.promise) else "skipped", row.gaps[0])


def _validity(m: Matrix) -> ElementTree.Element:
    sick = m.verdict == "INVALID"
    return _plain("run", "can be trusted", "error" if sick else "", "; ".join(m.reasons) if sick else "")


def _plain(group: str, name: str, tag: str, why: str) -> ElementTree.Element:
    told = ElementTree.Element("testcase", classname=clean(group), name=clean(name))
    if tag:
        ElementTree.SubElement(told, tag, message=clean(why))
    return told

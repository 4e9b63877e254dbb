"""Why it is not GO, once each, in both languages."""

from collections.abc import Callable

import msgspec

from reports.model import Judgement, Verdict
from reports.page.reasons import SHOWN, first, reasons
from reports.page.words import Text


def test_a_go_needs_no_reason(samples: dict[str, Judgement]) -> None:
    assert reasons(samples["go"]) == []


def test_the_judges_reasons_come_first_and_stay_their_own(altered: Callable[..., Judgement]) -> None:
    judged = altered("no_go", reasons=("because", "1 clean replies were refused at once"))
    assert reasons(judged) == [
        Text("because", "because"),
        Text("1 条干净的回复当场被拒绝", "1 clean replies were refused at once"),
    ]


def test_a_judged_gate_is_told_by_its_figures_and_a_waiver_not_twice(samples: dict[str, Judgement]) -> None:
    broken = next(gate for gate in samples["no_go"].gates if gate.line.startswith("sync"))
    waived = samples["conditions"].gates[-1]
    judged = msgspec.structs.replace(
        samples["no_go"],
        gates=(broken, waived),
        reasons=(f"{broken.line} is broken, measured 500.040 ms (n = 43082)", f"waived: {waived.line} (because)"),
    )
    assert [reason.en for reason in reasons(judged)] == [
        "sync latency (the worse way) p99: 500.04 ms measured, the gate is < 500 ms (n = 43,082). "
        "the worse way is to the customer."
    ]


def test_without_them_the_broken_gates_speak(samples: dict[str, Judgement]) -> None:
    assert [reason.en for reason in reasons(samples["no_go"])] == [
        "lost: 3 measured, the gate is = 0 (n = 23,180).",
        "duplicated: 1 measured, the gate is = 0 (n = 43,082).",
        "sync latency (the worse way) p99: 500.04 ms measured, the gate is < 500 ms (n = 43,082). "
        "the worse way is to the customer.",
    ]


def test_a_broken_promise_without_a_gate_is_named(altered: Callable[..., Judgement]) -> None:
    broken = Verdict(
        promise="ROUTE-2",
        checker="capacity",
        state="broken",
        opportunities=9,
        violations=2,
        metrics={"over_capacity": 2},
    )
    judged = altered("demo", verdict="NO-GO", verdicts=(broken,))
    assert [reason.en for reason in reasons(judged)] == [
        "no agent holds more conversations than their capacity: 2 of 9 broken (ROUTE-2)."
    ]


def test_a_banner_bears_only_so_many() -> None:
    many = [Text(str(i), str(i)) for i in range(20)]
    shown = first(many)
    assert len(shown) == SHOWN
    assert shown[-1].en == "15 more below."
    assert first(many[:SHOWN]) == many[:SHOWN]

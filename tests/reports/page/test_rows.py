"""The tables say what was judged, and list as open whatever is no pass."""

from collections.abc import Callable

from reports.model import Gate, Health, Judgement, Verdict
from reports.page import rows


def test_broken_promises_come_first_and_keep_no_bound(samples: dict[str, Judgement]) -> None:
    table = rows.promises(samples["no_go"])
    assert [(row.promise, row.violations, row.bound.en) for row in table[:3]] == [
        ("GATEWAY-4", "3", "–"),
        ("DELIVERY-1", "1", "–"),
        ("DELIVERY-2", "0", "≤\N{NO-BREAK SPACE}0.0151 %"),
    ]


def test_a_bound_is_shown_only_where_the_promise_holds(altered: Callable[..., Judgement]) -> None:
    open_one = Verdict(promise="X", checker="x", state="unknown", opportunities=9, unknown=1, upper_bound=0.3)
    assert rows.promises(altered("demo", verdicts=(open_one,)))[0].bound.en == "–"


def test_not_verified_stands_in_its_own_list_and_not_in_the_table(samples: dict[str, Judgement]) -> None:
    assert "SYNC-2" not in [row.promise for row in rows.promises(samples["demo"])]
    assert [(row.promise, row.state) for row in rows.unanswered(samples["demo"])] == [("SYNC-2", "not verified")]


def test_an_open_gate_is_listed_once(altered: Callable[..., Judgement]) -> None:
    verdict = Verdict(promise="X", checker="x", state="unknown", metrics={"lost": 0})
    gates = (Gate(line="lost = 0", state="unknown"), Gate(line="sync_latency p99 < 500ms", state="unknown"))
    table = rows.unanswered(altered("demo", verdicts=(verdict,), gates=gates))
    assert [row.what.en for row in table] == ["x", "sync latency (the worse way) p99"]


def test_a_gate_without_value_says_no_sample(altered: Callable[..., Judgement]) -> None:
    row = rows.gates(altered("demo", gates=(Gate(line="lost = 0", state="unknown"),)))[0]
    assert (row.measured.en, row.n) == ("no sample", "0")


def test_lag_near_its_limit_keeps_its_digits(altered: Callable[..., Judgement]) -> None:
    sick = Health(process="gateway", lag_p99_s=0.020004, cpu_s=0.0, complete=False)
    row = rows.health(altered("demo", health=(sick,)))[0]
    assert (row.process.en, row.lag.en, row.cpu, row.complete) == ("gateway", "20.004 ms", "0 s", False)

"""The manager's figures are never better than what was measured, and never 0 where nothing was."""

from collections.abc import Callable

import msgspec

from reports.model import Gate, Judgement, Latency, Verdict
from reports.page.tiles import tiles
from reports.page.words import Text


def _lost(judgement: Judgement) -> tuple[str, str, str]:
    tile = tiles(judgement)[2]
    return tile.value.en, tile.note.en, tile.state


def test_a_clean_run_says_how_sure_its_zero_is(samples: dict[str, Judgement]) -> None:
    assert _lost(samples["demo"]) == ("0", "of 23,180 opportunities; true share ≤ 0.0129 % (95 %)", "holds")


def test_an_unknown_zero_claims_no_bound(altered: Callable[..., Judgement], samples: dict[str, Judgement]) -> None:
    unknown = altered("no_go", gates=samples["invalid"].gates, verdicts=samples["invalid"].verdicts)
    assert _lost(unknown) == ("0", "of 23,180 opportunities", "unknown")


def test_an_invalid_runs_figures_are_void_whatever_its_gates_say(altered: Callable[..., Judgement]) -> None:
    sick = altered("demo", verdict="INVALID")
    assert {tile.state for tile in tiles(sick)} == {"void"}
    assert _lost(sick)[1] == "of 23,180 opportunities"


def test_loss_is_summed_over_both_ways_where_no_gate_counts_it(altered: Callable[..., Judgement]) -> None:
    ways = tuple(
        Verdict(promise="X", checker="x", state="broken", opportunities=50, violations=n, metrics={metric: n})
        for metric, n in (("lost_to_agent", 2), ("lost_to_customer", 1))
    )
    assert _lost(altered("no_go", gates=(), verdicts=ways)) == ("3", "of 50 opportunities", "")


def test_one_uncounted_way_leaves_the_loss_unsaid(altered: Callable[..., Judgement]) -> None:
    one = Verdict(promise="X", checker="x", state="holds", opportunities=50, metrics={"lost_to_agent": 0})
    assert _lost(altered("no_go", gates=(), verdicts=(one,)))[0] == "no sample"


def test_nothing_measured_is_no_sample(samples: dict[str, Judgement]) -> None:
    assert {tile.value for tile in tiles(samples["empty"])} == {Text("无样本", "no sample")}


def test_the_better_way_is_not_painted_red_by_the_worse(samples: dict[str, Judgement]) -> None:
    to_agent, to_customer = tiles(samples["no_go"])[3:]
    assert [(t.value.en, t.state) for t in (to_agent, to_customer)] == [("220", "holds"), ("500.04", "broken")]


def test_a_gate_on_another_percentile_is_not_second_guessed(altered: Callable[..., Judgement]) -> None:
    gate = Gate(line="sync_latency p999 < 500ms", state="broken", value=0.7, n=40000)
    assert [tile.state for tile in tiles(altered("demo", gates=(gate,)))[3:]] == ["broken", "broken"]


def test_a_way_without_sample_never_holds(altered: Callable[..., Judgement]) -> None:
    gate = Gate(line="sync_latency p99 < 500ms", state="broken", value=0.7, n=40000)
    tile = tiles(altered("demo", gates=(gate,), to_agent=Latency()))[3]
    assert (tile.value.en, tile.state) == ("no sample", "broken")


def test_a_waived_gate_shows_as_waived(samples: dict[str, Judgement]) -> None:
    assert tiles(samples["conditions"])[0].state == "waived"


def test_a_failing_p99_keeps_its_digits(altered: Callable[..., Judgement]) -> None:
    latency = msgspec.structs.replace(altered("demo").to_agent, p99=0.500001)
    assert tiles(altered("demo", to_agent=latency))[3].value.en == "500.001"


def test_a_p90_that_holds_is_no_green_sign_under_a_p99_beyond_its_limit(altered: Callable[..., Judgement]) -> None:
    gate = Gate(line="sync_latency p90 < 500ms", state="holds", value=0.4, n=1000)
    slow = altered("demo", gates=(gate,), to_customer=Latency(n=1000, p50=0.3, p95=0.45, p99=9.3, max=13.0))
    quick = altered("demo", gates=(gate,), to_customer=Latency(n=1000, p50=0.3, p95=0.45, p99=0.49, max=13.0))
    assert (tiles(slow)[4].state, tiles(quick)[4].state) == ("", "holds")

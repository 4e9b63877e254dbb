"""Changes from the command line are typed and checked as the file is, and a wrong one says what would be right."""

import pytest

from history.scenario import ScenarioError
from history.scenario_file import parse

TEXT = """
name = "x"
title_zh = "甲"
title_en = "a"
gates = ["lost = 0"]
[customers]
concurrency = 5
[[phases]]
name = "steady"
seconds = 10
rate = 2
[[phases]]
name = "surge-1"
seconds = 10
rate = 4
[[kills]]
phase = "steady"
after_s = 1
"""


def test_every_kind_of_key_can_be_changed() -> None:
    wishes = [
        "customers.concurrency=300", "phases.surge-1.rate = 200", "business_speed=1", "title_en=618 night",
        "kills.1.after_s=2.5", "agents.think_s=[1, 2]", "gates+=phantom = 0", "faults.delay_push=0.5", 'name="q"',
        "customers.workload=closed", "fit_agents=false", "gateway.retry_s+=0.5",
    ]  # fmt: skip
    found = parse(TEXT, wishes=wishes)
    assert (found.customers.concurrency, found.customers.workload, found.business_speed) == (300, "closed", 1.0)
    assert [phase.rate for phase in found.phases] == [2, 200]
    assert (found.title_en, found.name, found.fit_agents) == ("618 night", "q", False)
    assert (found.kills[0].after_s, found.agents.think_s, found.faults.delay_push) == (2.5, (1.0, 2.0), 0.5)
    assert found.gates == ("lost = 0", "phantom = 0")


def test_the_last_change_of_a_key_counts_and_a_text_may_look_like_a_number() -> None:
    assert parse(TEXT, wishes=["seed=1", "seed=2", "title_en=618"]).seed == 2
    assert parse(TEXT, wishes=["title_en=618"]).title_en == "618"
    assert parse(TEXT, wishes=["title_en=a=b"]).title_en == "a=b"


@pytest.mark.parametrize(
    ("wish", "complaint"),
    [
        ("customers.concurency=3", "no concurency; did you mean concurrency"),
        ("custmers.concurrency=3", "no custmers; did you mean customers"),
        ("phases.surge.rate=3", "no phases.surge; did you mean surge-1"),
        ("phases.3.rate=3", "no phases.3; known are: steady, surge-1"),
        ("phases.steady=3", "write phases.steady.KEY=VALUE; its keys are name, seconds"),
        ("seed.x=3", "seed has no parts"),
        ("seed+=3", "seed is no list"),
        ("seed", "write key=value"),
        ("=3", "write key=value"),
        ("customers.concurrency=many", r"with --set customers.concurrency=many: Expected `int`, got `str`"),
        ("customers.concurrency=1.5", "Expected `int`, got `float`"),
        ("customers.vip_share=2", "customers.vip_share = 2.0 is no share"),
        ("phases.steady.seconds=nan", "seconds must be above 0"),
        ("customers.workload=opn", "Invalid enum value 'opn'"),
        ("phases.surge-1.name=steady", "two phases are called 'steady'"),
        ("max_rate=-1", "max_rate = -1.0; write"),
        ("time_scale=2", "time_scale and volume belong to a curve"),
    ],
)
def test_a_wrong_change_is_refused_with_what_would_be_right(wish: str, complaint: str) -> None:
    with pytest.raises(ScenarioError, match=complaint):
        parse(TEXT, "here.toml", wishes=[wish])


def test_an_unknown_key_of_a_file_suggests_one_of_its_own_table() -> None:
    with pytest.raises(ScenarioError, match=r"unknown field `rat` - at `\$\.phases\[0\]`; did you mean `rate`"):
        parse(TEXT.replace("rate = 2", "rat = 2"))
    with pytest.raises(ScenarioError, match="known keys: burst_share, concurrency"):
        parse(TEXT.replace("concurrency = 5", "concurrency = 5\nxyz = 2"))

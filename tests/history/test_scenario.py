"""Scenario files: read, and refused with what would be right."""

import pytest

from history.scenario import ScenarioError
from history.scenario_file import load, parse

GOOD = """
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
"""


def test_a_short_file_is_a_whole_scenario():
    scenario = parse(GOOD)
    assert (scenario.customers.concurrency, scenario.phases[0].rate, scenario.seed) == (5, 2, 618)


def test_the_drain_covers_every_cut_and_pause_of_the_retry_plan():
    assert parse(GOOD).drain_s() == 1 + 2 + 4 + 4 * 5 + 10


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("concurrency", "concurency"), "did you mean `concurrency`"),
        (("concurrency = 5", "concurrency = 0"), "customers.concurrency must be above 0"),
        (("concurrency = 5", 'concurrency = "many"'), "Expected `int`"),
        (("concurrency = 5", "concurrency = 5\nvip_share = 2"), "customers.vip_share = 2.0 is no share"),
        (("seconds = 10", "seconds = 0"), "seconds must be above 0"),
        (("rate = 2", "rate = -1"), "rate not below 0"),
        (('name = "x"', 'name = "x'), "not TOML"),
        (("rate = 2", "rate = 2\n[faults]\nlost_answer = 1.5"), "faults.lost_answer = 1.5 is no share"),
        (("rate = 2", "rate = 2\n[gateway]\nbatch = 0"), "gateway.batch must be above 0"),
        (("rate = 2", 'rate = 2\n[gateway]\ntag_form = "int"'), "Invalid enum value 'int'"),
        (("rate = 2", 'rate = 2\n[[kills]]\nphase = "surge"\nafter_s = 1'), "there is none; phases are steady"),
        (("rate = 2", 'rate = 2\n[[storms]]\nphase = "surge"\nafter_s = 1\nshare = 1'), "storm in phase 'surge'"),
        (("rate = 2", 'rate = 2\n[[storms]]\nphase = "steady"\nafter_s = 10\nshare = 1'), "not within phase 'steady'"),
        (("rate = 2", 'rate = 2\n[[storms]]\nphase = "steady"\nafter_s = 1\nshare = 0'), "share = 0 is no share"),
    ],
)
def test_a_wrong_scenario_says_where_and_what_would_be_right(change, complaint):
    with pytest.raises(ScenarioError, match=complaint):
        parse(GOOD.replace(*change), "here.toml")


def test_no_phase_is_no_scenario():
    with pytest.raises(ScenarioError, match="it has no"):
        parse(GOOD.partition("[[phases]]")[0].replace("gates", "phases = []\ngates"))


def test_a_file_that_is_not_there_is_told_clearly(tmp_path):
    with pytest.raises(ScenarioError, match="cannot be read"):
        load(tmp_path / "none.toml")


def test_stubs_are_found_beside_the_file_or_where_it_says(tmp_path):
    scenario = tmp_path / "mine.toml"
    scenario.write_text(GOOD)
    assert load(scenario).gateway.stubs == ""
    (tmp_path / "stubs").mkdir()
    assert load(scenario).gateway.stubs == str(tmp_path.resolve() / "stubs")
    scenario.write_text(GOOD + '\n[gateway]\nstubs = "answers"\n')
    assert load(scenario).gateway.stubs == str(tmp_path.resolve() / "answers")

"""Listed words on the other side."""

import msgspec
import pytest

from reports.checkers import blocked_stays_blocked

LISTED = """
1.0 customers intended message=c1-1 note=listed
1.1 gateway accepted message=@1 ref=c1-1 actor=c1 shop=s1 conversation=@C1 n=1
1.2 gateway acknowledged message=@1
2.0 agents answered message=r1 ref=@1 actor=a1 note=listed
"""


def judged(history):
    verdict = blocked_stays_blocked.check(history)
    return verdict.state, verdict.opportunities, verdict.metrics["blocked_leaked"]


def test_listed_words_that_nobody_could_read_hold(tell):
    assert judged(tell(LISTED)) == ("holds", 2, 0)


@pytest.mark.parametrize(
    "row",
    [
        "1.3 agents shown message=@1 actor=a1 device=a1/1 shop=s1 conversation=k1 note=listed",
        "2.1 customers received message=r1 ref=@2 conversation=@C1 note=listed",
        "2.1 customers received message= ref=@2 conversation=@C1 note=listed",
    ],
)
def test_a_listed_word_read_on_the_other_side_is_a_leak(tell, row):
    verdict = blocked_stays_blocked.check(tell(LISTED + row))
    assert (verdict.state, verdict.violations) == ("broken", 1)


def test_a_direction_without_a_listed_word_is_unknown_where_the_scenario_meant_some(tell, spec):
    text = LISTED.replace("2.0 agents answered message=r1 ref=@1 actor=a1 note=listed", "")
    verdict = blocked_stays_blocked.check(tell(text, spec()))
    assert (verdict.state, verdict.opportunities) == ("unknown", 1)
    assert "no agent wrote a listed word" in verdict.reason


def test_a_direction_the_scenario_leaves_out_is_not_asked_for(tell, spec):
    plain = spec()
    agents = msgspec.structs.replace(plain.scenario.agents, listed_share=0.0)
    one_way = spec(scenario=msgspec.structs.replace(plain.scenario, agents=agents))
    text = LISTED.replace("2.0 agents answered message=r1 ref=@1 actor=a1 note=listed", "")
    assert judged(tell(text, one_way)) == ("holds", 1, 0)

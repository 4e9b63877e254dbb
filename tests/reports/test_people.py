"""Figures about people: from what customers saw, in business seconds, and never part of a verdict."""

from datetime import date
from typing import Any

import msgspec

from fixtures.automatic import automatic
from fixtures.script import BUNDLED
from history.scenario import Business
from history.tokens import find
from reports import people
from reports.judge import About, conclude
from reports.model import People

DAY = """
0.0 customers phase note=steady
# a person answers the burst after 2 s, the bot the next question at once, nobody the last one
1.0 customers sent message=c1-1 actor=c1 conversation=@C1
1.5 customers sent message=c1-2 actor=c1 conversation=@C1
3.0 customers received message=r1 ref=@1 actor=c1 conversation=@C1 n=2
4.0 customers sent message=c1-3 actor=c1 conversation=@C1
4.05 customers auto_received message=GREETING ref=@2 actor=c1 conversation=@C1 n=4
4.1 customers auto_received message=ANSWER ref=@2 actor=c1 conversation=@C1 n=4
4.2 customers received message=r2 ref=@3 actor=c1 conversation=@C1 n=5
5.0 customers sent message=c1-4 actor=c1 conversation=@C1
# another customer waits long enough to be beyond three minutes
1.0 customers sent message=c2-1 actor=c2 conversation=@C2
7.5 customers received message=r3 ref=@4 actor=c2 conversation=@C2 n=2
7.6 customers rated actor=c1 conversation=@C1 n=5
7.7 customers rated actor=c2 conversation=@C2 n=3
1.0 gateway accepted message=@9 ref=c1-1 actor=c1 conversation=@C1 n=1
1.0 gateway accepted message=@8 ref=c2-1 actor=c2 conversation=@C2 n=1
# what the target told its agents, on two devices
1.1 agents assigned actor=a1 device=a1/1 conversation=k1 n=15 note="vip dedicated"
1.1 agents assigned actor=a1 device=a1/2 conversation=k1 n=15 note="vip dedicated"
1.1 agents assigned actor=a2 device=a2/1 conversation=k2 n=15 note="new fallback"
1.2 agents assigned actor=a2 device=a2/1 conversation=k3 n=15 note="vip fallback"
2.0 agents tier actor=a1 device=a1/1 conversation=k1 note="instant breached"
2.0 agents tier actor=a1 device=a1/2 conversation=k1 note="instant breached"
2.1 agents complaint actor=a1 conversation=k1 message=cp1 note=opened
2.2 agents complaint actor=a1 conversation=k1 message=cp1 note=closed
2.3 agents complaint actor=a2 conversation=k2 note="not opened"
7.7 agents csat actor=a1 device=a1/1 conversation=k1 n=5
7.7 agents csat actor=a1 device=a1/2 conversation=k1 n=5
7.8 agents released actor=a1 device=a1/1 conversation=k1 note=resolved
7.8 agents released actor=a2 device=a2/1 conversation=k2 note=transferred
70.0 agents figure shop=s1 note=rated n=2000000
70.0 agents figure shop=s2 note=rated n=1000000
0.0 agents not_offered note=profiles
"""


def test_every_figure_of_a_day(tell: Any, spec: Any) -> None:
    wanted = Business(automatic=True)
    fast = spec(scenario=msgspec.structs.replace(spec().scenario, business_speed=30.0, business=wanted))
    texts = automatic(fast.number, BUNDLED, wanted)
    day = DAY.replace("GREETING", find(texts.welcome)).replace("ANSWER", find(texts.faqs[0].answer))
    assert people.people(tell(day, fast)) == People(
        ratings=2,
        satisfied=1,
        rounds=2,
        response_s=(60.0 + 195.0) / 2,
        first_response_s=(60.0 + 195.0) / 2,
        within_3_min=1,
        answered_by_bot=1,
        unanswered=1,
        automatic=2,
        conversations=2,
        resolved=1,
        vips=2,
        vips_dedicated=1,
        tiers={"instant breached": 1},
        complaints={"closed": 1, "opened": 1},
        told_ratings=1,
        dashboard={"rated": 3.0},
        not_offered=("profiles",),
    )


def test_a_run_without_people_has_no_figures(tell: Any) -> None:
    assert people.people(tell("0.0 * phase note=steady")) == People()


BAD_DAY = """
6.1 agents tier actor=a2 device=a2/1 shop=s2 conversation=k2 note="human breached"
6.1 agents complaint actor=a2 device=a2/1 shop=s2 conversation=k2 message=cp1 note=breached
6.2 customers rated actor=c2 shop=s2 conversation=@C2 n=1
6.3 agents not_offered note=profiles
"""


def test_nothing_about_people_moves_the_verdict(tell: Any, spec: Any, clean: str) -> None:
    calm, stormy = (conclude(tell(text, spec()), About(), date(2026, 11, 25)) for text in (clean, clean + BAD_DAY))
    assert stormy.people != calm.people
    assert (stormy.verdict, stormy.reasons) == (calm.verdict, calm.reasons)

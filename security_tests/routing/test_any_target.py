"""ROUTE, through an adapter alone: what is seen of routing on any system, whatever its API."""

import random
from collections.abc import Callable
from time import monotonic
from typing import Final

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from security_tests.profiles import examples
from security_tests.routing.plain import PlainShop
from security_tests.routing.playing import Played
from security_tests.routing.shrinking import Example, Step, shrink
from security_tests.routing.stories import Broken
from suites.lab import Lab

PROMISES: Final = ("ROUTE-1", "ROUTE-2", "ROUTE-4", "ROUTE-6", "ROUTE-7")
ACTS: Final = ("write", "write", "resolve", "say")
PLACES: Final = 420  # the number of agents, of words and of customers divides it
STEPS: Final = 20
SHRINK_S: Final = 30.0

_played: dict[int, Played] = {}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.promise(name)) for name in PROMISES])
def test_whatever_happens_each_conversation_is_with_one_agent_who_may_have_it(
    lab: Lab, name: str, record_property: Callable[[str, object], None]
) -> None:
    if id(lab) not in _played:
        _played[id(lab)] = _play(lab)
    result = _played[id(lab)]
    if name in result.broken:
        raise result.broken[name]
    if result.broken:
        raise RuntimeError(f"{', '.join(result.broken)} was broken first: whether {name} holds is not known")
    record_property("occasions", f"{name}, by an adapter alone: {result.tried[name]} in {result.tried['steps']} steps")
    if not result.tried[name]:
        raise RuntimeError(f"nothing happened that could have broken {name}: that it holds is not known")


def _play(lab: Lab) -> Played:
    result = Played()
    most = lab.target.limits.max_shops or 10_000

    @settings(max_examples=min(examples(0.6), most), phases=(Phase.reuse, Phase.generate))
    @given(st.integers(0, 2**63 - 1))
    def holds(seed: int) -> None:
        result.examples += 1
        steps = _steps(random.Random(seed))
        if again := _broken(lab, steps, result):
            if again.promise not in result.broken:
                result.broken[again.promise] = _smaller(lab, again, steps, most)
            raise again

    try:
        holds()
    except Exception:
        if not result.broken:
            raise
    return result


def _steps(draw: random.Random) -> tuple[Step, ...]:
    """As the machine does: Hypothesis' own draws prefer the first of a table by far."""
    acts = draw.choices(ACTS, k=STEPS)
    return tuple(Step(act, (draw.randrange(PLACES), draw.randrange(PLACES))[: 1 + (act == "say")]) for act in acts)


def _broken(lab: Lab, steps: tuple[Step, ...], result: Played) -> Broken | None:
    shop = PlainShop(lab)
    try:
        lab.loop.run_until_complete(shop.play(steps))
    except Broken as error:
        return error
    finally:
        result.tried += shop.tried
        lab.loop.run_until_complete(shop.close())
    return None


def _smaller(lab: Lab, found: Broken, steps: tuple[Step, ...], most: int) -> Broken:
    until, best, played = monotonic() + SHRINK_S, found, Played()

    def fails(example: Example) -> bool:
        nonlocal best
        if monotonic() > until or most < 1000:  # lent shops are few
            return False
        again = _broken(lab, example.steps, played)
        if again is None or again.promise != found.promise:
            return False
        best = again
        return True

    shrink(Example((), steps), fails)
    return best

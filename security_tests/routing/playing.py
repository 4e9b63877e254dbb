"""Playing the machine: many examples, each in a fresh shop, and what each promise's test is told of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from hypothesis import HealthCheck, Phase, reject, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from security_tests.profiles import examples
from security_tests.routing.acts import Hired, Shop
from security_tests.routing.floor import Floor
from security_tests.routing.machine import Days, missing
from security_tests.routing.neighbours import Neighbours
from security_tests.routing.shrinking import Example, shrink
from security_tests.routing.stories import Broken
from suites.lab import Lab

SHARE: Final = {"nightly": 1.0}  # of the profile's examples; an example takes about a second
STEPS: Final = {"nightly": 40}
SHRINK_S: Final = {"nightly": 240.0}  # how long one counter-example is made smaller
MOST: Final = 3  # so many promises may be found broken before the machine stops


@dataclass
class Played:
    """How often each promise was tried, and how the broken ones were: their stories."""

    tried: Counter[str] = field(default_factory=Counter)
    broken: dict[str, Broken] = field(default_factory=dict)
    missing: str = ""  # what the target does not offer and the machine cannot do without
    error: BaseException | None = None  # neither: the harness, or a target that broke down
    examples: int = 0


class Trouble(Exception):
    """Something failed that is no promise of routing: the target broke down, or the harness did. With the story."""


class Players:
    """Makes the machine's examples and keeps what came of them."""

    def __init__(self, lab: Lab, result: Played, within_s: float) -> None:
        self._lab, self._result, self._until = lab, result, monotonic() + within_s
        self._neighbours = Neighbours(lab)
        self.saw: tuple[Broken, Example] | None = None  # of this pass: so it is even where it does not happen again
        self.trouble: Trouble | None = None

    def __call__(self) -> Days:
        """One example for Hypothesis."""
        return _Known(self, self.open, self.ended)

    def knows(self, broken: Broken) -> bool:
        """Whether that promise is known to be broken."""
        return broken.promise in self._result.broken

    def open(self, staff: Sequence[Hired]) -> Shop | None:
        """A fresh shop, as long as there is time."""
        return self._shop(staff) if monotonic() < self._until else None

    def _shop(self, staff: Sequence[Hired]) -> Shop:
        return Shop(Floor(self._lab), staff, self._neighbours.write)

    def ended(self, shop: Shop) -> None:
        """An example is over."""
        self._result.examples += 1
        self._result.tried += shop.close()

    def smaller(self, found: Broken, example: Example, within_s: float) -> Broken:
        """The same promise broken by the shortest story that can be found in time."""
        until, best = monotonic() + within_s, found

        def fails(example: Example) -> bool:
            nonlocal best
            again = self._again(example) if monotonic() < until else None
            if again is None or again.promise != found.promise:
                return False
            best = again
            return True

        shrink(example, fails)
        return best

    def _again(self, example: Example) -> Broken | None:
        shop = self._shop(example.staff)
        try:
            for step in example.steps:
                getattr(shop, step.act)(*step.about)
        except Broken as broken:
            return broken
        finally:
            shop.close()
        return None


class _Known(Days):
    """An example that comes upon what is known to be broken shows nothing new."""

    def __init__(self, players: Players, *rest: object) -> None:
        super().__init__(*rest)  # type: ignore[arg-type]
        self._players = players

    def do(self, act: str, *about: object) -> None:
        try:
            super().do(act, *about)
        except Broken as broken:
            if self._players.knows(broken):
                reject()
            self._players.saw = self._players.saw or (broken, self.example)
            raise
        except Exception as error:
            self._players.trouble = self._players.trouble or Trouble(f"{error!r}\n{self.shop.story.text()}")
            raise


def play(lab: Lab, within_s: float) -> Played:
    """Play the machine as the profile in force says, and for so long at most.

    After a promise is found broken, go on for the others. Making a counter-example small takes its own time.
    """
    profile = settings.get_current_profile_name()
    result = Played(missing=missing(Floor(lab)))
    if result.missing:
        return result
    over = monotonic() + within_s
    players, wanted = Players(lab, result, within_s), examples(SHARE.get(profile, 2.8))
    while (left := wanted - result.examples) > 0 and len(result.broken) < MOST and monotonic() < over:
        players.saw = None
        again = seed(len(result.broken))(players) if result.broken else players  # other examples than before
        error = _run(again, left, STEPS.get(profile, 30))
        if players.saw is None:
            result.error = players.trouble or error
            break
        found, example = players.saw
        result.broken[found.promise] = players.smaller(found, example, SHRINK_S.get(profile, 30.0))
    return result


def _run(players: Players, how_many: int, steps: int) -> BaseException | None:
    asked = settings(
        max_examples=how_many,
        stateful_step_count=steps,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.reuse, Phase.generate),  # made smaller by shrinking.py
    )
    try:
        run_state_machine_as_test(players, settings=asked)  # type: ignore[arg-type]
    except Exception as error:
        return error
    return None

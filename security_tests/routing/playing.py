"""Playing the machine: many examples, each in a fresh shop, and what each promise's test is told of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from hypothesis import HealthCheck, Phase, reject, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from security_tests.profiles import examples
from security_tests.routing.acts import Shop
from security_tests.routing.floor import Floor
from security_tests.routing.machine import THEMES, Days, acts_of, missing
from security_tests.routing.neighbours import Neighbours
from security_tests.routing.people import Hired
from security_tests.routing.shrinking import Example, shrink
from security_tests.routing.stories import Broken
from suites.lab import Lab

WINDOW_S: Final = 30.0  # for how long a device may resume
STEPS: Final = {"nightly": 40}
SHRINK_S: Final = {"nightly": 240.0}  # how long one counter-example is made smaller
MOST: Final = 3  # so many promises may be found broken before the machine stops


@dataclass
class Played:
    """How often each promise was tried, and how the broken ones were: their stories."""

    tried: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)  # how often each was really done
    depth: Counter[str] = field(default_factory=Counter)  # how often things came to what is easily got wrong
    offered: frozenset[str] = frozenset()  # the acts that can be done to this target
    broken: dict[str, Broken] = field(default_factory=dict)
    missing: str = ""  # what the target does not offer and the machine cannot do without
    error: BaseException | None = None  # neither: the harness, or a target that broke down
    examples: int = 0
    stopped: bool = False  # so many promises were found broken that it was not looked for more

    def never(self) -> list[str]:
        """The acts that could be done and that nobody did."""
        return sorted(act for act in self.offered if not self.acts[act])

    def told(self, promise: str) -> list[str]:
        """How often a promise might have been broken, and how often what was really done, and what came of it."""
        tables = {"done": self.acts, "came of it": self.depth}
        rows = [
            f"{name}: {', '.join(f'{what} {n}' for what, n in sorted(one.items()))}" for name, one in tables.items()
        ]
        return [f"{promise}: {self.tried[promise]} occasions in {self.examples} examples", *rows]


class Trouble(Exception):
    """Something failed that is no promise of routing: the target broke down, or the harness did. With the story."""


class Players:
    """Makes the machine's examples and keeps what came of them."""

    def __init__(self, lab: Lab, result: Played, within_s: float, themes: Mapping[str, str], window_s: float) -> None:
        self._lab, self._result, self._until = lab, result, monotonic() + within_s
        self._themes, self._window_s = themes, window_s
        self._neighbours = Neighbours(lab)
        self.saw: tuple[Broken, Example] | None = None  # of this pass: so it is even where it does not happen again
        self.trouble: Trouble | None = None

    def __call__(self) -> Days:
        """One example for Hypothesis."""
        return _Known(self, self.open, self.ended, self._themes)

    def knows(self, broken: Broken) -> bool:
        """Whether that promise is known to be broken."""
        return broken.promise in self._result.broken

    def open(self, staff: Sequence[Hired]) -> Shop | None:
        """A fresh shop, as long as there is time."""
        return self._shop(staff) if monotonic() < self._until else None

    def _shop(self, staff: Sequence[Hired]) -> Shop:
        return Shop(Floor(self._lab, self._window_s), staff, self._neighbours.write)

    def ended(self, shop: Shop) -> None:
        """An example is over."""
        self._result.examples += 1
        self._result.tried += shop.close()
        self._result.acts += shop.acts
        self._result.depth += shop.oracle.routing.depth

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
                shop.play(step.act, step.about)
        except Broken as broken:
            return broken
        except Exception:  # without the steps left out something else went wrong: it is not what is looked for
            return None
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


def play(
    lab: Lab, within_s: float, share: float, themes: Mapping[str, str] = THEMES, window_s: float = WINDOW_S
) -> Played:
    """Play the machine with so large a share of the examples of the profile in force, and for so long at most.

    After a promise is found broken, go on for the others. Making a counter-example small takes its own time.
    """
    profile = settings.get_current_profile_name()
    floor = Floor(lab, window_s)
    result = Played(missing=missing(floor), offered=acts_of(floor, themes))
    if result.missing:
        return result
    over = monotonic() + within_s
    players, wanted = Players(lab, result, within_s, themes, window_s), examples(share)
    while (left := wanted - result.examples) > 0 and len(result.broken) < MOST and monotonic() < over:
        players.saw = None
        again = seed(len(result.broken))(players) if result.broken else players  # other examples than before
        error = _run(again, left, STEPS.get(profile, 30))
        if players.saw is None:
            result.error = players.trouble or error
            break
        found, example = players.saw
        result.broken[found.promise] = players.smaller(found, example, SHRINK_S.get(profile, 30.0))
    result.stopped = len(result.broken) >= MOST
    return result


def together(one: Played, other: Played) -> Played:
    """What came of both."""
    return Played(
        tried=one.tried + other.tried,
        acts=one.acts + other.acts,
        depth=one.depth + other.depth,
        offered=one.offered | other.offered,
        broken=other.broken | one.broken,
        missing=one.missing,
        stopped=one.stopped or other.stopped,
        error=one.error or other.error,
        examples=one.examples + other.examples,
    )


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

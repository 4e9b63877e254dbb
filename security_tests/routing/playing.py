"""Playing the machine: many examples, each in a fresh shop, and what each promise's test is told of them."""

from collections import Counter
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from hypothesis import HealthCheck, reject, settings
from hypothesis.control import current_build_context
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from security_tests.profiles import examples
from security_tests.routing.floor import Floor
from security_tests.routing.machine import Shop, missing
from security_tests.routing.neighbours import Neighbours
from security_tests.routing.stories import Broken
from suites.lab import Lab

SHARE: Final = {"nightly": 1.0}  # of the profile's examples; an example takes about a second
STEPS: Final = {"nightly": 40}
SHRINK_S: Final = {"nightly": 240.0}  # how long a counter-example is made smaller


@dataclass
class Played:
    """How often each promise was tried, and how the broken ones were: their stories."""

    tried: Counter[str] = field(default_factory=Counter)
    broken: dict[str, Broken] = field(default_factory=dict)
    missing: str = ""  # what the target does not offer and the machine cannot do without
    error: BaseException | None = None  # neither: the harness, or a target that broke down


class Players:
    """Makes the machine's examples; once one has failed, new ones are only tried for so long."""

    def __init__(self, lab: Lab, shrink_s: float) -> None:
        self._lab, self._shrink_s = lab, shrink_s
        self._neighbours = Neighbours(lab)
        self._failed_at = 0.0
        self.tried: Counter[str] = Counter()
        self.broken: dict[str, Broken] = {}  # by promise, the shortest story of those seen
        self.examples = 0

    def __call__(self) -> Shop:
        """One example."""
        over = self._failed_at and monotonic() - self._failed_at > self._shrink_s
        if over and not current_build_context().is_final:
            reject()
        self.examples += 1
        return Shop(Floor(self._lab), self.tried, self._neighbours.write, self.heard)

    def heard(self, broken: Broken) -> None:
        """A promise was broken. That is so even where it does not happen again."""
        self._failed_at = self._failed_at or monotonic()
        before = self.broken.get(broken.promise)
        if before is None or len(broken.story) <= len(before.story):
            self.broken[broken.promise] = broken


def play(lab: Lab) -> Played:
    """Play the machine as the profile in force says."""
    profile = settings.get_current_profile_name()
    result = Played(missing=missing(Floor(lab)))
    if result.missing:
        return result
    players = Players(lab, SHRINK_S.get(profile, 25.0))
    asked = settings(
        max_examples=examples(SHARE.get(profile, 3.2)),
        stateful_step_count=STEPS.get(profile, 30),
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(players, settings=asked)  # type: ignore[arg-type]
    except BaseExceptionGroup as group:
        result.error = group.subgroup(lambda each: not isinstance(each, (Broken, Flaky, BaseExceptionGroup)))
    except Exception as error:
        result.error = None if isinstance(error, Broken) else error
    result.tried, result.broken = players.tried, players.broken
    print(f"routing: {players.examples} examples")
    return result

"""Hypothesis' profiles of the suite: `ci` is small and always the same, `nightly` long, random and remembers.

`pytest security_tests --hypothesis-profile nightly --minutes 30`; what failed once is kept under `.hypothesis/golive`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, Phase, core, settings
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.vendor import pretty

Test = TypeVar("Test", bound=Callable[..., Any])
KEPT: Final = Path(".hypothesis") / "golive"
CI_EXAMPLES: Final = 25
EXAMPLES_A_MINUTE: Final = 40  # of each property, in `nightly`
# A lab is a fixture of each test; examples share it by intent, each with a shop or a list of its own.
_SUPPRESSED: Final = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large)


def register(minutes: float) -> None:
    """Register both profiles and take `ci`; `nightly` lasts about so many minutes."""
    # Schemathesis, where it is installed, lets Hypothesis print no argument of a failing example, for its own speed.
    core.RepresentationPrinter = pretty.RepresentationPrinter  # type: ignore[attr-defined]
    settings.register_profile(
        "ci",
        derandomize=True,
        database=None,
        max_examples=CI_EXAMPLES,
        deadline=None,
        print_blob=False,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=_SUPPRESSED,
    )
    settings.register_profile(
        "nightly",
        database=DirectoryBasedExampleDatabase(KEPT),
        max_examples=max(CI_EXAMPLES, round(minutes * EXAMPLES_A_MINUTE)),
        deadline=None,
        print_blob=True,
        suppress_health_check=_SUPPRESSED,
        phases=tuple(Phase),
    )
    settings.load_profile("ci")


def examples(share: float) -> int:
    """So large a share of the profile's examples, for a property whose examples are dearer than others'."""
    return max(1, round(settings.default.max_examples * share))  # type: ignore[union-attr]


def often(test: Test) -> Test:
    """Twice the profile's examples, for a property whose examples are cheap."""
    return settings(max_examples=examples(2))(test)

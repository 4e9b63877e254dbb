"""The machine is played once a session; every promise's test looks at what came of it."""

import pytest
from hypothesis import settings

from security_tests.routing.playing import Played, play
from suites.lab import Lab

_played: dict[int, Played] = {}


CI_S = 300.0  # on a machine of its own it takes about 40 s
NIGHT = 0.5  # of the minutes that a night may take


@pytest.fixture
def played(lab: Lab, request: pytest.FixtureRequest) -> Played:
    """What came of playing the machine against this lab's target."""
    if id(lab) not in _played:
        night = settings.get_current_profile_name() == "nightly"
        _played[id(lab)] = play(lab, 60 * NIGHT * request.config.getoption("minutes") if night else CI_S)
    return _played[id(lab)]

"""The machine is played once a session; every promise's test looks at what came of it."""

import pytest

from security_tests.routing.playing import Played, play
from suites.lab import Lab

_played: dict[int, Played] = {}


@pytest.fixture
def played(lab: Lab) -> Played:
    """What came of playing the machine against this lab's target."""
    if id(lab) not in _played:
        _played[id(lab)] = play(lab)
    return _played[id(lab)]

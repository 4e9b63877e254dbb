"""The machine is played once a session; every promise's test looks at what came of it."""

import pytest
from hypothesis import settings

from security_tests.routing.machine import LOST, THEMES
from security_tests.routing.playing import Played, play, together
from suites.lab import Lab
from suites.labs import Labs
from suites.wire import connect

_played: dict[int, Played] = {}

CI_S = 240.0, 60.0  # at most; on an idle machine it takes about a minute
NIGHT = 0.4, 0.1  # of the minutes that a night may take
SHARE = {"ci": (2.8, 0.4), "nightly": (0.8, 0.2)}  # of the profile's examples; one takes about half a second
QUICK_S = 0.6  # so long may a device stay away, where one is to stay away for longer
LONG_S = 10.0  # where one is to come back in time


@pytest.fixture
def played(lab: Lab, labs: Labs, request: pytest.FixtureRequest) -> Played:
    """What came of playing the machine against this lab's target, and against one that soon gives a lost device up."""
    if id(lab) not in _played:
        profile = settings.get_current_profile_name()
        minutes = request.config.getoption("minutes")
        within = [60 * share * minutes for share in NIGHT] if profile == "nightly" else CI_S
        shares = SHARE.get(profile, SHARE["ci"])
        window_s = lab.loop.run_until_complete(_window(lab))
        away = "" if window_s >= LONG_S else "device "
        themes = {name: words.replace(away, "") for name, words in THEMES.items()}
        result = play(lab, within[0], shares[0], themes, window_s)
        if lab.hosted is not None and not result.missing:  # nobody else can be asked to be quick
            quick: Lab = lab.loop.run_until_complete(labs(service=("--resume-window", f"{QUICK_S}")))
            result = together(result, play(quick, within[1], shares[1], LOST, QUICK_S))
        _played[id(lab)] = result
        for each in labs.open.values():  # a counter-example tells its own story, and not that of the newest example
            each.story.begin()
    return _played[id(lab)]


async def _window(lab: Lab) -> float:
    """For how long a device may resume, as every connection is told first; 0 where that is not offered."""
    if "contract" not in lab.offers:
        return 0.0
    wire = await connect(lab)
    hello = await wire.until("hello")
    await wire.leave()
    return float(hello["d"]["resume_window_s"])

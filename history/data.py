"""A scenario with the files it names read into it, so that it can be played and judged without them."""

from pathlib import Path

import msgspec

from history.phases import RAMP, Phase, arrivals, stretches
from history.scenario import Scenario
from history.scenario_error import ScenarioError
from history.talk import dialogues, wordlist

LARGEST = 64 << 20  # bytes of a file: far beyond any shop's export
RAMP_PER_S = 25.0  # customers that open their conversation each second of a ramp nobody wrote
RAMP_S = 10.0  # ... and its least length


def resolve(scenario: Scenario, folder: Path, origin: str) -> Scenario:
    """The scenario without names of files: phases, talk and notes hold what was in them. Raises ScenarioError.

    `folder` is where relative names begin; `origin` names the scenario in errors.
    """
    if not scenario.arrivals and (scenario.time_scale, scenario.volume) != (1.0, 1.0):
        raise ScenarioError(f"{origin}: time_scale and volume belong to a curve; name one: arrivals = 'arrivals.csv'")
    phases, told = _curve(scenario, folder, origin) if scenario.arrivals else (scenario.phases, ())
    talk, notes = scenario.talk, [*scenario.notes, *told]
    if name := scenario.dialogues:
        talk = msgspec.structs.replace(talk, lines=dialogues(*_read(folder, name, "dialogues", origin)))
        notes.append(f"{Path(name).name}: {len(talk.lines)} lines of customers")
    if name := scenario.wordlist:
        talk = msgspec.structs.replace(talk, words=wordlist(*_read(folder, name, "wordlist", origin)))
        notes.append(f"{Path(name).name}: {len(talk.words)} listed words")
    return msgspec.structs.replace(
        scenario,
        phases=phases,
        talk=talk,
        notes=tuple(notes),
        arrivals="",
        time_scale=1.0,
        volume=1.0,
        dialogues="",
        wordlist="",
    )


def _curve(scenario: Scenario, folder: Path, origin: str) -> tuple[tuple[Phase, ...], tuple[str, ...]]:
    if scenario.customers.workload != "open":
        raise ScenarioError(f"{origin}: arrivals are a rate, so they need customers.workload = 'open'")
    for name, value in (("time_scale", scenario.time_scale), ("volume", scenario.volume)):
        if not 0 < value < float("inf"):
            raise ScenarioError(f"{origin}: {name} must be above 0, not {value}")
    minutes = arrivals(*_read(folder, scenario.arrivals, "arrivals", origin))
    curve = stretches(minutes, scenario.time_scale, scenario.volume)
    length = sum(phase.seconds for phase in curve)
    told = (
        f"{Path(scenario.arrivals).name}: {sum(minutes.values()):.10g} messages in {max(minutes) - min(minutes) + 1} "
        f"minutes, played in {length:.6g} s (time x {scenario.time_scale:g}, volume x {scenario.volume:g})"
    )
    ramp_s = max(RAMP_S, scenario.customers.concurrency / RAMP_PER_S)
    ramp = scenario.phases or (Phase(name=RAMP, seconds=ramp_s, rate=0.0),)
    return (*ramp, *curve), (told,)


def _read(folder: Path, name: str, key: str, origin: str) -> tuple[bytes, str]:
    path = folder / name
    try:
        with path.open("rb") as file:
            held = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ScenarioError(
            f"{origin}: {key} = {name!r} cannot be read ({why}); put it beside the scenario, or give its whole path"
        ) from error
    if len(held) > LARGEST:
        raise ScenarioError(f"{origin}: {key} = {name!r} is larger than {LARGEST >> 20} MiB; give a shorter file")
    return held, str(path)

"""Who is on call, around the clock (R9.4)."""

from typing import Annotated, Final

import msgspec

from reference_service.domain.hours import CHINA, DAY, within_day

_MINUTE: Final = 60_000_000
PersonId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Clock = Annotated[str, msgspec.Meta(max_length=12)]


class Watch(msgspec.Struct, frozen=True):
    """Every day from `start` on and no longer at `end`, China's time; an end not after its start is the next day's.

    Raises ValueError.
    """

    person_id: PersonId
    start: Clock = "00:00"
    end: Clock = "24:00"

    def __post_init__(self) -> None:
        if within_day(self.start) in (DAY, within_day(self.end)):
            raise ValueError("a watch starts before 24:00, and ends at another time than it starts")

    def spans(self) -> list[tuple[int, int]]:
        """The parts of a day, in microseconds since midnight."""
        start, end = within_day(self.start), within_day(self.end)
        return [(start, end)] if start < end else [(start, DAY), (0, end)]


class OnCall(msgspec.Struct, frozen=True):
    """The watches of a day, and who is told besides when nobody has acknowledged in time."""

    watches: Annotated[tuple[Watch, ...], msgspec.Meta(max_length=100)] = ()
    escalation: Annotated[tuple[PersonId, ...], msgspec.Meta(max_length=50)] = ()


class Gap(msgspec.Struct, frozen=True):
    """A part of the day when nobody is on call."""

    start: str
    end: str


def on_watch(on_call: OnCall, at: float) -> list[str]:
    """Whose watch it is at a moment, Unix seconds, in the list's order."""
    now = (round(at * 1e6) + CHINA) % DAY
    watching = [w.person_id for w in on_call.watches if any(start <= now < end for start, end in w.spans())]
    return list(dict.fromkeys(watching))


def gaps(on_call: OnCall) -> list[Gap]:
    """When nobody is on call: none of these is left where the list holds for 24 hours."""
    found, reached = [], 0
    for start, end in sorted(span for watch in on_call.watches for span in watch.spans()):
        if start > reached:
            found.append(Gap(_clock(reached), _clock(start)))
        reached = max(reached, end)
    return found if reached == DAY else [*found, Gap(_clock(reached), "24:00")]


def _clock(micros: int) -> str:
    minutes, rest = divmod(micros, _MINUTE)
    seconds = f":{rest // 1_000_000:02}.{rest % 1_000_000 // 1000:03}" if rest else ""
    return f"{minutes // 60:02}:{minutes % 60:02}{seconds}"

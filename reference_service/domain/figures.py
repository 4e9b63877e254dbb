"""The dashboard's figures, each by a formula with a name (R5.1-R5.3, METRIC-1); pure.

Seconds are the business's: what the clocks say, times `speed`. A figure of nothing is None, never 0.

average_response         mean wait of rounds that a person answered (the go-live guide, R5.1)
average_response_feige   the same of rounds begun 08:00-23:00, in visits that a person answered (平均响应时长)
first_response_feige     mean time from a visit's hand-over to people to a person's first reply, begun 08:00-23:00
                         (首次响应时长: sum of those times / 人工已接待量)
reply_3min_messages      customers' messages of 08:00-23:00 that a person answered within 3 min / all of them
reply_3min_rounds        rounds of 08:00-23:00 that a person answered within 3 min / all of them
satisfaction             ratings of 4 and 5 stars / ratings (R5.2)
resolution               visits resolved / visits begun (R5.3)
answered_by_bot          rounds that the bot answered / rounds answered (R5.4, R10.1)
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

import msgspec

from reference_service.domain.ratings import Rating
from reference_service.domain.records import Message
from reference_service.domain.response_times import Round, in_working_hours, mean, rounds

THREE_MINUTES_S: Final = 180.0


class Visit(NamedTuple):
    """One visit as it was: its messages, when it went to people (None: it never did), whether it was resolved."""

    begin: float
    messages: tuple[Message, ...]
    to_people: float | None
    resolved: bool


class Figure(msgspec.Struct, frozen=True):
    """A figure, how many it rests on, and its formula's name. `value` is a share, or seconds."""

    name: str
    value: float | None
    n: int


class Past(NamedTuple):
    """What happened in a period: the visits begun in it, with their rounds, and the ratings given in it."""

    visits: Sequence[Visit]
    rounds: Sequence[Sequence[Round]]  # of each visit
    ratings: Sequence[Rating]
    speed: float = 1.0

    def all_rounds(self) -> list[Round]:
        """The rounds of all visits."""
        return [one for each in self.rounds for one in each]


def past(visits: Sequence[Visit], ratings: Sequence[Rating], speed: float) -> Past:
    """The period, its rounds found."""
    return Past(visits, [rounds(visit.messages) for visit in visits], ratings, speed)


def average_response(p: Past) -> Figure:
    """R5.1."""
    return _mean("average_response", p, [r.wait_s for r in p.all_rounds() if r.by_person])


def average_response_feige(p: Past) -> Figure:
    """平均响应时长."""
    waits = [r.wait_s for r in p.all_rounds() if r.by_person and in_working_hours(r.begin)]
    return _mean("average_response_feige", p, waits)


def first_response_feige(p: Past) -> Figure:
    """首次响应时长."""
    waits = []
    for visit, found in zip(p.visits, p.rounds, strict=True):
        first = next((r.answered for r in found if r.by_person and r.answered is not None), None)
        if first is not None and visit.to_people is not None and in_working_hours(visit.to_people):
            waits.append(max(0.0, first - visit.to_people))
    return _mean("first_response_feige", p, waits)


def reply_3min_messages(p: Past) -> Figure:
    """3分钟人工回复率, by messages."""
    asked = [(r, at) for r in p.all_rounds() for at in r.asked if in_working_hours(at)]
    limit = THREE_MINUTES_S / p.speed
    return _share("reply_3min_messages", (r.by_person and (r.answered or 0) - at <= limit for r, at in asked))


def reply_3min_rounds(p: Past) -> Figure:
    """3分钟人工回复率(会话), by rounds."""
    begun = [r for r in p.all_rounds() if in_working_hours(r.begin)]
    return _share("reply_3min_rounds", (r.by_person and r.wait_s <= THREE_MINUTES_S / p.speed for r in begun))


def satisfaction(p: Past) -> Figure:
    """R5.2."""
    return _share("satisfaction", (rating.satisfied for rating in p.ratings))


def resolution(p: Past) -> Figure:
    """R5.3."""
    return _share("resolution", (visit.resolved for visit in p.visits))


def answered_by_bot(p: Past) -> Figure:
    """R5.4."""
    return _share("answered_by_bot", (not r.by_person for r in p.all_rounds() if r.answered is not None))


FORMULAS: Final[tuple[Callable[[Past], Figure], ...]] = (
    average_response,
    average_response_feige,
    first_response_feige,
    reply_3min_messages,
    reply_3min_rounds,
    satisfaction,
    resolution,
    answered_by_bot,
)


def figures(p: Past) -> list[Figure]:
    """Every figure, in the order of the table above."""
    return [formula(p) for formula in FORMULAS]


def _mean(name: str, p: Past, waits: Sequence[float]) -> Figure:
    value = mean(waits)
    return Figure(name, None if value is None else value * p.speed, len(waits))


def _share(name: str, yes: Iterable[bool]) -> Figure:
    told = list(yes)
    return Figure(name, sum(told) / len(told) if told else None, len(told))

"""The dashboard's formulas, as openapi.yaml words them (metricsSummary), over what a test saw: plain and slow."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

CHINA_S: Final = 8 * 3600
THREE_MINUTES_S: Final = 180.0
Message = Mapping[str, Any]
Figures = dict[str, tuple[float | None, int]]


class Seen(NamedTuple):
    """One visit: its messages in order, when it went to people (None: never), and whether it was resolved."""

    messages: Sequence[Message]
    to_people: float | None
    resolved: bool

    @property
    def begin(self) -> float:
        """When it began."""
        return float(self.messages[0]["created_at"])


class Round(NamedTuple):
    """What a customer asked at a stretch: when, and the message that answered (None: nothing did)."""

    asked: tuple[float, ...]
    answer: Message | None

    @property
    def by_person(self) -> bool:
        """Whether a person answered."""
        return self.answer is not None and self.answer["sender"] == "agent"

    @property
    def wait_s(self) -> float:
        """From the first message to the answer."""
        return 0.0 if self.answer is None else self.answer["created_at"] - self.asked[0]


def rounds(visit: Seen) -> list[Round]:
    """A round begins with a customer's first unanswered message; a person's reply or the bot's answer ends it."""
    found: list[Round] = []
    asked: list[float] = []
    for message in visit.messages:
        if message["sender"] == "customer" and message["status"] != "recalled":
            asked.append(message["created_at"])
        elif asked and _answers(message):
            found.append(Round(tuple(asked), message))
            asked = []
    return [*found, Round(tuple(asked), None)] if asked else found


def figures(visits: Sequence[Seen], stars: Sequence[int]) -> Figures:
    """Every figure: (value, how many it rests on)."""
    every = [one for visit in visits for one in rounds(visit)]
    by_people = [one for one in every if one.by_person]
    begun = [one for one in every if by_day(one.asked[0])]
    asked = [(one, at) for one in every for at in one.asked if by_day(at)]
    answered = [one for one in every if one.answer is not None]
    return {
        "average_response": _mean(one.wait_s for one in by_people),
        "average_response_feige": _mean(one.wait_s for one in by_people if by_day(one.asked[0])),
        "first_response_feige": _mean(_first_waits(visits)),
        "reply_3min_messages": _share(
            one.by_person and one.answer is not None and one.answer["created_at"] - at <= THREE_MINUTES_S
            for one, at in asked
        ),
        "reply_3min_rounds": _share(one.by_person and one.wait_s <= THREE_MINUTES_S for one in begun),
        "satisfaction": _share(each >= 4 for each in stars),
        "resolution": _share(visit.resolved for visit in visits),
        "answered_by_bot": _share(not one.by_person for one in answered),
    }


class Person(NamedTuple):
    """What an agent's score rests on: waits of the rounds they answered, stars, and customers served and ordering."""

    waits: Sequence[float]
    stars: Sequence[int]
    served: int
    ordered: int


def score(person: Person) -> float | None:
    """40 speed (1 at a mean wait of 30 s, 0 at 3 min) + 40 satisfaction + 20 conversion; None where one has nothing."""
    if not (person.waits and person.stars and person.served):
        return None
    waited = sum(person.waits) / len(person.waits)
    speed = min(1.0, max(0.0, (180 - waited) / 150))
    satisfied = sum(each >= 4 for each in person.stars) / len(person.stars)
    return 40 * speed + 40 * satisfied + 20 * person.ordered / person.served


def by_day(at: float) -> bool:
    """From 08:00:00 on and before 23:00:00, China's time."""
    return 8 * 3600 <= (at + CHINA_S) % 86_400 < 23 * 3600


def _answers(message: Message) -> bool:
    if message["status"] in ("failed", "recalled"):
        return False
    return (message["sender"] == "agent" and not message["private"]) or message["scene"] in ("bot", "faq")


def _first_waits(visits: Iterable[Seen]) -> Iterable[float]:
    for visit in visits:
        first = next((one.answer["created_at"] for one in rounds(visit) if one.by_person and one.answer), None)
        if first is not None and visit.to_people is not None and by_day(visit.to_people):
            yield max(0.0, first - visit.to_people)


def _mean(values: Iterable[float]) -> tuple[float | None, int]:
    known = list(values)
    return (sum(known) / len(known) if known else None), len(known)


def _share(yes: Iterable[bool]) -> tuple[float | None, int]:
    return _mean(float(each) for each in yes)

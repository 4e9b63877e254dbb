"""Rounds of a conversation: what a customer asked at a stretch, and who answered after how long (R5.1); pure.

A round begins with the first message nobody has answered, and ends with the first reply of a person or answer of the
bot. Notes, greetings and other scenes, replies that failed, and messages the customer took back count for nothing.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from reference_service.domain.records import Message
from reference_service.domain.turns import BOTS_OWN

CHINA: Final = datetime.timezone(datetime.timedelta(hours=8))
DAY_FROM, DAY_UNTIL = 8, 23  # o'clock, the hours that Feige's own figures count (08:00:00-22:59:59)


class Round(NamedTuple):
    """One round, in Unix seconds. `answered` is None where nobody did, `agent_id` None where no person did."""

    conversation_id: str
    begin: float
    asked: tuple[float, ...]  # when each message of it came
    answered: float | None = None
    agent_id: str | None = None

    @property
    def by_person(self) -> bool:
        """Whether a person's reply ended it."""
        return self.agent_id is not None

    @property
    def wait_s(self) -> float:
        """How long the customer waited; 0 where nobody answered."""
        return 0.0 if self.answered is None else self.answered - self.begin


def rounds(visit: Iterable[Message]) -> list[Round]:
    """The rounds of one visit's messages, in their order; the last may be unanswered."""
    found: list[Round] = []
    asked: list[float] = []
    for message in visit:
        if message.sender == "customer" and message.status != "recalled":
            asked.append(message.created_at)
        elif asked and answers(message):
            agent = message.agent_id if message.sender == "agent" else None
            found.append(Round(message.conversation_id, asked[0], tuple(asked), message.created_at, agent))
            asked = []
    if asked:
        found.append(Round(message.conversation_id, asked[0], tuple(asked)))
    return found


def answers(message: Message) -> bool:
    """Whether this is an answer: a person's reply that did not fail, or what the bot answers by itself."""
    if message.status in ("failed", "recalled"):
        return False
    return (message.sender == "agent" and not message.private) or message.scene in BOTS_OWN


def in_working_hours(at: float) -> bool:
    """Whether a moment counts in Feige's own figures: from 08:00:00 until 23:00:00 is reached, China's time."""
    return DAY_FROM <= datetime.datetime.fromtimestamp(at, CHINA).hour < DAY_UNTIL


def mean(values: Sequence[float]) -> float | None:
    """None of nothing."""
    return sum(values) / len(values) if values else None

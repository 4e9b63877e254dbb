"""What an agent does next: which conversation to answer, and how long thinking and typing take. Pure."""

from random import Random
from typing import NamedTuple

from history.scenario import Agents


class Waiting(NamedTuple):
    """A conversation that waits for a reply, as of its newest message."""

    conversation: str
    message: str  # platform id of the newest message
    text: str


class Inbox:
    """The conversations of one agent that wait for a reply; one reply answers all that is unanswered in one of them."""

    def __init__(self) -> None:
        self._waiting: dict[str, Waiting] = {}  # a newer message keeps the place of the first unanswered one

    def __len__(self) -> int:
        return len(self._waiting)

    def heard(self, message: Waiting) -> None:
        """A customer's message appeared."""
        self._waiting[message.conversation] = message

    def oldest(self) -> Waiting | None:
        """The conversation that waits longest."""
        return next(iter(self._waiting.values()), None)

    def take(self, conversation: str) -> Waiting | None:
        """Answer a conversation now: its newest message, or None where nothing waits there any more."""
        return self._waiting.pop(conversation, None)

    def again(self, message: Waiting) -> None:
        """The reply to it was refused: it waits again, unless something newer does."""
        self._waiting.setdefault(message.conversation, message)

    def forget(self, conversation: str) -> None:
        """The conversation is somebody else's, or over."""
        self._waiting.pop(conversation, None)


def skill(rng: Random) -> float:
    """How fast an agent is, as a factor on thinking and typing: trainees 0.7, seniors 1.4."""
    return rng.uniform(0.7, 1.4)


def pause_s(habits: Agents, skill: float, text: str, business_speed: float, rng: Random) -> float:
    """Seconds from turning to a conversation to pressing send: think, then type the text."""
    think = rng.uniform(*habits.think_s)
    typing = len(text) / habits.chars_per_s
    return (think + typing) / skill / business_speed


def backoff_s(failures: int, rng: Random) -> float:
    """Seconds before the next attempt to reconnect: 0.1 s doubling to 2 s, half of it jitter, so no herd forms."""
    ceiling = min(2.0, 0.1 * 2.0 ** min(failures, 10))
    return ceiling * rng.uniform(0.5, 1.0)

"""What goes to the target in one request: one push, or several where the profile has batches."""

from dataclasses import dataclass, field

from simulators.douyin.conversation import Conversation
from simulators.faults.fault import UNTOUCHED, Plan
from targets.platform import Message, Request


@dataclass(slots=True)
class Push:
    """One event on its way. Only customers' messages are recorded and disturbed."""

    conversation: Conversation
    message: Message
    recorded: bool
    plan: Plan = UNTOUCHED
    attempts: int = 0
    again: bool = False  # the target took this message before: it cannot become undelivered


@dataclass(slots=True)
class Flight:
    """`lanes` says of which conversations, and how many of each; all attempts send the same bytes."""

    pushes: tuple[Push, ...]
    lanes: tuple[tuple[str, int], ...]
    attempts: int = 0
    request: Request | None = field(default=None, repr=False)

    @property
    def first(self) -> Push:
        """The one that says what is done to it: a push with a plan flies alone."""
        return self.pushes[0]


def alone(push: Push) -> Flight:
    """A flight of one."""
    return Flight((push,), ((push.conversation.id, 1),))


def fits(push: Push) -> bool:
    """Whether a push may fly with others."""
    return push.plan is UNTOUCHED

"""Whether a customer's message may still be answered: about 24 h, and six replies until they write again (4c, [D])."""

from dataclasses import dataclass, field
from typing import Literal

Answerable = Literal["yes", "unknown message", "too late", "too many"]


@dataclass
class ReplyWindow:
    """One conversation's right to reply; times are seconds of one clock."""

    open_s: float = 86400.0
    replies: int = 6
    used: int = 0
    _written: dict[str, float] = field(default_factory=dict)

    def customer_wrote(self, message: str, now: float) -> None:
        """A customer's message: it may be answered from now on, and the count starts anew."""
        while self._written and now - next(iter(self._written.values())) > self.open_s:
            del self._written[next(iter(self._written))]
        self._written[message] = now
        self.used = 0

    def may_answer(self, message: str, now: float) -> Answerable:
        """Whether a reply that names `message` is allowed at `now`."""
        written = self._written.get(message)
        if written is None:
            return "unknown message"
        if now - written > self.open_s:
            return "too late"
        return "yes" if self.used < self.replies else "too many"

    def answered(self) -> None:
        """A reply was taken."""
        self.used += 1

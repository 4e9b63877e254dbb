"""What may befall a call that a target makes to the platform."""

from random import Random
from typing import Literal

from history.scenario import Faults

Mishap = Literal["refuse_call", "lost_answer", "limit_call", "expire_token", "lost_both"]  # the last three: asked for


class CallFaults:
    """Refuses some calls with a code that means "try again", doing nothing; loses the answer to some it carried out."""

    def __init__(self, faults: Faults, rng: Random) -> None:
        self._refuse, self._lose, self._rng = faults.refuse_call, faults.lost_answer, rng
        self._wanted: dict[str, Mishap] = {}

    def want(self, conversation: str, mishap: Mishap) -> None:
        """The next call about that conversation meets with this."""
        self._wanted[conversation] = mishap

    def next(self, conversation: str) -> Mishap | None:
        """What befalls a call. Each share draws once a call, so that one does not move the other."""
        refuse, lose = self._rng.random() < self._refuse, self._rng.random() < self._lose
        if wanted := self._wanted.pop(conversation, None):
            return wanted
        return "refuse_call" if refuse else "lost_answer" if lose else None

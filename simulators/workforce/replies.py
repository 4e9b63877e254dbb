"""What an agent writes: a line that fits the customer's text, sometimes a listed word, always a token."""

from random import Random
from typing import NamedTuple

from fixtures.evasions import hide
from fixtures.script import BUNDLED, Script
from history.tokens import LETTERS, clean, token


class Draft(NamedTuple):
    """A reply before it is sent. `words` is what is typed; `text` ends in the token by which it is traced."""

    words: str
    text: str
    token: str
    listed: bool


class Replies:
    """One agent's replies; run and sender stand in their tokens, whose numbers never come twice."""

    def __init__(self, run: int, sender: int, listed_share: float, rng: Random, script: Script = BUNDLED) -> None:
        self._run = run
        self._sender = sender
        self._listed_share = listed_share
        self._rng = rng
        self._script = script
        self._spelled = [word for word in script.words.plain if set(word) <= set(LETTERS)]  # what a token could hold
        self._number = 0

    def write(self, to: str, decent: bool = False) -> Draft:
        """A reply to a text; `listed_share` of them hold one listed word, none where `decent`."""
        line = self._rng.choice(self._script.dialogues.replies_to(to))
        listed = not decent and self._rng.random() < self._listed_share
        typed = line + hide(self._rng.choice(self._script.words.words), self._rng) if listed else line
        name = self._token()
        return Draft(typed, f"{typed} {name}", name, listed)

    def _token(self) -> str:
        while True:
            candidate = token(self._run, self._sender, self._number)
            self._number += 1
            if clean(candidate, self._spelled):
                return candidate

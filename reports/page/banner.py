"""The verdict's wording and look: design.md's words, and never a go-live for the bundled reference."""

from typing import Final, NamedTuple

from reports.model import Judgement, Outcome
from reports.page.words import Text, say

_LOOKS: Final[dict[Outcome, str]] = {
    "GO": "go",
    "GO WITH CONDITIONS": "conditions",
    "NO-GO": "nogo",
    "INVALID": "invalid",
}


class Banner(NamedTuple):
    """`look` names the colour and icon; `words` stand large, joined by `joint`; `meaning` is one sentence below."""

    look: str
    words: Text
    joint: str
    meaning: Text

    @property
    def line(self) -> str:
        """The exact wording, e.g. `不可上线 NO-GO`."""
        return f"{self.words.zh}{self.joint}{self.words.en}"


def banner(judgement: Judgement) -> Banner:
    """The banner of a judgement; a pass against the bundled reference is a demonstration."""
    look = _LOOKS[judgement.verdict]
    if judgement.demo and look in ("go", "conditions"):
        look = "demo" if look == "go" else "demo_conditions"
    joint = " / " if look.startswith("demo") else " "
    return Banner(look, say(f"banner.{look}"), joint, say(f"meaning.{look}"))

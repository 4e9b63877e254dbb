"""What happens to a text on its way: pass, review, mask or block; pure, looked up at each call."""

from typing import Final, NamedTuple

from reference_service.filtering import masks
from reference_service.filtering.spelling import Action
from reference_service.filtering.words import Direction, Hit, WordFilter

_RANK: Final[dict[Action, int]] = {"pass": 0, "review": 1, "mask": 2, "block": 3}


class Judged(NamedTuple):
    """`text` is what the other side may see: masked where needed, None where blocked."""

    action: Action
    text: str | None
    hits: list[Hit]


def check(words: WordFilter, text: str, direction: Direction) -> Judged:
    """Judge a text; the strictest rule among its listed words decides (FILTER-1).

    `review` lets the text through as it is and asks for a supervisor's look at it.
    """
    hits = words.find(text)
    if not hits:
        return Judged("pass", text, hits)
    action = max((rule(hit, direction) for hit in hits), key=_RANK.__getitem__)
    if action == "block":
        return Judged(action, None, hits)
    return Judged(action, mask(words, text, direction) if action == "mask" else text, hits)


def rule(hit: Hit, direction: Direction) -> Action:
    """The action a listed word asks for in a direction."""
    return hit.word.to_customer if direction == "to_customer" else hit.word.to_agent


def mask(words: WordFilter, text: str, direction: Direction) -> str:
    """Cover every word whose rule in this direction hides it."""
    return masks.mask(words, text, lambda hit: _RANK[rule(hit, direction)] >= _RANK["mask"])

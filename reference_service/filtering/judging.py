"""What happens to a text on its way: pass, mask or block; pure, looked up at each call."""

from typing import Literal, NamedTuple

from reference_service.filtering.words import MASK, Action, Direction, Hit, WordFilter

_RANK: dict[Action, int] = {"pass": 0, "mask": 1, "block": 2}


class Judged(NamedTuple):
    """`text` is what the other side may see: masked where needed, None where blocked."""

    action: Literal["pass", "mask", "block", "review"]
    text: str | None
    hits: list[Hit]


def check(words: WordFilter, text: str, direction: Direction) -> Judged:
    """Judge a text; the strictest rule among its listed words decides (FILTER-1)."""
    hits = words.find(text)
    if not hits:
        return Judged("pass", text, hits)
    action = max((rule(hit, direction) for hit in hits), key=_RANK.__getitem__)
    if action == "block":
        return Judged("block", None, hits)
    return Judged(action, mask(words, text, direction) if action == "mask" else text, hits)


def rule(hit: Hit, direction: Direction) -> Action:
    """The action a listed word asks for in a direction."""
    return hit.word.to_customer if direction == "to_customer" else hit.word.to_agent


def mask(words: WordFilter, text: str, direction: Direction) -> str:
    """Cover every word to be hidden, keeping length and offsets, until none is left (FILTER-3).

    Covering may uncover: a phrase that was allowed is one no more when part of it is masked. Each round masks at least
    one more character, so it ends.
    """
    characters = list(text)
    while hidden := [hit for hit in words.find("".join(characters)) if rule(hit, direction) != "pass"]:
        for start, end, _ in hidden:
            characters[start:end] = MASK * (end - start)
    return "".join(characters)

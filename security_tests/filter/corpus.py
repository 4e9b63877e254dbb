"""The corpus as a shop's list, and its words in every class of evasion: what may be judged, what is only measured."""

from collections.abc import Mapping
from random import Random
from typing import Final

from fixtures.corpus import ALLOW, RULES, Rule
from fixtures.evasions.catalogue import Evasion
from fixtures.evasions.characters import has_latin, is_chinese
from targets.interface import WordRule

__all__ = ["ALLOW"]
LIST: Final = tuple(
    WordRule(rule.word, aliases=rule.aliases, pinyin=rule.pinyin, initials=rule.initials) for rule in RULES
)
SEEDS: Final = 4


def covers(claims: Mapping[str, str], claim: str, rule: Rule) -> bool:
    """Whether a target claims a class for a word, as the claim's `words` say; as listed, every target does."""
    if claim == "plain":
        return True
    asked = {"alias": bool(rule.aliases), "pinyin": rule.pinyin, "initials": rule.initials}
    kinds = {
        "every": True,
        "chinese": is_chinese(rule.word),
        "latin": has_latin(rule.word),
        "asked": asked.get(claim, False),
    }
    return kinds.get(claims.get(claim, ""), False)


def hidden(rule: Rule, evasion: Evasion, seeds: int = SEEDS) -> list[str]:
    """The word in that disguise, in several ways; none in which it can still be read as it is listed (微信信)."""
    if not evasion.applies(rule.word):
        return []
    ways = dict.fromkeys(evasion.hide(rule.word, Random(f"{rule.word} {seed}")) for seed in range(seeds))
    return [text for text in ways if evasion.name == "plain" or rule.word not in text]

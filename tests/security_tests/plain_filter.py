"""A filter of another make, in memory: finds words as they are listed and nothing else; with one bug on request."""

from collections.abc import Sequence
from itertools import count
from time import process_time
from typing import Final

from security_tests.filter.door import Side
from security_tests.filter.reading import stands
from targets.interface import FilterVerdict, Hit, Verdict, WordRule

BUGS: Final = (
    "misses the second word",
    "calls a hit by another word",
    "takes a sign for a word",
    "finds the longest only of many",
    "hears the sentence before",
    "knows the first word only",
    "forgets nothing",
    "unlocks what touches",
    "masks one sign",
    "masks a neighbour",
    "masks the first of two",
    "marks its masks",
    "fails on NUL",
    "mixes lists",
    "asks the first word",
)
ORDER: Final[tuple[Verdict, ...]] = ("pass", "review", "mask", "block")
MASK: Final = "*"


class PlainFilter:
    """security_tests.filter.door.Door."""

    name = "in memory"
    contract = True
    now = staticmethod(process_time)

    def __init__(self, bug: str = "") -> None:
        self._bug = bug
        self._words: list[WordRule] = []
        self._before: list[WordRule] = []
        self._allow: list[str] = []
        self._rule: dict[str, Verdict] = {}
        self._turns = count(1)

    async def put(self, words: Sequence[WordRule], allow: Sequence[str] = (), contacts: bool = False) -> None:  # noqa: ARG002
        """As Door has it."""
        self._before = self._words
        kept = self._words if self._bug == "forgets nothing" else []
        self._words, self._allow = [*words, *(each for each in kept if each not in words)], list(allow)

    async def check(self, texts: Sequence[str], to: Side = "customer") -> list[FilterVerdict]:
        """As Door has it."""
        return [self._judge(text, to) for text in texts]

    async def claims(self) -> dict[str, str]:
        """As Door has it: none."""
        return {}

    async def raw(self, body: bytes) -> tuple[int, bytes]:
        """As Door has it: refuses half a pair, falls over a NUL where that is its bug."""
        import json

        text = json.loads(body)["texts"][0]
        if any(0xD800 <= ord(character) < 0xE000 for character in text):
            return 422, b"{}"
        if self._bug == "fails on NUL" and "\0" in text:
            return 500, b"{}"
        verdict = self._judge(text, "agent")
        return 200, json.dumps({"results": [{"action": verdict.action, "text": verdict.text}]}).encode()

    def _judge(self, text: str, to: Side) -> FilterVerdict:
        hits = self._hits(text)
        if not hits:
            return FilterVerdict("pass", text, ())
        self._rule = {each.word: each.to_customer if to == "customer" else each.to_agent for each in self._words}
        rules = [self._rule.get(hit.word, "mask") for hit in hits]
        action = rules[0] if self._bug == "asks the first word" else max(rules, key=ORDER.index)
        shown = None if action == "block" else self._masked(text, hits) if action == "mask" else text
        return FilterVerdict(action, shown, tuple(hits))

    def _hits(self, text: str) -> list[Hit]:
        words = self._words
        if self._bug == "mixes lists" and next(self._turns) % 3 == 0:
            words = self._before
        if self._bug == "knows the first word only":
            words = words[:1]
        found = [Hit(start, end, each.word) for each in words for start, end in stands(each.word, text)]
        spans = [
            (at, at + len(phrase)) for phrase in self._allow for at in range(len(text)) if text.startswith(phrase, at)
        ]
        if self._bug == "unlocks what touches":
            found = [hit for hit in found if not any(start < hit.end and hit.start < end for start, end in spans)]
        found = sorted(hit for hit in found if not any(start <= hit.start and hit.end <= end for start, end in spans))
        return self._bent(text, found)

    def _bent(self, text: str, found: list[Hit]) -> list[Hit]:
        match self._bug:
            case "misses the second word":
                return found[:1] + found[2:]
            case "calls a hit by another word":
                return [hit._replace(word=self._words[-1].word) for hit in found]
            case "takes a sign for a word":
                return found or [Hit(at, at + 1, self._words[0].word) for at, c in enumerate(text) if c in "今❤"][:1]
            case "finds the longest only of many":
                return [max(found, key=lambda hit: hit.end - hit.start)] if len(found) > 1 else found
            case "hears the sentence before":
                return found if "。" not in text else [hit for hit in found if hit.start < text.index("。")]
            case _:
                return found

    def _masked(self, text: str, hits: list[Hit]) -> str:
        while hits := [hit for hit in hits if self._rule.get(hit.word, "mask") == "mask"]:
            some = hits[:1] if self._bug == "masks the first of two" else hits
            for hit in some:
                start, end = hit.start - (self._bug == "masks a neighbour" and hit.start > 0), hit.end
                text = text[:start] + MASK * (end - start) + text[end:]
            if self._bug == "masks the first of two":
                break
            hits = self._hits(text)
        if self._bug == "masks one sign":
            return text.replace(MASK * 2, MASK)
        return text + self._words[0].word if self._bug == "marks its masks" else text

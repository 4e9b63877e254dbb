"""Sins against the sensitive-word filter that the security suite sees."""

from collections.abc import Callable, Iterator

import msgspec

from proof.mutant import instead, mutant, ran
from reference_service.domain import intake
from reference_service.domain.events import Written
from reference_service.domain.records import Message
from reference_service.domain.world import ShopFloor
from reference_service.filtering import judging, masks, words
from reference_service.filtering.allowing import P, Span
from reference_service.filtering.folding import PLAIN
from reference_service.filtering.spelling import Spelling, Word
from reference_service.filtering.spelling import spellings as spelled
from reference_service.filtering.words import MASK, Direction, Hit, WordFilter
from reference_service.storage import archive


@mutant("FILTER-1", suite="security")
def takes_any_name() -> None:
    """Shows agents a customer's name as it came."""
    honest = intake.judged_nick

    def judged_nick(floor: ShopFloor, written: Written) -> str:
        if honest(floor, written) != written.nick:
            ran()
        return written.nick

    instead(intake, "judged_nick", judged_nick)


@mutant("FILTER-1", suite="security")
def reads_no_look_alikes() -> None:
    """Takes Cyrillic letters for no Latin ones, though it claims that."""

    def has_foreign(folded: str) -> bool:  # noqa: ARG001
        ran()
        return False

    instead(words, "has_foreign", has_foreign)


@mutant("FILTER-2", suite="security")
def unlocks_what_goes_beyond() -> None:
    """Lets an allowed phrase unlock every word that it touches."""

    def unlocked(hits: list[P], spans: list[Span]) -> list[P]:
        kept = [hit for hit in hits if not any(hit.start < end and start < hit.end for start, end in spans)]
        if len(kept) < len(hits):
            ran()
        return kept

    instead(words, "unlocked", unlocked)


@mutant("FILTER-2", suite="security")
def finds_words_in_words() -> None:
    """Takes vxworks for vx."""

    def spellings(word: Word) -> Iterator[Spelling]:
        for spelling in spelled(word):
            ran()
            yield msgspec.structs.replace(spelling, bounded=(False, False), whole_numbers=False)

    instead(words, "spellings", spellings)


@mutant("FILTER-3", suite="security")
def covers_no_overlap() -> None:
    """Covers of words that overlap the first alone, and looks once."""

    def mask(listed: WordFilter, text: str, hidden: Callable[[Hit], bool]) -> str:
        characters, done = list(text), 0
        for hit in filter(hidden, listed.find(text)):
            if hit.start < done:
                ran()
                continue
            done = hit.end
            characters[hit.start : hit.end] = MASK * (hit.end - hit.start)
        return "".join(characters)

    instead(masks, "mask", mask)


@mutant("FILTER-3", suite="security")
def shortens_what_it_masks() -> None:
    """Puts three signs in the place of every word, however long it is."""
    honest = masks.mask

    def mask(listed: WordFilter, text: str, hidden: Callable[[Hit], bool]) -> str:
        masked = honest(listed, text, hidden)
        for length in (4, 2, 1):
            if MASK * length in masked and MASK * (length + 1) not in masked:
                ran()
                return masked.replace(MASK * length, MASK * 3)
        return masked

    instead(masks, "mask", mask)


@mutant("FILTER-4", suite="security")
def compares_all_with_all() -> None:
    """Reads a text once more from each of its characters."""
    quick = judging.check

    def check(listed: WordFilter, text: str, direction: Direction) -> judging.Judged:
        ran()
        for at in range(0, len(text), 2):
            PLAIN.places(text[at:])
        return quick(listed, text, direction)

    instead(judging, "check", check)


@mutant("FILTER-4", suite="security")
def trips_over_a_zero() -> None:
    """Fails where a text has a NUL, as what was written in C does."""
    robust = judging.check

    def check(listed: WordFilter, text: str, direction: Direction) -> judging.Judged:
        if "\0" in text:
            ran()
            raise ValueError("embedded null character")
        return robust(listed, text, direction)

    instead(judging, "check", check)


@mutant("FILTER-4", suite="security")
def reloads_word_by_word() -> None:
    """Judges one text in two by the list before, for the first questions after a reload."""
    whole = judging.check
    newest: list[WordFilter] = []  # of the shop that asked last: before, now
    asked = [0]

    def check(listed: WordFilter, text: str, direction: Direction) -> judging.Judged:
        if not newest or newest[-1] is not listed:
            newest.append(listed)
            asked[0] = 0
        asked[0] += 1
        if len(newest) > 1 and 1 < asked[0] < 30 and asked[0] % 2:
            ran()
            return whole(newest[-2], text, direction)
        return whole(listed, text, direction)

    instead(judging, "check", check)


@mutant("FILTER-5", suite="security")
def exports_what_it_blocked() -> None:
    """Writes messages into an export as they came."""
    kind, where, careful = archive._PARTS["messages"]

    def message(record: Message) -> dict[str, object]:
        if record.shown is None:
            ran()
        return careful(record) | {"text": record.text}

    archive._PARTS["messages"] = (kind, where, message)

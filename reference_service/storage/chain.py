"""The audit chain: each commit is a link that covers the one before it; pure (AUDIT-1, R6.5).

    hash(n) = keyed blake2b( hash(n-1), n, time, note, body )

Without the key nobody can make a link, so what lies beyond the anchored head is the service's own work, too.
"""

import struct
from hashlib import blake2b
from typing import Final, NamedTuple

HASH_SIZE: Final = 32


class Head(NamedTuple):
    """The newest link: its number, from 1, and its hash. Number 0 is the chain before its first link."""

    number: int
    hash: bytes


class Link(NamedTuple):
    """One commit. `at` is Unix seconds; `note` is "" or says what else the commit means; `body` is digests.py's."""

    number: int
    at: float
    note: str
    body: bytes
    hash: bytes

    @property
    def head(self) -> Head:
        """The chain's head when this is the newest link."""
        return Head(self.number, self.hash)


BROKEN: Final = ("cut: ", "anchor lost: ")  # how the note of a link begins that was made after the chain was broken
START: Final = Head(0, bytes(HASH_SIZE))


def link(key: bytes, before: Head, at: float, note: str, body: bytes) -> Link:
    """The link that follows `before`."""
    number = before.number + 1
    return Link(number, at, note, body, link_hash(key, before.hash, number, at, note, body))


def link_hash(key: bytes, before: bytes, number: int, at: float, note: str, body: bytes) -> bytes:
    """The hash that a link must have, after the hash of the link before it."""
    said = note.encode()
    digest = blake2b(key=key, digest_size=HASH_SIZE, person=b"link")
    digest.update(before + struct.pack(">QdQ", number, at, len(said)) + said)
    digest.update(body)
    return digest.digest()


def restored_note(anchored: Head) -> str:
    """The note of the link that a restore adds: by it the anchored head of before does not look cut off."""
    return f"restored: {anchored.number} {anchored.hash.hex()} was anchored"


def begin_note(newest: Link, anchored: Head | None, on_chain: bytes | None) -> str:
    """What a start finds when it compares the chain's newest link with the anchor; "" where they agree.

    `on_chain` is the chain's hash at the anchored number, None where the chain has no such link. The anchor is written
    after every commit and before anybody hears of it, so it may be one group behind a chain, and never ahead of it.
    """
    if anchored is None:
        return "" if newest.head == START else f"anchor lost: the chain ended at {newest.number}"
    if anchored == START or on_chain == anchored.hash or newest.note == restored_note(anchored):
        return ""
    return f"cut: {anchored.number} {anchored.hash.hex()} was anchored, the chain ended at {newest.number}"

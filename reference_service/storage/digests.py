"""Digests of rows and of their keys: what the audit chain keeps instead of the rows themselves (AUDIT-1).

Keyed, so that nobody without the audit key can guess a text or an id from its digest, after a purge least of all.
"""

import functools
from hashlib import blake2b
from typing import Any, Final

import msgspec

from reference_service.storage import tables
from reference_service.storage.writing import Net

SIZE: Final = 16


_encode = msgspec.msgpack.Encoder().encode


class Digests:
    """Digests under one key, SIZE bytes each."""

    def __init__(self, key: bytes) -> None:
        self._rows = blake2b(key=key, digest_size=SIZE, person=b"row")
        self._keys = blake2b(key=key, digest_size=SIZE, person=b"key")

    def row(self, record: type[msgspec.Struct], row: tuple[Any, ...]) -> bytes:
        """The digest of a row. Trailing defaults do not count: a column added later changes no digest."""
        needed, defaults = _trailing(record)
        if row[needed:] == defaults:
            end = needed
        else:
            end = len(row)
            while row[end - 1] == defaults[end - 1 - needed]:
                end -= 1
        digest = self._rows.copy()
        digest.update(_encode(row[:end]))
        return digest.digest()

    def key(self, record: type[msgspec.Struct], key: tuple[Any, ...]) -> bytes:
        """The digest of a row's table and key."""
        digest = self._keys.copy()
        digest.update(_encode((tables.table(record), *key)))
        return digest.digest()

    def body(self, net: Net) -> bytes:
        """What a commit did: for each table the digests of key and row of all it wrote, and of the keys it removed."""
        told: dict[str, tuple[bytes, bytes]] = {}
        for record, rows in net.items():
            written: list[bytes] = []
            removed: list[bytes] = []
            for key, row in rows.items():
                name = self.key(record, key)
                if row is None:
                    removed.append(name)
                else:
                    written += (name, self.row(record, row))
            told[tables.table(record)] = (b"".join(written), b"".join(removed))
        return _encode(told)


def kept(record: type[msgspec.Struct], row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row as a record has it, from what SQLite gives: booleans are numbers there. Nothing else is mended."""
    if not (places := _booleans(record)):
        return row
    mended = list(row)
    for place in places:
        if type(row[place]) is int and row[place] in (0, 1):
            mended[place] = bool(row[place])
    return tuple(mended)


def told(body: bytes) -> dict[str, tuple[bytes, bytes]]:
    """A body as `Digests.body` made it. Raises msgspec.MsgspecError."""
    return msgspec.msgpack.decode(body, type=dict[str, tuple[bytes, bytes]])


@functools.cache
def _trailing(record: type[msgspec.Struct]) -> tuple[int, tuple[Any, ...]]:
    """How many leading columns always count, and the defaults of those after them."""
    fields = msgspec.structs.fields(record)
    defaults = [field.default for field in fields]
    needed = max((place for place, default in enumerate(defaults, 1) if default is msgspec.NODEFAULT), default=0)
    return needed, tuple(defaults[needed:])


@functools.cache
def _booleans(record: type[msgspec.Struct]) -> tuple[int, ...]:
    return tuple(place for place, field in enumerate(msgspec.structs.fields(record)) if field.type is bool)

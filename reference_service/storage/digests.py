"""Digests of rows and of their keys: what the audit chain keeps instead of the rows themselves (AUDIT-1).

Keyed, so that nobody without the audit key can guess a text or an id from its digest, after a purge least of all.
"""

import functools
from hashlib import blake2b
from typing import Any, Final

import msgspec

from reference_service.storage import tables
from reference_service.storage.writing import Key, Net, Row

SIZE: Final = 16


_encode = msgspec.msgpack.Encoder().encode


class Digests:
    """Digests under one key, SIZE bytes each."""

    def __init__(self, key: bytes) -> None:
        self._rows = blake2b(key=key, digest_size=SIZE, person=b"row")
        self._keys = blake2b(key=key, digest_size=SIZE, person=b"key")
        self._of: dict[type[msgspec.Struct], Any] = {}  # by table: a digest that has seen its name

    def row(self, record: type[msgspec.Struct], row: Row) -> bytes:
        """The digest of a row. Trailing defaults do not count: a column added later changes no digest."""
        digest = self._rows.copy()
        digest.update(_encode(_counting(row, *_trailing(record))))
        return digest.digest()

    def key(self, record: type[msgspec.Struct], key: Key) -> bytes:
        """The digest of a row's table and key."""
        digest = self._table(record).copy()
        digest.update(_encode(key))
        return bytes(digest.digest())

    def body(self, net: Net) -> bytes:
        """What a commit did: for each table the digests of key and row of all it wrote, and of the keys it removed."""
        told: dict[str, tuple[bytes, bytes]] = {}
        begun = self._rows.copy
        for record, rows in net.items():
            named, (needed, defaults) = self._table(record).copy, _trailing(record)
            written: list[bytes] = []
            removed: list[bytes] = []
            for key, row in rows.items():  # the loop of every commit: nothing is called that need not be
                digest = named()
                digest.update(_encode(key))
                if row is None:
                    removed.append(digest.digest())
                    continue
                written.append(digest.digest())
                digest = begun()
                digest.update(_encode(row[:needed] if row[needed:] == defaults else _counting(row, needed, defaults)))
                written.append(digest.digest())
            told[tables.table(record)] = (b"".join(written), b"".join(removed))
        return _encode(told)

    def _table(self, record: type[msgspec.Struct]) -> Any:
        if (found := self._of.get(record)) is None:
            found = self._of[record] = self._keys.copy()
            found.update(_encode(tables.table(record)))
        return found


def kept(record: type[msgspec.Struct], row: Row) -> Row:
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


def _counting(row: Row, needed: int, defaults: Row) -> Row:
    """The columns of a row up to the last that is not its default."""
    end = len(row)
    while end > needed and row[end - 1] == defaults[end - 1 - needed]:
        end -= 1
    return row[:end]


@functools.cache
def _trailing(record: type[msgspec.Struct]) -> tuple[int, Row]:
    """How many leading columns always count, and the defaults of those after them."""
    fields = msgspec.structs.fields(record)
    defaults = [field.default for field in fields]
    needed = max((place for place, default in enumerate(defaults, 1) if default is msgspec.NODEFAULT), default=0)
    return needed, tuple(defaults[needed:])


@functools.cache
def _booleans(record: type[msgspec.Struct]) -> tuple[int, ...]:
    return tuple(place for place, field in enumerate(msgspec.structs.fields(record)) if field.type is bool)

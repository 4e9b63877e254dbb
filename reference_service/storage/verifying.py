"""Verification: the chain replayed, and every stored row compared with what the chain says of it (AUDIT-1, R6.5).

It works on a snapshot while the service goes on. What the chain says and what is stored go into two scratch tables on
disk, some 80 bytes a row, so that memory does not grow with the data.
"""

import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any, Final, Literal, NamedTuple

import apsw
import msgspec

from reference_service.domain.records import Record
from reference_service.storage import chain, connections, tables
from reference_service.storage.chain import START, Head, link_hash
from reference_service.storage.digests import SIZE, Digests, kept, told
from reference_service.storage.tables import AUDITED

SCRATCH: Final = "verify-"  # how the folders of scratch tables begin, beside the database: it has room for them
AT_ONCE: Final = 1000  # rows read at once
MOST: Final = 100  # findings that are listed; the rest are counted

_LINKS: Final = "SELECT number, at, note, body, hash FROM audit ORDER BY number"
_SAID: Final = "INSERT OR REPLACE INTO said VALUES (?, ?, ?)"
_THERE: Final = "INSERT INTO there VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET row = NULL"  # twice is never right
_DIFFERING: Final = """
SELECT said.key, said.source, said.row, there.row, there.key IS NULL FROM said LEFT JOIN there USING (key)
WHERE there.row IS NOT said.row
UNION ALL
SELECT key, source, NULL, row, 0 FROM there WHERE NOT EXISTS (SELECT 1 FROM said WHERE said.key = there.key)
"""

Sin = Literal["changed", "replaced", "deleted", "inserted", "unreadable", "cut", "foreign"]


class Finding(NamedTuple):
    """What is wrong: of a row the table, and the digest of its key in hex; of the chain a link's number.

    `replaced`: an older version of the row is back. `cut`: the chain ends, or ended, before an anchored head.
    """

    table: str
    key: str
    sin: Sin


class Report(NamedTuple):
    """`found` counts all findings, `findings` lists the first of them. `asked` is None where no head was asked for."""

    head: Head
    rows: int
    found: int
    findings: list[Finding]
    asked: bool | None


class Stopped(Exception):
    """The verification was given up."""


def verify(
    path: Path,
    key: bytes,
    least: Head,
    asked: Head | None = None,
    stop: Event | None = None,
    pending: str = "",
) -> Report:
    """Compare a database with its chain, and the chain with a head it must contain. Raises apsw.Error, Stopped.

    `least` is what is known from outside the database: the anchored head, or the running service's own. Another thread
    may set `stop`. `pending` is the note that waits for the next link: what a start found broken is so at once.
    """
    with TemporaryDirectory(prefix=SCRATCH, dir=path.parent) as folder, closing(connections.reader(path)) as stored:
        stored.execute("BEGIN")
        with closing(apsw.Connection(f"{folder}/scratch.db")) as scratch:
            return _Verification(stored, scratch, key, stop or Event()).run(least, asked, pending)


class _Verification:
    def __init__(self, stored: apsw.Connection, scratch: apsw.Connection, key: bytes, stop: Event) -> None:
        self._stored, self._scratch, self._key, self._stop = stored, scratch, key, stop
        self._digests = Digests(key)
        self._findings: list[Finding] = []
        self._found = self._rows = 0
        self._head = START

    def run(self, least: Head, asked: Head | None, pending: str) -> Report:
        sought = {least.number, asked.number} if asked else {least.number}
        hashes: dict[int, bytes] = {}
        self._scratch.pragma("journal_mode", "off")
        self._scratch.pragma("synchronous", "off")
        for name in ("said", "there"):
            self._scratch.execute(f"CREATE TABLE {name} (key BLOB PRIMARY KEY, row BLOB, source) WITHOUT ROWID")
        with self._reading("audit"), self._scratch:
            hashes.update((number, link) for number, link in self._links() if number in sought)
        if least != START and hashes.get(least.number) != least.hash:
            self._find("audit", str(least.number), "cut")
        if pending.startswith(chain.BROKEN):
            self._find("audit", str(least.number + 1), "cut")
        for record in AUDITED:
            with self._reading(tables.table(record)), self._scratch:
                self._read(record)
        self._compare()
        with self._reading("schema"):
            self._schema()
        known = None if asked is None else hashes.get(asked.number) == asked.hash
        return Report(self._head, self._rows, self._found, self._findings, known)

    def _find(self, table: str, key: str, sin: Sin) -> None:
        self._found += 1
        if len(self._findings) < MOST:
            self._findings.append(Finding(table, key, sin))

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise Stopped

    @contextmanager
    def _reading(self, table: str) -> Iterator[None]:
        try:
            yield
        except (apsw.Error, UnicodeDecodeError, TypeError):
            self._find(table, "", "unreadable")

    def _links(self) -> Iterator[Head]:
        """Replay the chain: each link's number and hash, its rows into `said`."""
        before = START
        for number, at, note, body, stored in self._stored.execute(_LINKS):
            self._go_on()
            for missing in range(before.number + 1, min(number, before.number + MOST)):
                self._find("audit", str(missing), "deleted")
            try:
                linked = number == before.number + 1
                if linked and link_hash(self._key, before.hash, number, at, note, body) != stored:
                    self._find("audit", str(number), "changed")
                self._replay(body)
                if note.startswith(chain.BROKEN):
                    self._find("audit", str(number), "cut")
            except (msgspec.MsgspecError, TypeError, AttributeError, ValueError, struct.error):
                self._find("audit", str(number), "changed")
            before = Head(number, stored)
            yield before
        self._head = before

    def _replay(self, body: bytes) -> None:
        for table, (written, removed) in told(body).items():
            pairs = zip(_pieces(written, 0, 2), _pieces(written, 1, 2), strict=True)
            rows = ((key, row, table) for key, row in pairs)
            self._scratch.executemany(_SAID, rows)
            self._scratch.executemany("DELETE FROM said WHERE key = ?", ((key,) for key in _pieces(removed, 0, 1)))

    def _read(self, record: type[Record]) -> None:
        table, key_of = tables.table(record), tables.key_of(record)
        rows = self._rows_of(record)
        while some := list(islice(rows, AT_ONCE)):
            self._go_on()
            digests = (
                (self._digests.key(record, key_of(row)), self._digests.row(record, kept(record, row)), table)
                for row in some
            )
            self._scratch.executemany(_THERE, digests)
            self._rows += len(some)

    def _rows_of(self, record: type[Record]) -> Iterator[tuple[Any, ...]]:
        """The rows of a table; a database from before a column has its default."""
        there = {str(column[1]) for column in self._stored.execute(f"PRAGMA table_info({tables.table(record)})")}
        return tables.scan(self._stored, record, there) if there else iter(())

    def _compare(self) -> None:
        for key, table, said, there, gone in self._scratch.execute(_DIFFERING):
            if said is None:
                sin: Sin = "inserted"
            elif gone:
                sin = "deleted"
            else:
                sin = "replaced" if len(self._findings) < MOST and self._was(key + (there or b"?")) else "changed"
            self._find(table, key.hex(), sin)

    def _was(self, pair: bytes) -> bool:
        """Whether the chain once said this of a row."""
        found = self._stored.execute("SELECT 1 FROM audit WHERE instr(body, ?) LIMIT 1", (pair,)).fetchone()
        return found is not None

    def _schema(self) -> None:
        columns = {tables.table(record): set(tables.columns(record)) for record in AUDITED}
        columns["audit"] = {"number", "at", "note", "body", "hash"}
        for kind, name, table in self._stored.execute("SELECT type, name, tbl_name FROM sqlite_schema"):
            if kind in ("trigger", "view") or table not in columns:
                self._find("schema", f"{kind} {name}"[:64], "foreign")
        for table, expected in columns.items():
            there = {column[1] for column in self._stored.execute(f"PRAGMA table_info({table})")}
            if there - expected:
                self._find("schema", f"columns of {table}", "changed")


def _pieces(joined: bytes, first: int, step: int) -> Iterator[bytes]:
    return (joined[start : start + SIZE] for start in range(first * SIZE, len(joined), step * SIZE))

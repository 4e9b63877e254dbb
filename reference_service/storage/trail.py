"""The writing end of the audit chain: one link a commit, and the anchor after it (AUDIT-1)."""

import time
from typing import Final

import apsw

from reference_service.storage import chain
from reference_service.storage.anchor import SYNC_S, Anchor
from reference_service.storage.chain import START, Head, Link
from reference_service.storage.digests import Digests
from reference_service.storage.writing import Net

_INSERT: Final = "INSERT INTO audit (number, at, note, body, hash) VALUES (?, ?, ?, ?, ?)"


def newest(connection: apsw.Connection) -> Link:
    """The newest link of a database's chain, without its body. Raises apsw.Error."""
    found = connection.execute("SELECT number, note, hash FROM audit ORDER BY number DESC LIMIT 1").fetchone()
    return Link(found[0], 0.0, found[1], b"", found[2]) if found else Link(START.number, 0.0, "", b"", START.hash)


def insert(connection: apsw.Connection, link: Link) -> None:
    """Add a link to a database's chain. Raises apsw.Error."""
    connection.execute(_INSERT, link)


class Trail:
    """`head` may be read by any thread; the rest is the writer's. `note` goes into the next link."""

    def __init__(self, key: bytes, head: Head, anchor: Anchor, note: str = "") -> None:
        self.key = key
        self.head = head
        self.note = note
        self._digests = Digests(key)
        self._anchor = anchor
        self._synced_at = 0.0

    def append(self, connection: apsw.Connection, net: Net) -> Link:
        """Add a commit's link inside its transaction. Raises apsw.Error."""
        link = chain.link(self.key, self.head, time.time(), self.note, self._digests.body(net))
        insert(connection, link)
        return link

    def committed(self, link: Link) -> None:
        """The link is durable; nobody has heard of its commit yet. Raises OSError."""
        self._anchor.write(link.head)
        self.head, self.note = link.head, ""
        now = time.monotonic()
        if now - self._synced_at >= SYNC_S:
            self._synced_at = now
            self._anchor.sync()

    def rest(self) -> None:
        """There is nothing to commit at the moment. Raises OSError."""
        self._anchor.sync()

    def close(self) -> None:
        """Nothing more will be committed."""
        self._anchor.close()

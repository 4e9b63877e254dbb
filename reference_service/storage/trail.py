"""The writing end of the audit chain: one link a commit, and the anchor after it (AUDIT-1)."""

import time
from typing import Final

import apsw

from reference_service.storage import chain
from reference_service.storage.anchor import SYNC_S, Anchor
from reference_service.storage.chain import Head, Link
from reference_service.storage.digests import Digests
from reference_service.storage.writing import Net

_INSERT: Final = "INSERT INTO audit (number, at, note, body, hash) VALUES (?, ?, ?, ?, ?)"


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
        connection.execute(_INSERT, link)
        return link

    def committed(self, link: Link) -> None:
        """The link is durable; nobody has heard of its commit yet. Raises OSError."""
        head = Head(link.number, link.hash)
        self._anchor.write(head)
        self.head, self.note = head, ""
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

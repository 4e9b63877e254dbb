"""The chain's head outside the database: a small file of two slots, written in turn, so that one is always whole.

Each slot has a number, a hash and their MAC. Writing one is a single call of a few microseconds; it survives kill -9 at
once, and a power loss after the next sync (SYNC_S).
"""

import os
import struct
from hashlib import blake2b
from hmac import compare_digest
from pathlib import Path
from typing import Final

from reference_service.storage.chain import HASH_SIZE, Head

SLOT: Final = 512  # a sector: a slot is never torn together with the other one
SYNC_S: Final = 1.0
_FORM: Final = struct.Struct(f">Q{HASH_SIZE}s{HASH_SIZE}s")


class Anchor:
    """The anchor file of one service."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._key = key
        self._unsynced = False
        newest = self.read()
        self._newest = newest.number if newest else 0

    def read(self) -> Head | None:
        """The newest head that was written; None where there is none, or none that is genuine."""
        heads = [head for place in (0, 1) if (head := self._slot(place)) is not None]
        return max(heads, default=None)

    def write(self, head: Head) -> None:
        """Remember this head, also where a greater number was remembered before (a restore). Raises OSError."""
        if head.number <= self._newest:  # the other slot would still be read as the newest
            os.pwrite(self._file, bytes(_FORM.size), (head.number + 1) % 2 * SLOT)
        os.pwrite(self._file, _FORM.pack(*head, self._mac(head)), head.number % 2 * SLOT)
        self._newest = head.number
        self._unsynced = True

    def sync(self) -> None:
        """Let what was written survive a power loss. Raises OSError."""
        if self._unsynced:
            os.fdatasync(self._file)
            self._unsynced = False

    def close(self) -> None:
        """Sync and close."""
        self.sync()
        os.close(self._file)

    def _slot(self, place: int) -> Head | None:
        slot = os.pread(self._file, _FORM.size, place * SLOT)
        if len(slot) < _FORM.size:
            return None
        number, digest, mac = _FORM.unpack(slot)
        head = Head(number, digest)
        return head if compare_digest(mac, self._mac(head)) else None

    def _mac(self, head: Head) -> bytes:
        said = head.number.to_bytes(8, "big") + head.hash
        return blake2b(said, key=self._key, digest_size=HASH_SIZE, person=b"anchor").digest()

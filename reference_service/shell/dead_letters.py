"""Dead letters go after their time, in small commands; how many is logged, so that nothing ends in silence."""

from collections.abc import Awaitable, Callable
from typing import Final

from reference_service.domain.announcing import DeadLetter
from reference_service.domain.changes import Changes
from reference_service.shell.logs import log
from reference_service.storage.reader import Reader

AT_ONCE: Final = 500


async def expire(
    reader: Reader, keep_s: float, begin: Callable[[], Changes], kept: Callable[[Changes], Awaitable[None]]
) -> None:
    """Remove every dead letter that is older than `keep_s`. Raises StorageError."""
    expired = 0
    changes = begin()
    while page := reader.rows(DeadLetter, f"WHERE dead_at < ? LIMIT {AT_ONCE}", (changes.at - keep_s,)):
        for letter in page:
            changes.remove(letter)
        await kept(changes)
        expired, changes = expired + len(page), begin()
    if expired:
        log("dead_letters_expired", letters=expired)

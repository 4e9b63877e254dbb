"""What one command did: rows to keep, what happened, and effects that wait until the rows are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from reference_service.domain.records import Record

if TYPE_CHECKING:
    from reference_service.domain.announcing import Delivery
    from reference_service.domain.happenings import Happening


class Dispatched(NamedTuple):
    """One event for every connected device of an agent; `frame` is the WebSocket text."""

    agent_id: str
    s: int
    frame: str


class Call(NamedTuple):
    """One attempt to send a reply through the platform's API."""

    shop_id: str
    conversation_id: str
    seq: int
    platform_conversation: str
    customer: str
    answers: str  # the platform's id of the message being answered
    text: str
    recalls: str = ""  # the platform's id of a message to take back; nothing is sent then


class Purge(NamedTuple):
    """What hangs on a conversation goes, up to a seq; with None all of it, and the conversation (retention.py)."""

    conversation_id: str
    upto: int | None


@dataclass(slots=True)
class Changes:
    """`at` is the command's moment, Unix seconds: the only clock the domain has.

    Rows are copied at once: a later command may change the record before these are written.
    """

    at: float = 0.0
    rows: list[tuple[type[Record], tuple[object, ...]]] = field(default_factory=list)
    removed: list[tuple[type[Record], tuple[object, ...]]] = field(default_factory=list)  # record, key
    dispatched: list[Dispatched] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    announced: list[Delivery] = field(default_factory=list)  # outbound events to be attempted (announcing.py)
    asked: list[str] = field(default_factory=list)  # conversations whose bot has something to decide
    removed_shops: list[str] = field(default_factory=list)
    purges: list[Purge] = field(default_factory=list)
    jobs: list[str] = field(default_factory=list)  # long work to begin (shell/jobs.py)
    signed_out: list[str] = field(default_factory=list)  # people whose devices are closed
    happened: list[Happening] = field(default_factory=list)  # in order; domain/reactions.py goes through them
    settled: int = 0  # so many of them have been reacted to
    written: int = 0  # and so many are in the conversations' records (chronicle.py)

    @property
    def writes(self) -> bool:
        """Whether anything must become durable."""
        return bool(self.rows or self.removed or self.removed_shops or self.purges)

    def keep(self, record: Record) -> None:
        """Insert or replace this record, as it is now."""
        self.rows.append((type(record), msgspec.structs.astuple(record)))

    def remove(self, record: Record) -> None:
        """Delete this record's row; in one command a row is either kept or removed."""
        self.removed.append((type(record), tuple(getattr(record, name) for name in record.KEY)))

    def tell(self, happening: Happening) -> None:
        """Let the features react to this, once the command is done."""
        self.happened.append(happening)

"""What one command did: rows to keep, and effects that wait until they are kept."""

from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from reference_service.domain.records import Record


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


@dataclass(slots=True)
class Changes:
    """Rows are copied at once: a later command may change the record before these are written."""

    rows: list[tuple[type[Record], tuple[object, ...]]] = field(default_factory=list)
    dispatched: list[Dispatched] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    removed_shops: list[str] = field(default_factory=list)
    removed_people: list[str] = field(default_factory=list)

    def keep(self, record: Record) -> None:
        """Insert or replace this record, as it is now."""
        self.rows.append((type(record), msgspec.structs.astuple(record)))

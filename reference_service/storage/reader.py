"""Reads of what is committed: message pages, the dispatch log, and all that recovery needs."""

from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from reference_service.domain.chronicle import Happened
from reference_service.domain.records import Message
from reference_service.domain.retention import EventPlace, LogPlace, Old
from reference_service.storage import connections, tables

PLACED: Final = (
    "CASE WHEN late THEN coalesce((SELECT min(before.seq) FROM message AS before WHERE before.seq < message.seq AND "
    'before.conversation_id = message.conversation_id AND before."index" > message."index"), seq) ELSE seq END, '
    'NOT late, coalesce("index", 0), seq'
)
R = TypeVar("R", bound=msgspec.Struct)


class LogEntry(NamedTuple):
    """One event of a dispatch log; `d` is JSON text."""

    s: int
    t: str
    d: str


class Reader:
    """One read-only connection, used in the event loop: its reads are short, and see only commits."""

    def __init__(self, path: Path) -> None:
        self._connection = connections.reader(path)

    def begin(self) -> None:
        """From now on see one state of the tables, until closed."""
        self._connection.execute("BEGIN")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def log(self, agent_id: str, since: int, limit: int) -> list[LogEntry]:
        """The events of an agent's log after `since`, rising."""
        statement = "SELECT s, t, d FROM logged WHERE agent_id = ? AND s > ? ORDER BY s LIMIT ?"
        return [LogEntry(*row) for row in self._connection.execute(statement, (agent_id, since, limit))]

    def messages(self, conversation_id: str, after: int, limit: int) -> list[Message]:
        """The messages of a conversation after a seq, rising."""
        where = "WHERE conversation_id = ? AND seq > ? ORDER BY seq LIMIT ?"
        return self.rows(Message, where, (conversation_id, after, limit))

    def happened(self, conversation_id: str, after: int, limit: int) -> list[Happened]:
        """What happened to a conversation after an n, rising."""
        return self.rows(
            Happened, "WHERE conversation_id = ? AND n > ? ORDER BY n LIMIT ?", (conversation_id, after, limit)
        )

    def oldest(self, conversation_id: str, limit: int) -> list[Old]:
        """The oldest kept messages of a conversation, rising."""
        named = ", ".join(Old._fields)
        statement = f"SELECT {named} FROM message WHERE conversation_id = ? ORDER BY seq LIMIT ?"
        return [Old(*row) for row in self._connection.execute(statement, (conversation_id, limit))]

    def log_places(self, after: int, limit: int) -> tuple[list[LogPlace], int | None]:
        """The next events of all logs that tell of a conversation; where to go on after them, None at the end."""
        statement = (
            "SELECT rowid, agent_id, s, d ->> 'conversation_id', d ->> 'seq' FROM logged WHERE rowid > ? "
            "ORDER BY rowid LIMIT ?"
        )
        found: list[Any] = self._connection.execute(statement, (after, limit)).fetchall()
        return [LogPlace(*row[1:]) for row in found if row[3]], found[-1][0] if found else None

    def event_places(self, record: type[R], after: int, limit: int) -> tuple[list[EventPlace], int | None]:
        """The next outbound events of a table with what they are about; where to go on, None at the end."""
        about = ", ".join(f"body ->> '$.data.{name}'" for name in ("conversation_id", "seq", "customer.open_id"))
        statement = (
            f"SELECT rowid, id, shop_id, {about} FROM {tables.table(record)} WHERE rowid > ? ORDER BY rowid LIMIT ?"
        )
        found: list[Any] = self._connection.execute(statement, (after, limit)).fetchall()
        return [EventPlace(*row[1:]) for row in found], found[-1][0] if found else None

    def by_place(self, conversation_id: str, after: int, limit: int) -> list[Message] | None:
        """The messages in the platform's order after the one with a seq, 0 from the beginning; None without that one.

        A late arrival stands before the first message that came before it and has a greater index (ORDER-1).
        """
        key: tuple[object, ...] | None = (0, 0, 0, 0)
        if after:
            found = f"SELECT {PLACED} FROM message WHERE conversation_id = ? AND seq = ?"
            key = self._connection.execute(found, (conversation_id, after)).fetchone()
        if key is None:
            return None
        where = f"WHERE conversation_id = ? AND ({PLACED}) > (?, ?, ?, ?) ORDER BY {PLACED} LIMIT ?"
        return self.rows(Message, where, (conversation_id, *key, limit))

    def rows(self, record: type[R], where: str = "", values: tuple[object, ...] = ()) -> list[R]:
        """The records of a table; `where` may also order and limit."""
        named = ", ".join(f'"{column}"' for column in tables.columns(record))
        inner = f"SELECT {named} FROM {tables.table(record)} {where}"
        statement = f"SELECT json_group_array(json_array({named})) FROM ({inner})"
        found = self._connection.execute(statement, values).fetchone()
        return tables.array(found[0].encode("utf-8", "surrogatepass"), record) if found else []

    def answered(self) -> list[tuple[str, str]]:
        """Each conversation and the platform's id of its customer's newest message: what a reply names."""
        # With max() SQLite takes the other columns from the row that has it.
        newest = "SELECT conversation_id, platform_id, max(seq) FROM message WHERE sender = 'customer' GROUP BY 1"
        return [(str(name), str(platform_id)) for name, platform_id, _ in self._connection.execute(newest)]

    def newest(self, statement: str) -> list[tuple[str, int]]:
        """Pairs of a name and a number, as a grouping statement gives them."""
        return [(str(name), int(number)) for name, number in self._connection.execute(statement)]

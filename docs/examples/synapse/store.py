"""What the bridge must not forget: rooms of conversations, messages it has passed on, replies still to be sent."""

import json
import sqlite3
from typing import Any, NamedTuple

_SCHEMA = """
create table if not exists shop (open_id text primary key, said text);
create table if not exists room (
    conversation text primary key, room text unique, shop text, customer text, ghost text, agent text,
    held int, last text);
create table if not exists passed (shop text, message text, room text, event text, primary key (shop, message));
create table if not exists reply (
    n integer primary key, room text, name text, event text, text text, state text default 'new',
    message text default '', unique (room, name));
"""


class Room(NamedTuple):
    """The room of a conversation. `agent` has it, or had it last where it is not `held`; "" is nobody yet.

    `last` is the customer's newest message.
    """

    conversation: str
    room: str
    shop: str
    customer: str
    ghost: str
    agent: str
    held: bool
    last: str


class Reply(NamedTuple):
    """A reply of an agent: `new`, `sending`, or done. `name` is the client's own, the same when it tries again."""

    n: int
    room: str
    name: str
    event: str
    text: str
    state: str
    message: str  # the platform's id, once it was sent


class Store:
    """SQLite; every change is on the disk when the method returns."""

    def __init__(self, path: str) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript("pragma journal_mode=wal; pragma synchronous=full;" + _SCHEMA)

    def shops(self) -> dict[str, dict[str, Any]]:
        """Every shop as it was configured, by its open_id."""
        return {open_id: json.loads(said) for open_id, said in self._db.execute("select * from shop")}

    def keep_shop(self, open_id: str, said: dict[str, Any]) -> None:
        """Remember a shop, new or changed."""
        self._db.execute("replace into shop values (?, ?)", (open_id, json.dumps(said)))

    def room(self, conversation: str) -> Room | None:
        """The room of a conversation."""
        row = self._db.execute("select * from room where conversation = ?", (conversation,)).fetchone()
        return Room(*row) if row else None

    def at(self, room: str) -> Room | None:
        """The conversation of a room."""
        row = self._db.execute("select * from room where room = ?", (room,)).fetchone()
        return Room(*row) if row else None

    def keep_room(self, room: Room) -> None:
        """Remember a room, new or changed."""
        self._db.execute("replace into room values (?, ?, ?, ?, ?, ?, ?, ?)", room)

    def passed(self, shop: str, message: str) -> tuple[str, str] | None:
        """Room and event of a customer's message that is in its room already."""
        row: tuple[str, str] | None = self._db.execute(
            "select room, event from passed where shop = ? and message = ?", (shop, message)
        ).fetchone()
        return row

    def keep_passed(self, message: str, room: Room, event: str) -> None:
        """A customer's message is in its room."""
        self._db.execute("begin")
        self._db.execute("insert into passed values (?, ?, ?, ?)", (room.shop, message, room.room, event))
        self.keep_room(room._replace(last=message))
        self._db.execute("commit")

    def keep_reply(self, room: str, name: str, event: str, text: str) -> None:
        """An agent's reply, once however often it is told."""
        self._db.execute(
            "insert or ignore into reply (room, name, event, text) values (?, ?, ?, ?)", (room, name, event, text)
        )

    def replies(self, room: str) -> list[Reply]:
        """What is to be sent from a room, in order."""
        rows = self._db.execute(
            "select * from reply where room = ? and state in ('new', 'sending') order by n", (room,)
        )
        return [Reply(*row) for row in rows]

    def rooms_that_wait(self) -> list[str]:
        """Rooms with replies to be sent."""
        rows = self._db.execute("select distinct room from reply where state in ('new', 'sending')")
        return [room for (room,) in rows]

    def mark(self, reply: Reply, state: str, message: str = "") -> None:
        """A reply is being sent, or is done with."""
        self._db.execute("update reply set state = ?, message = ? where n = ?", (state, message, reply.n))

    def reply(self, event: str) -> Reply | None:
        """The reply that an event was."""
        row = self._db.execute("select * from reply where event = ?", (event,)).fetchone()
        return Reply(*row) if row else None

    def forget(self, shop: str) -> list[Room]:
        """Remove all that is known of a shop; the rooms it had."""
        gone = [Room(*row) for row in self._db.execute("select * from room where shop = ?", (shop,))]
        self._db.execute("delete from shop where open_id = ?", (shop,))
        for room in gone:
            for table in ("passed", "reply", "room"):
                self._db.execute(f"delete from {table} where room = ?", (room.room,))
        return gone

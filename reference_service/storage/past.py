"""What happened in a shop in a period, read from the tables: for the dashboard, the trial and agents' scores.

Made for a thread of its own: it opens its own connection, sees one state of the tables, and never waits for a writer.
"""

from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import msgspec

from reference_service.domain.chronicle import Happened
from reference_service.domain.figures import Past, Visit, past
from reference_service.domain.orders import Purchase
from reference_service.domain.ratings import Rating
from reference_service.domain.records import Conversation, Message
from reference_service.storage.reader import Reader

_TO_PEOPLE = ("queued", "assigned", "handed_over")
_BEGINS = ("opened", "reopened")
_OF_SHOP = "conversation_id IN (SELECT id FROM conversation WHERE shop_id = ?1)"


class Whole(NamedTuple):
    """The past, and what scores need beside it: each conversation's customer, and when each customer ordered."""

    past: Past
    customer_of: dict[str, str]
    orders: dict[str, list[float]]


def read(path: Path, shop_id: str, since: float, until: float, speed: float) -> Whole:
    """The visits begun and the ratings given from `since` on and before `until` (Unix seconds)."""
    reader = Reader(path)
    try:
        reader.begin()
        happened = reader.rows(Happened, "WHERE shop_id = ? ORDER BY conversation_id, n", (shop_id,))
        # A message names the visit by its place; only conversations with a visit of the period are looked at.
        messages = reader.rows(
            Message,
            f"WHERE {_OF_SHOP} AND conversation_id IN (SELECT conversation_id FROM happened WHERE shop_id = ?1 "
            "AND kind IN ('opened', 'reopened') AND at >= ?2 AND at < ?3) ORDER BY conversation_id, seq",
            (shop_id, since, until),
        )
        ratings = reader.rows(Rating, "WHERE shop_id = ? AND at >= ? AND at < ?", (shop_id, since, until))
        conversations = reader.rows(Conversation, "WHERE shop_id = ?", (shop_id,))
        orders = reader.rows(Purchase, "WHERE shop_id = ? AND customer <> ''", (shop_id,))
    finally:
        reader.close()
    visits = _visits(happened, messages, since, until)
    placed: dict[str, list[float]] = {}
    for order in orders:
        placed.setdefault(order.customer, []).append(order.created_at)
    return Whole(past(visits, ratings, speed), {c.id: c.customer for c in conversations}, placed)


def _visits(happened: list[Happened], messages: list[Message], since: float, until: float) -> list[Visit]:
    said = {name: list(group) for name, group in groupby(messages, key=lambda message: message.conversation_id)}
    found: list[Visit] = []
    for name, group in groupby(happened, key=lambda row: row.conversation_id):
        if name not in said:
            continue
        rows = list(group)
        begins = [at for at, row in enumerate(rows) if row.kind in _BEGINS]
        for at, following in zip(begins, [*begins[1:], len(rows)], strict=True):
            if since <= rows[at].at < until:
                last = _visit_from(rows[following]) if following < len(rows) else None
                found.append(_visit(rows[at:following], said[name], last))
    return found


def _visit(rows: list[Happened], messages: list[Message], last: int | None) -> Visit:
    first = _visit_from(rows[0])
    mine = tuple(m for m in messages if m.seq >= first and (last is None or m.seq < last))
    to_people = next((row.at for row in rows if row.kind in _TO_PEOPLE), None)
    return Visit(rows[0].at, mine, to_people, any(row.kind == "resolved" for row in rows))


def _visit_from(row: Happened) -> int:
    detail = msgspec.json.decode(row.detail)
    return int(detail["visit_from"])

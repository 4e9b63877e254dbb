"""What an export shows of a shop's records: what agents may see (FILTER-5), and no customer's phone number; pure."""

import re
from typing import Final

import msgspec

from reference_service.domain.customers import Customer
from reference_service.domain.records import Conversation, Message

Shown = dict[str, object]  # of text, number, truth or None

_DIGITS: Final = re.compile(r"\d(?:[-\s.·_]{0,2}\d){6,}")  # seven and more: any country's phone number
_FORMULA: Final = tuple("=+-@＝＋－＠\t\r\n")
LEFT, RIGHT = 3, 2  # digits of a number that stay


def conversation(record: Conversation) -> Shown:
    """A line of conversations."""
    return {
        "conversation_id": record.id,
        "customer": record.customer,
        "nick": masked_digits(record.nick),
        "state": record.state,
        "agent_id": record.agent_id,
        "opened_at": record.opened_at,
        "priority": record.priority,
        "tags": record.tags,
        "legal_hold": record.legal_hold,
    }


def message(record: Message) -> Shown:
    """A line of messages: what was blocked or recalled has no text."""
    return {
        "conversation_id": record.conversation_id,
        "message_id": record.id,
        "seq": record.seq,
        "sender": record.sender,
        "agent_id": record.agent_id,
        "created_at": record.created_at,
        "kind": record.kind,
        "text": record.shown,
        "masked": record.masked,
        "blocked": record.shown is None and record.status != "recalled",
        "status": record.status,
        "late": record.late,
        "private": record.private,
        "edited": record.edited,
    }


def customer(record: Customer) -> Shown:
    """A line of customers."""
    return {
        "customer": record.open_id,
        "nick": masked_digits(record.nick),
        "first_seen": record.first_seen,
        "last_seen": record.last_seen,
        "visits": record.visits,
        "tags": [masked_digits(tag) for tag in msgspec.json.decode(record.tags, type=list[str])],
    }


def masked_digits(text: str) -> str:
    """A text whose numbers of seven and more digits, however they are grouped, show only their ends."""
    return _DIGITS.sub(lambda found: _masked(found[0]), text)


def cell(value: object) -> str:
    """A value as a cell of a table: what a spreadsheet would take for a formula stays a text by an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = " ".join(map(str, value))
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return repr(value)


def _masked(number: str) -> str:
    places = [place for place, sign in enumerate(number) if sign.isdecimal()]
    hidden = set(places[LEFT:-RIGHT])
    return "".join("*" if place in hidden else sign for place, sign in enumerate(number))

"""What an agent, the shop and the clock of the bundled reference can be asked beyond messages.

`call` is the adapter's (method, path, token, body) -> decoded answer; TargetError for anything but 2xx.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

import msgspec

from targets.interface import (
    Action,
    Edit,
    Event,
    FilterVerdict,
    Held,
    Hit,
    Hours,
    Read,
    Recall,
    Sent,
    Snapshot,
    TargetError,
    Transfer,
    Words,
)
from targets.reference_business import Call
from targets.reference_calls import Refused
from targets.reference_device import Data, Frame, event

PAGE: Final = 500
_TEXTS: Final = 1000  # of one check
_IN_DOUBT: Final = (408, 429)  # and 5xx: nothing is known of what was asked


class Message(msgspec.Struct):
    """A message of openapi.yaml, as far as the adapter reads it."""

    conversation_id: str
    message_id: str
    seq: int
    sender: str
    platform_message_id: str | None
    client_msg_id: str | None
    text: str | None
    blocked: bool
    status: str
    private: bool = False


class _Page(msgspec.Struct):
    items: list[Message]
    next: int | None


async def messages(call: Call, token: str, conversation: str, after: int) -> list[Message]:
    """Every message after that seq, by rising seq."""
    found: list[Message] = []
    following: int | None = after
    while following is not None:
        path = f"/api/v1/conversations/{conversation}/messages?after={following}&limit={PAGE}"
        page = msgspec.convert(await call("GET", path, token, None), _Page)
        found += page.items
        following = page.next
    return found


def shown(message: Message) -> Event:
    """A message of the history as the event that told it."""
    fields = msgspec.structs.asdict(message)
    kind = "message.blocked" if fields.pop("blocked") else "message.created"
    told = event(Frame(t=kind, d=msgspec.convert(fields, Data)))
    return told._replace(kind="other", note="recalled") if message.status == "recalled" else told


async def act(call: Call, token: str, action: Action) -> Sent:
    """targets.interface.Acts."""
    try:
        method, path, body = await _asked(call, token, action)
        told = await call(method, f"/api/v1/conversations/{action.conversation}{path}", token, body)
    except Refused as error:
        if error.status >= 500 or error.status in _IN_DOUBT:
            return Sent("unknown", code=error.code)
        return Sent("failed", code=error.code or str(error.status))
    except TargetError:
        return Sent("unknown")
    return Sent("ok", str(told.get("message_id", "")))


async def _asked(call: Call, token: str, action: Action) -> tuple[str, str, object]:
    match action:
        case Read(_, seq):
            return "POST", "/read", {"seq": seq}
        case Recall(conversation, message_id):
            return "POST", "/recall", {"seq": await _seq(call, token, conversation, message_id)}
        case Edit(conversation, message_id, text):
            return "PATCH", f"/messages/{await _seq(call, token, conversation, message_id)}", {"text": text}
        case Transfer(_, to):
            return "POST", "/transfer", {"agent_id": to.id}


async def _seq(call: Call, token: str, conversation: str, message_id: str) -> int:
    for each in await messages(call, token, conversation, 0):
        if each.message_id == message_id:
            return each.seq
    raise Refused(f"conversation {conversation} has no message {message_id}", 404, "not_found")


async def check_texts(
    call: Call, admin: str, texts: Sequence[str], to: Literal["customer", "agent"]
) -> list[FilterVerdict]:
    """targets.interface.Filters."""
    verdicts: list[FilterVerdict] = []
    for start in range(0, len(texts), _TEXTS):
        body = {"texts": list(texts[start : start + _TEXTS]), "direction": f"to_{to}"}
        told = await call("POST", "/api/v1/sensitive-words/check", admin, body)
        verdicts += map(_verdict, told["results"])
    return verdicts


def _verdict(told: dict[str, Any]) -> FilterVerdict:
    hits = tuple(Hit(each["start"], each["end"], each["word"]) for each in told["hits"])
    return FilterVerdict(told["action"], told["text"], hits)


async def words(call: Call, admin: str, change: Words) -> None:
    """targets.interface.Configures."""
    listed = [rule._asdict() for rule in change.rules]
    await call("PUT", "/api/v1/sensitive-words", admin, {"words": listed, "allow": list(change.allow)})


async def hours(call: Call, admin: str, change: Hours) -> None:
    """targets.interface.Configures; the other automatic texts of the shop stay."""
    week = {day: [] if span is None else [{"start": span[0], "end": span[1]}] for day, span in change.week().items()}
    await call("PUT", "/api/v1/business-hours", admin, week)
    replies = dict(await call("GET", "/api/v1/auto-replies", admin, None))
    replies.pop("off_hours", None)
    if change.off_text:
        replies["off_hours"] = {"enabled": True, "text": change.off_text}
    await call("PUT", "/api/v1/auto-replies", admin, replies)


def held(ready: Frame) -> Snapshot:
    """What a device begins with."""
    return Snapshot(tuple(Held(*row) for row in _rows(ready)))


def _rows(ready: Frame) -> Iterator[tuple[str, int, int, int]]:
    for each in sorted(ready.d.conversations, key=lambda each: each.conversation_id):
        yield each.conversation_id, each.seq, each.unread, each.read_to

"""The frames of asyncapi.yaml: what a device may say, and what it is told besides dispatches."""

from typing import Annotated

import msgspec

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Device = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Place = Annotated[int, msgspec.Meta(ge=0)]


class IdentifyData(msgspec.Struct):
    """Payload of identify."""

    token: str
    device_id: Device


class Identify(msgspec.Struct, tag_field="op", tag="identify"):
    """A fresh device."""

    d: IdentifyData


class ResumeData(msgspec.Struct):
    """Payload of resume."""

    token: str
    session_id: str
    s: Place


class Resume(msgspec.Struct, tag_field="op", tag="resume"):
    """A device that was cut goes on."""

    d: ResumeData


class Heartbeat(msgspec.Struct, tag_field="op", tag="heartbeat"):
    """Still there."""


class AckData(msgspec.Struct):
    """Payload of ack."""

    s: Place


class Ack(msgspec.Struct, tag_field="op", tag="ack"):
    """Everything up to s is shown."""

    d: AckData


class SendData(msgspec.Struct):
    """Payload of send."""

    conversation_id: str
    text: Annotated[str, msgspec.Meta(min_length=1)]
    client_msg_id: Id
    nonce: str | None = None


class Send(msgspec.Struct, tag_field="op", tag="send"):
    """A reply."""

    d: SendData


class ResolveData(msgspec.Struct):
    """Payload of resolve."""

    conversation_id: str
    client_msg_id: Id
    nonce: str | None = None


class Resolve(msgspec.Struct, tag_field="op", tag="resolve"):
    """The visit is over."""

    d: ResolveData


class ReadData(msgspec.Struct):
    """Payload of read."""

    conversation_id: str
    seq: Place


class Read(msgspec.Struct, tag_field="op", tag="read"):
    """The agent has read up to seq."""

    d: ReadData


class TypingData(msgspec.Struct):
    """Payload of typing."""

    conversation_id: str


class Typing(msgspec.Struct, tag_field="op", tag="typing"):
    """The agent types."""

    d: TypingData


Said = Identify | Resume | Heartbeat | Ack | Send | Resolve | Read | Typing


class FrameError(ValueError):
    """A frame that is none of the contract's; the text says why."""


_said: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)


def parse(frame: str) -> Said:
    """Read a device's frame. Raises FrameError."""
    try:
        return _said.decode(frame)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError) as error:
        raise FrameError(str(error)) from None


def write(op: str, payload: dict[str, object]) -> str:
    """A frame for a device; what is None is left out."""
    shown = {name: value for name, value in payload.items() if value is not None}
    return msgspec.json.encode({"op": op, "d": shown}).decode()

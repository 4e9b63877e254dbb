"""The frames of asyncapi.yaml: what a device may say, and what it is told besides dispatches."""

from typing import Annotated, Final, Literal

import msgspec

from reference_service.bounds import MOST, Id, Secret
from reference_service.domain.dispatches import Customer
from reference_service.domain.events import Kind
from reference_service.domain.records import Availability, Priority, State

ClientId = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Nonce = Annotated[str, msgspec.Meta(max_length=64)]
Ref = Annotated[str, msgspec.Meta(max_length=512)]
Device = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Place = Annotated[int, msgspec.Meta(ge=0, le=MOST)]


class IdentifyData(msgspec.Struct):
    """Payload of identify."""

    token: Secret
    device_id: Device


class Identify(msgspec.Struct, tag_field="op", tag="identify"):
    """A fresh device."""

    d: IdentifyData


class ResumeData(msgspec.Struct):
    """Payload of resume."""

    token: Secret
    session_id: Secret
    s: Place


class Resume(msgspec.Struct, tag_field="op", tag="resume"):
    """A device that was cut goes on."""

    d: ResumeData


class HeartbeatData(msgspec.Struct):
    """Payload of heartbeat."""

    s: Place | None = None


class Heartbeat(msgspec.Struct, tag_field="op", tag="heartbeat"):
    """Still there."""

    d: HeartbeatData | None = None


class AckData(msgspec.Struct):
    """Payload of ack."""

    s: Place


class Ack(msgspec.Struct, tag_field="op", tag="ack"):
    """Everything up to s is shown."""

    d: AckData


class SendData(msgspec.Struct):
    """Payload of send."""

    conversation_id: Id
    text: Annotated[str, msgspec.Meta(min_length=1)]
    client_msg_id: ClientId
    nonce: Nonce | None = None
    kind: Kind = "text"
    ref: Ref = ""
    private: bool = False


class Send(msgspec.Struct, tag_field="op", tag="send"):
    """A reply."""

    d: SendData


class ResolveData(msgspec.Struct):
    """Payload of resolve."""

    conversation_id: Id
    client_msg_id: ClientId
    nonce: Nonce | None = None


class Resolve(msgspec.Struct, tag_field="op", tag="resolve"):
    """The visit is over."""

    d: ResolveData


class ReadData(msgspec.Struct):
    """Payload of read."""

    conversation_id: Id
    seq: Place


class Read(msgspec.Struct, tag_field="op", tag="read"):
    """The agent has read up to seq."""

    d: ReadData


class TypingData(msgspec.Struct):
    """Payload of typing."""

    conversation_id: Id


class Typing(msgspec.Struct, tag_field="op", tag="typing"):
    """The agent types."""

    d: TypingData


Said = Identify | Resume | Heartbeat | Ack | Send | Resolve | Read | Typing


class Hello(msgspec.Struct):
    """First of all."""

    heartbeat_s: float
    resume_window_s: float


class Held(msgspec.Struct):
    """A conversation that is the agent's, open or snoozed."""

    conversation_id: str
    seq: int
    customer: Customer
    state: State
    version: int
    priority: Priority
    tags: list[str]
    snoozed_until: float | None
    visit_from: int
    read_to: int
    unread: int
    customer_read: int | None


class Ready(msgspec.Struct):
    """A fresh device's starting state."""

    session_id: str
    agent_id: str
    s: int
    acked: int
    capacity: int
    availability: Availability
    heads: dict[str, int]
    conversations: list[Held]


class Resumed(msgspec.Struct):
    """Everything missed was replayed."""

    replayed: int
    s: int


class HeartbeatAck(msgspec.Struct):
    """Heard."""

    s: int


class Sent(msgspec.Struct, omit_defaults=True):
    """What the frame asked for is durable."""

    client_msg_id: str
    message_id: str
    seq: int
    nonce: str | None = None


class Typed(msgspec.Struct):
    """Somebody types on another device of this agent's."""

    conversation_id: str


class Reconnect(msgspec.Struct):
    """This connection ends now, and another may begin soon."""

    why: str


class InvalidSession(msgspec.Struct):
    """Nothing can be resumed."""

    resumable: Literal[False]


class Error(msgspec.Struct, omit_defaults=True):
    """The frame was refused."""

    code: str
    client_msg_id: str | None = None
    nonce: str | None = None
    why: str | None = None


Told = Hello | Ready | Resumed | HeartbeatAck | Sent | Typed | Reconnect | InvalidSession | Error
OPS: Final[dict[type[Told], str]] = {
    Hello: "hello",
    Ready: "ready",
    Resumed: "resumed",
    HeartbeatAck: "heartbeat_ack",
    Sent: "sent",
    Typed: "typed",
    Reconnect: "reconnect",
    InvalidSession: "invalid_session",
    Error: "error",
}


class FrameError(ValueError):
    """A frame that is none of the contract's; the text says why."""


_said: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)


def parse(frame: str) -> Said:
    """Read a device's frame. Raises FrameError."""
    try:
        return _said.decode(frame)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError) as error:
        raise FrameError(str(error)) from None


def write(told: Told) -> str:
    """The frame that tells a device this."""
    return f'{{"op":"{OPS[type(told)]}","d":{msgspec.json.encode(told).decode()}}}'

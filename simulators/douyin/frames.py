"""The customer protocol: our own JSON frames on WebSocket `/customer` (docs/gateway.md has the table)."""

from typing import Annotated, Final

import msgspec

from simulators.douyin.untrusted import Malformed, decode

BAD_FRAMES: Final = 10  # the tenth bad frame closes the connection
CLOSE_BAD_FRAMES: Final = 4002
CLOSE_REPLACED: Final = 4003
CLOSE_TOO_SLOW: Final = 4008
MAX_FRAME: Final = 64 * 1024  # bytes; a larger one closes with 1009
MAX_TEXT: Final = 2000  # characters; 4c names no limit, TikTok Shop's page says 2000

_Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z")]
_PlatformId = Annotated[str, msgspec.Meta(max_length=256)]


class _Frame(msgspec.Struct, frozen=True, tag_field="op", forbid_unknown_fields=True):
    """One frame; its tag is its `op`."""


class Hello(_Frame, frozen=True, tag="hello"):
    """The first frame: who writes, to which shop; `after` is the newest index seen."""

    customer: _Id
    shop: _Id
    nick: Annotated[str, msgspec.Meta(max_length=64)] = ""
    after: Annotated[int, msgspec.Meta(ge=0)] = 0


class Send(_Frame, frozen=True, tag="send"):
    """A message; the same id again is answered as the first time, and sent once."""

    id: _Id
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)]


class Recall(_Frame, frozen=True, tag="recall"):
    """Takes one's own message back."""

    message: _PlatformId


class Read(_Frame, frozen=True, tag="read"):
    """Everything up to this index was read."""

    index: Annotated[int, msgspec.Meta(ge=0)]


class Rate(_Frame, frozen=True, tag="rate"):
    """Stars for the service."""

    stars: Annotated[int, msgspec.Meta(ge=1, le=5)]


class Leave(_Frame, frozen=True, tag="leave"):
    """Ends the visit."""


ClientFrame = Hello | Send | Recall | Read | Rate | Leave


class Welcome(_Frame, frozen=True, tag="welcome"):
    """Answer to `hello`."""

    customer: str
    conversation: str
    open_id: str


class Accepted(_Frame, frozen=True, tag="accepted"):
    """The platform took a message."""

    id: str
    message: str
    index: int


class Busy(_Frame, frozen=True, tag="busy"):
    """Too many pushes are waiting: send again after `retry_s` seconds."""

    id: str
    retry_s: float


class Receive(_Frame, frozen=True, tag="receive"):
    """A reply."""

    message: str
    index: int
    text: str


class Recalled(_Frame, frozen=True, tag="recalled"):
    """A message was taken back, by either side."""

    message: str


class Error(_Frame, frozen=True, tag="error"):
    """A frame was not understood or not allowed."""

    code: str
    why: str


ServerFrame = Welcome | Accepted | Busy | Receive | Recalled | Error

_decoder: msgspec.json.Decoder[ClientFrame] = msgspec.json.Decoder(ClientFrame)
encode = msgspec.json.Encoder().encode


def parse(data: str | bytes) -> ClientFrame | Error:
    """The frame in a WebSocket message, or the Error that answers it."""
    try:
        return decode(_decoder, data)
    except Malformed as error:
        return Error("bad_frame", str(error))

"""The calls a target makes to profile `open-im`, parsed and answered (douyin-protocol.md 4c)."""

from typing import Final

import msgspec

from simulators.douyin import codes
from simulators.douyin.untrusted import Malformed, decode
from targets.platform import Recall, Refusal, Reply

TEXT: Final = 1  # msg_type; the others (image, card, …) are not simulated


class _Text(msgspec.Struct, frozen=True):
    text: str


class _Content(msgspec.Struct, frozen=True):
    msg_type: int
    text: _Text | None = None


class _SendCall(msgspec.Struct, frozen=True):
    msg_id: str
    conversation_id: str
    to_user_id: str
    content: _Content | None = None
    content_list: tuple[_Content, ...] = ()
    scene: str = "im_reply_msg"


class _RecallCall(msgspec.Struct, frozen=True):
    conversation_id: str
    msg_id: str
    conversation_type: int = 1


class Status(msgspec.Struct, frozen=True):
    """`data` of every answer."""

    error_code: int = 0
    description: str = ""


class Extra(msgspec.Struct, frozen=True, kw_only=True):
    """`extra` of every answer; `now` in whole seconds."""

    error_code: int = 0
    sub_error_code: int = 0
    description: str = ""
    sub_description: str = ""
    now: int
    logid: str


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The whole answer; HTTP status is 200 whatever it says."""

    extra: Extra
    data: Status
    msg_id: str = ""


_sends = msgspec.json.Decoder(_SendCall)
_recalls = msgspec.json.Decoder(_RecallCall)


def parse_send(body: bytes) -> Reply | Refusal:
    """The reply in a body of /im/send/msg/."""
    try:
        call = decode(_sends, body)
    except Malformed as error:
        return Refusal(codes.BAD_PARAMETER, str(error))
    if call.scene != "im_reply_msg":
        return Refusal(codes.NO_CAPABILITY, f"scene {call.scene!r} is not simulated")
    contents = call.content_list or ((call.content,) if call.content else ())
    if len(contents) != 1 or contents[0].msg_type != TEXT or contents[0].text is None:
        return Refusal(codes.BAD_PARAMETER, "content must be one text: {msg_type: 1, text: {text}}")
    return Reply(call.conversation_id, call.to_user_id, call.msg_id, contents[0].text.text)


def parse_recall(body: bytes) -> Recall | Refusal:
    """The recall in a body of /im/recall/msg/."""
    try:
        call = decode(_recalls, body)
    except Malformed as error:
        return Refusal(codes.BAD_PARAMETER, str(error))
    return Recall(call.conversation_id, call.msg_id)

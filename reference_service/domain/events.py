"""The platform's IM events, open.douyin.com private-message webhooks; unknown fields are ignored, ids are opaque."""

import msgspec


class User(msgspec.Struct):
    """One of the two people of a conversation."""

    open_id: str = ""
    nick_name: str = ""


class Content(msgspec.Struct):
    """What happened. Every field may be absent in one event or the other."""

    conversation_short_id: str = ""
    server_message_id: str = ""
    message_type: str = "text"
    text: str = ""
    source: str = ""
    index: int | str | None = None
    user_infos: list[User] = []
    challenge: int | str | None = None

    def place(self) -> int | None:
        """The platform's place in the conversation, a number or digits; None where it is no 63-bit place."""
        index = self.index
        if isinstance(index, str):
            index = int(index) if index.isascii() and index.isdecimal() and len(index) < 20 else None
        return index if index is not None and 0 <= index < 2**63 else None

    def words(self) -> str:
        """The text, or the kind of a message that has none, as agents see it in a list."""
        return self.text if self.message_type == "text" else self.text or f"[{self.message_type}]"


class Envelope(msgspec.Struct):
    """Who tells of what. `content` is left raw: an object in some events, that object as a JSON string in others."""

    event: str
    client_key: str = ""
    from_user_id: str = ""
    to_user_id: str = ""
    content: msgspec.Raw = msgspec.Raw(b"{}")


class EventError(ValueError):
    """The body is no event; the text says why."""


_envelope = msgspec.json.Decoder(Envelope)
_content = msgspec.json.Decoder(Content)
_string = msgspec.json.Decoder(str)
KNOWN = {"im_receive_msg", "im_send_msg", "im_recall_msg", "im_message_read", "im_enter_direct_msg", "verify_webhook"}


def parse(body: bytes) -> tuple[Envelope, Content]:
    """Read a webhook's body. Content of an event unknown to us is not looked at. Raises EventError."""
    try:
        envelope = _envelope.decode(body)
        if envelope.event not in KNOWN:
            return envelope, Content()
        raw = bytes(envelope.content)
        content = _content.decode(_string.decode(raw) if raw.startswith(b'"') else raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise EventError(str(error)) from None
    if envelope.event == "im_receive_msg" and not (content.server_message_id and content.conversation_short_id):
        raise EventError("im_receive_msg without server_message_id or conversation_short_id")
    return envelope, content

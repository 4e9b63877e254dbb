"""What a push of profile `open-im` looks like on the wire (douyin-protocol.md 4b).

`content` is an object or a JSON string, whichever the platform's own samples of that event show.
"""

import msgspec


class User(msgspec.Struct, frozen=True):
    """One of `user_infos`."""

    open_id: str
    nick_name: str
    avatar: str = ""


class TextContent(msgspec.Struct, frozen=True):
    """Content of im_receive_msg and im_send_msg: an object. `create_time` in ms; `source` "" or the API app's key."""

    conversation_short_id: str
    server_message_id: str
    create_time: int
    text: str
    user_infos: tuple[User, ...]
    index: int
    source: str = ""
    conversation_type: int = 1
    message_type: str = "text"
    scene_type: str = "im_reply_msg"


class EnterContent(msgspec.Struct, frozen=True):
    """Content of im_enter_direct_msg: a JSON string on the wire."""

    conversation_short_id: str
    server_message_id: str
    create_time: int
    user_infos: tuple[User, ...]
    conversation_type: int = 1
    scene_type: str = "im_enter_direct_msg"


class RecallContent(msgspec.Struct, frozen=True):
    """Content of im_recall_msg: a JSON string on the wire."""

    server_message_id: str


class ReadContent(msgspec.Struct, frozen=True):
    """Content of im_message_read: an object."""

    conversation_short_id: str
    read_open_id: str
    index: int
    conversation_type: int = 1


class ScoreContent(msgspec.Struct, frozen=True):
    """Content of golive's own golive_im_score: an object. `score` is 1 to 5; `server_message_id` names the rating."""

    conversation_short_id: str
    server_message_id: str
    create_time: int
    score: int


class Envelope(msgspec.Struct, frozen=True):
    """The outside of every push."""

    event: str
    client_key: str
    from_user_id: str
    to_user_id: str
    content: TextContent | ReadContent | ScoreContent | str
    log_id: str


class Challenge(msgspec.Struct, frozen=True):
    """Content of verify_webhook, and the answer to it."""

    challenge: int


class VerifyWebhook(msgspec.Struct, frozen=True):
    """The push that proves a webhook URL."""

    event: str
    client_key: str
    content: Challenge

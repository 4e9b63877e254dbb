"""Profile `open-im`: the private-message webhooks and API of Douyin's open platform (douyin-protocol.md section 4)."""

from typing import Final

import msgspec

from history.run import App
from simulators.douyin.calls import Answer, Extra, Status, parse_recall, parse_send
from simulators.douyin.envelopes import (
    Challenge,
    EnterContent,
    Envelope,
    ReadContent,
    RecallContent,
    TextContent,
    User,
    VerifyWebhook,
)
from simulators.douyin.signing import webhook_signature
from simulators.douyin.untrusted import Malformed, decode
from targets.platform import Accepted, Message, OtherCall, Recall, Refusal, Reply, Request, Response

SEND_PATH: Final = "/im/send/msg/"
RECALL_PATH: Final = "/im/recall/msg/"
EVENTS: Final = {
    "receive": "im_receive_msg",
    "echo": "im_send_msg",
    "enter": "im_enter_direct_msg",
    "recall": "im_recall_msg",
    "read": "im_message_read",
}
_challenges = msgspec.json.Decoder(Challenge)
_encode = msgspec.json.Encoder().encode


class OpenIm:
    """Implements targets.platform.Platform. Ids are opaque strings throughout, so none is ever a rounded number."""

    name = "open-im"

    def encode(self, message: Message, app: App) -> Request:
        """The signed push of a message. `Msg-Id` names the event: all attempts at one event carry the same."""
        sender, receiver = message.customer_open_id, message.shop_open_id
        if message.event == "echo":
            sender, receiver = receiver, sender
        msg_id = f"{message.event}:{message.server_message_id or f'{message.conversation}:{message.place}'}"
        envelope = Envelope(
            EVENTS[message.event], app.client_key, sender, receiver, _content(message, app), f"log-{msg_id}"
        )
        return _signed(_encode(envelope), app, msg_id)

    def challenge(self, app: App, number: int) -> Request:
        """The signed verify_webhook push (4a)."""
        verify = VerifyWebhook("verify_webhook", app.client_key, Challenge(number))
        return _signed(_encode(verify), app, f"verify:{number}")

    def challenge_met(self, response: Response, number: int) -> bool:
        """Whether the answer is 200 with the same challenge in its body."""
        try:
            answer = decode(_challenges, response.body)
        except Malformed:
            return False
        return response.status == 200 and answer.challenge == number

    def acknowledged(self, response: Response) -> bool:
        """Whether the target took a push: HTTP 200; the pages ask for nothing in the body."""
        return response.status == 200

    def decode(self, path: str, body: bytes) -> Reply | Recall | OtherCall | Refusal:
        """What an API call asks for; a malformed one is the Refusal it gets."""
        if path == SEND_PATH:
            return parse_send(body)
        if path == RECALL_PATH:
            return parse_recall(body)
        return OtherCall(path)

    def answer(self, outcome: Accepted | Refusal, now_s: float, log_id: str) -> Response:
        """The answer to a call: HTTP 200 also where it refuses, its code in `extra` and in `data` (4c)."""
        code, description, message = 0, "", ""
        if isinstance(outcome, Refusal):
            code, description = outcome
        else:
            message = outcome.message
        extra = Extra(error_code=code, description=description, now=int(now_s), logid=log_id)
        return Response(200, _encode(Answer(extra=extra, data=Status(code, description), msg_id=message)))


def _signed(body: bytes, app: App, msg_id: str) -> Request:
    headers = {
        "Content-Type": "application/json",
        "X-Douyin-Signature": webhook_signature(app.client_secret, body),
        "Msg-Id": msg_id,
    }
    return Request(headers, body)


def _content(message: Message, app: App) -> TextContent | ReadContent | str:
    if message.event == "read":
        return ReadContent(message.conversation, message.customer_open_id, message.place)
    if message.event == "recall":
        return _encode(RecallContent(message.server_message_id)).decode()
    users = (User(message.customer_open_id, message.nickname),)
    if message.event == "enter":
        enter = EnterContent(message.conversation, message.server_message_id, message.created_ms, users)
        return _encode(enter).decode()
    source = app.client_key if message.event == "echo" else ""
    return TextContent(
        message.conversation, message.server_message_id, message.created_ms, message.text, users, message.place, source
    )

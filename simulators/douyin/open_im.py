"""Profile `open-im`: the private-message webhooks and API of Douyin's open platform (douyin-protocol.md section 4)."""

from collections.abc import Sequence
from random import Random
from typing import Final

import msgspec

from history.run import App
from history.scenario import Gateway
from simulators.douyin.open_im_answers import answer, token_answer
from simulators.douyin.open_im_calls import parse_recall, parse_send, parse_token
from simulators.douyin.open_im_envelopes import (
    Challenge,
    EnterContent,
    Envelope,
    ReadContent,
    RecallContent,
    ScoreContent,
    TextContent,
    User,
    VerifyWebhook,
)
from simulators.douyin.signing import webhook_signature
from simulators.douyin.untrusted import Malformed, decode
from targets.platform import (
    Call,
    Grant,
    Happening,
    Incoming,
    Message,
    OtherCall,
    Outcome,
    Recall,
    Refusal,
    Reply,
    Request,
    Response,
    TokenCall,
)

SEND_PATH: Final = "/im/send/msg/"
RECALL_PATH: Final = "/im/recall/msg/"
TOKEN_PATHS: Final = ("/oauth/access_token/", "/oauth/refresh_token/")
OWN_RATING: Final = "golive_im_score"  # ours: the platform has no public event for a rating
EVENTS: Final[dict[Happening, str]] = {
    "receive": "im_receive_msg",
    "echo": "im_send_msg",
    "enter": "im_enter_direct_msg",
    "recall": "im_recall_msg",
    "read": "im_message_read",
    "rated": OWN_RATING,
}
_challenges = msgspec.json.Decoder(Challenge)
_encode = msgspec.json.Encoder().encode


class OpenIm:
    """Implements targets.platform.Platform. Ids are opaque strings throughout, so none is ever a rounded number."""

    name = "open-im"
    own_chat = False
    batches = False
    tells = frozenset(EVENTS)
    token_s = 1_296_000.0  # 15 days
    refresh_s = 2_592_000.0  # 30 days

    def __init__(self, settings: Gateway | None = None) -> None:
        """This profile has no settings of its own."""

    def app(self, rng: Random) -> App:
        """A client_key that begins with tt, and a secret of 32 hex digits."""
        return App(client_key=f"tt{rng.getrandbits(64):016x}", client_secret=f"{rng.getrandbits(128):032x}")

    def account(self, number: int, seed: int) -> str:
        """A shop's open_id."""
        return f"shop-{seed}-{number:02d}"

    def message_id(self, number: int, event: Happening) -> str:
        """`@M17==`; entries and ratings have ids that look otherwise."""
        return f"@{ {'enter': 'E', 'rated': 'R'}.get(event, 'M') }{number}=="

    def conversation_id(self, number: int, shop: str, customer: str) -> str:
        """`@C17.s03.c00017==`: shop and customer can be read from it."""
        return f"@C{number}.{shop}.{customer}=="

    def customer_id(self, number: int, customer: str) -> str:  # noqa: ARG002 - Platform's signature
        """A customer's open_id, the same in every shop."""
        return f"ou_{customer}"

    def write(self, messages: Sequence[Message], app: App) -> bytes:
        """The envelope of the one message."""
        message = messages[0]
        sender, receiver = message.customer_open_id, message.shop_open_id
        if message.event == "echo":
            sender, receiver = receiver, sender
        log_id = f"log-{_msg_id(message)}"
        return _encode(
            Envelope(EVENTS[message.event], app.client_key, sender, receiver, _content(message, app), log_id)
        )

    def sign(self, body: bytes, messages: Sequence[Message], app: App) -> Request:
        """`Msg-Id` names the event: all attempts at one event carry the same."""
        return _signed(body, app, _msg_id(messages[0]))

    def probe(self, app: App, number: int) -> Request:
        """The signed verify_webhook push (4a)."""
        verify = VerifyWebhook("verify_webhook", app.client_key, Challenge(number))
        return _signed(_encode(verify), app, f"verify:{number}")

    def probe_met(self, response: Response, number: int) -> bool:
        """Whether the answer is 200 with the same challenge in its body."""
        try:
            met = decode(_challenges, response.body)
        except Malformed:
            return False
        return response.status == 200 and met.challenge == number

    def acknowledged(self, response: Response) -> bool:
        """Whether the target took a push: HTTP 200; the pages ask for nothing in the body."""
        return response.status == 200

    def decode(self, request: Incoming, app: App, now_s: float) -> Call | Refusal:  # noqa: ARG002 - Platform's
        """What an API call asks for; a malformed one is the Refusal it gets."""
        what: Reply | Recall | TokenCall | OtherCall | Refusal
        if request.path == SEND_PATH:
            what = parse_send(request.body)
        elif request.path == RECALL_PATH:
            what = parse_recall(request.body)
        elif request.path in TOKEN_PATHS:
            what = parse_token(request.headers.get("Content-Type", ""), request.body, app)
        else:
            what = OtherCall(request.path)
        if isinstance(what, Refusal):
            return what
        account = request.query.get("open_id", "")
        if not account and isinstance(what, Reply | Recall):
            return Refusal("missing_parameter", "open_id is missing in the query")
        return Call(request.headers.get("access-token", ""), account, what)

    def answer(self, request: Incoming, outcome: Outcome, now_s: float, log_id: str) -> Response:
        """The answer to a call; those of /oauth/ have a shape of their own."""
        if request.path in TOKEN_PATHS or isinstance(outcome, Grant):
            return token_answer(outcome)
        return answer(outcome, now_s, log_id)


def _msg_id(message: Message) -> str:
    return f"{message.event}:{message.server_message_id or f'{message.conversation}:{message.place}'}"


def _signed(body: bytes, app: App, msg_id: str) -> Request:
    headers = {
        "Content-Type": "application/json",
        "X-Douyin-Signature": webhook_signature(app.client_secret, body),
        "Msg-Id": msg_id,
    }
    return Request(headers, body)


def _content(message: Message, app: App) -> TextContent | ReadContent | ScoreContent | str:
    if message.event == "read":
        return ReadContent(message.conversation, message.customer_open_id, message.place)
    if message.event == "rated":
        return ScoreContent(message.conversation, message.server_message_id, message.created_ms, message.place)
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

"""The platform profile: how the simulated platform writes pushes and reads calls. Pure; one class a profile.

The harness's own signing lives behind this interface and is never shared with a system under test.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Literal, NamedTuple, Protocol, get_args

from history.run import App, ShopSpec

Happening = Literal["receive", "echo", "enter", "recall", "read", "rated", "order", "unheard"]
OrderStep = Literal[
    "created", "paid", "shipped", "finished", "cancelled",
    "refund_asked", "refund_agreed", "refund_refused", "refund_done",
]  # fmt: skip
Reason = Literal[
    "bad_parameter", "missing_parameter",
    "app_missing", "app", "signature_missing", "signature", "timestamp_format", "timestamp",
    "token_missing", "token_invalid", "token_expired", "token_mismatch",
    "grant_type", "code", "refresh_token",
    "unknown_conversation", "no_capability", "not_simulated", "quota", "rate", "busy",
]  # fmt: skip
REASONS: tuple[Reason, ...] = get_args(Reason)


class Incoming(NamedTuple):
    """A call as it came in. Names in `headers` are found whatever their case."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class Request(NamedTuple):
    """An HTTP request as bytes: what was signed is what is sent."""

    headers: Mapping[str, str]
    body: bytes


class Response(NamedTuple):
    """An HTTP answer."""

    status: int
    body: bytes


class Order(NamedTuple):
    """One step of a customer's order; `aftersale` is 0 where it is about no refund. Ids are beyond 2^53."""

    step: OrderStep
    id: int
    aftersale: int = 0


class Message(NamedTuple):
    """One thing that happened in a conversation on the platform. `unheard` is what no receiver can know."""

    event: Happening
    server_message_id: str
    conversation: str
    customer_open_id: str
    shop_open_id: str
    nickname: str
    text: str
    place: int  # the platform's index in the conversation; of `rated` the stars
    created_ms: int
    order: Order | None = None


class Reply(NamedTuple):
    """The target wants a text sent to a customer; `to` and `answers` are "" where the profile names neither."""

    conversation: str
    to: str  # customer's open_id
    answers: str  # server_message_id
    text: str


class Recall(NamedTuple):
    """The target takes a reply back."""

    conversation: str
    message: str


class TokenCall(NamedTuple):
    """The target wants an access token; what it must show for it is named by `grant`."""

    grant: Literal["code", "self", "refresh"]
    code: str = ""
    refresh_token: str = ""
    account: str = ""  # `self` only


class OtherCall(NamedTuple):
    """A call that this profile knows no meaning for; answered from stubs."""

    name: str


class Call(NamedTuple):
    """Who asks (by which token, for which account; "" = the token's own) and for what."""

    token: str
    account: str
    what: Reply | Recall | TokenCall | OtherCall


class Refusal(NamedTuple):
    """Why the platform refuses a call. Each profile has its own codes for the reasons."""

    reason: Reason
    words: str


class Accepted(NamedTuple):
    """The platform took the call; the id it gave, "" for none."""

    message: str


class Grant(NamedTuple):
    """What a token call gives; lifetimes in seconds from now."""

    access_token: str
    expires_in: float
    refresh_token: str
    refresh_expires_in: float
    shop: ShopSpec


class Stub(NamedTuple):
    """The answer somebody wrote for a call that is not simulated: JSON."""

    data: bytes


Outcome = Accepted | Grant | Stub | Refusal


class Platform(Protocol):
    """One platform profile."""

    name: str
    own_chat: bool  # the chat payload is golive's own, no platform's
    batches: bool  # one push may carry several messages
    tells: frozenset[Happening]  # what this platform pushes at all
    token_s: float  # life of an access token
    refresh_s: float  # life of a refresh token

    def app(self, rng: Random) -> App:
        """The target's application, its key and secret in the platform's shape."""
        ...

    def account(self, number: int, seed: int) -> str:
        """The platform account of a run's shop, `number` from 1."""
        ...

    def message_id(self, number: int, event: Happening) -> str:
        """The id of the run's `number`th message or event."""
        ...

    def conversation_id(self, number: int, shop: str, customer: str) -> str:
        """The id of the run's `number`th conversation."""
        ...

    def customer_id(self, number: int, customer: str) -> str:
        """The account of the customer of that conversation."""
        ...

    def write(self, messages: Sequence[Message], app: App) -> bytes:
        """The body of the push of one message, or of several where the profile `batches`."""
        ...

    def sign(self, body: bytes, messages: Sequence[Message], app: App) -> Request:
        """The signed push of a body that was written for those messages."""
        ...

    def probe(self, app: App, number: int) -> Request:
        """The signed push that proves a webhook URL."""
        ...

    def probe_met(self, response: Response, number: int) -> bool:
        """Whether the answer proves it."""
        ...

    def acknowledged(self, response: Response) -> bool:
        """Whether the target took a push."""
        ...

    def decode(self, request: Incoming, app: App, now_s: float) -> Call | Refusal:
        """What a call asks for; a malformed one is the Refusal it gets. Never raises."""
        ...

    def answer(self, request: Incoming, outcome: Outcome, now_s: float, log_id: str) -> Response:
        """The platform's answer to a call."""
        ...

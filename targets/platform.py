"""The platform profile: how the simulated platform writes pushes and reads calls. Pure; one class a profile.

The harness's own signing lives behind this interface and is never shared with a system under test.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

from history.run import App


class Request(NamedTuple):
    """An HTTP request as bytes: what was signed is what is sent."""

    headers: Mapping[str, str]
    body: bytes


class Response(NamedTuple):
    """An HTTP answer."""

    status: int
    body: bytes


class Message(NamedTuple):
    """One thing that happened in a conversation on the platform."""

    event: Literal["receive", "echo", "enter", "recall", "read"]
    server_message_id: str
    conversation: str
    customer_open_id: str
    shop_open_id: str
    nickname: str
    text: str
    place: int  # the platform's index in the conversation
    created_ms: int


class Reply(NamedTuple):
    """The target wants a text sent to a customer."""

    conversation: str
    to: str  # customer's open_id
    answers: str  # server_message_id
    text: str


class Recall(NamedTuple):
    """The target takes a reply back."""

    conversation: str
    message: str


class OtherCall(NamedTuple):
    """A call that this profile knows no meaning for."""

    path: str


class Refusal(NamedTuple):
    """Why the platform refuses a call: a code of its own table and its text."""

    code: int
    description: str


class Accepted(NamedTuple):
    """The platform took the call; the id it gave."""

    message: str


class Platform(Protocol):
    """The webhook and API half of a platform profile."""

    name: str

    def encode(self, message: Message, app: App) -> Request:
        """The signed push of a message."""
        ...

    def challenge(self, app: App, number: int) -> Request:
        """The signed push that proves a webhook URL."""
        ...

    def challenge_met(self, response: Response, number: int) -> bool:
        """Whether the answer proves it."""
        ...

    def acknowledged(self, response: Response) -> bool:
        """Whether the target took a push."""
        ...

    def decode(self, path: str, body: bytes) -> Reply | Recall | OtherCall | Refusal:
        """What an API call asks for; a malformed one is the Refusal it gets."""
        ...

    def answer(self, outcome: Accepted | Refusal, now_s: float, log_id: str) -> Response:
        """The platform's answer to a call."""
        ...

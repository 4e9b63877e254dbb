"""What one customer sent and saw during one visit, and the history rows that tell it. No I/O, no clock."""

from typing import NamedTuple

from fixtures.words import BUNDLED, WordList
from history.tokens import find, is_automatic
from loadtests.recorder import Record
from simulators.douyin.frames import Accepted, Receive


class Message(NamedTuple):
    """A message on its way to the gateway; `intended` in ns."""

    id: str
    text: str
    intended: int


class Visit:
    """One customer in one shop; `record` takes history rows."""

    def __init__(self, customer: str, shop: str, nick: str, record: Record, words: WordList = BUNDLED) -> None:
        self.customer = customer
        self.shop = shop
        self.nick = nick
        self.conversation = ""
        self.after = 0  # newest index seen: replies beyond it are sent again after a reconnect
        self.joins = 0
        self.newest = ""  # platform id of the newest message that was accepted
        self.unaccepted: dict[str, Message] = {}  # written or refused as busy, not accepted so far
        self._waiting: int | None = None  # intended time of the oldest message without a reply
        self._number = 0
        self._record = record
        self._listed_in = words.listed_in

    def joined(self, t: int, conversation: str) -> None:
        """The gateway said welcome."""
        self.conversation = conversation
        self._row("joined", t, n=self.joins)
        self.joins += 1

    def intend(self, text: str, t: int) -> Message:
        """The schedule wants this text sent at `t`."""
        self._number += 1
        message = Message(f"{self.customer}-{self._number}", text, t)
        self._row("intended", t, message=message.id, note="listed" if self._listed_in(text) else "")
        return message

    def dropped(self, message: Message, t: int) -> None:
        """Nobody was free to send it."""
        self._row("dropped", t, message=message.id)

    def sent(self, message: Message, t: int) -> None:
        """It was written to the socket."""
        self.unaccepted[message.id] = message
        if self._waiting is None:
            self._waiting = message.intended
        self._row("sent", t, message=message.id)

    def rejected(self, message: str, t: int, why: str) -> None:
        """The gateway did not take it, this time."""
        self._row("rejected", t, message=message, note=why)

    def accepted(self, frame: Accepted) -> Message | None:
        """The gateway took it: the message, or None where it was known already."""
        self.newest = frame.message
        return self.unaccepted.pop(frame.id, None)

    def received(self, frame: Receive, t: int) -> int | None:
        """A reply came; the ns since the oldest unanswered message was intended, None where nothing waited."""
        self.after = max(self.after, frame.index)
        listed = "listed" if self._listed_in(frame.text) else ""
        name = find(frame.text)
        kind = "auto_received" if is_automatic(name) else "received"
        self._row(kind, t, message=name, ref=frame.message, n=frame.index, note=listed)
        waited = None if self._waiting is None else t - self._waiting
        self._waiting = None
        return waited

    def rated(self, stars: int, t: int) -> None:
        """The customer gave stars."""
        self._row("rated", t, n=stars)

    def left(self, t: int) -> None:
        """The customer ended the visit."""
        self._row("left", t)

    def _row(self, kind: str, t: int, *, message: str = "", ref: str = "", n: int = 0, note: str = "") -> None:
        self._record(
            kind,
            t=t,
            shop=self.shop,
            conversation=self.conversation,
            message=message,
            ref=ref,
            actor=self.customer,
            n=n,
            note=note,
        )

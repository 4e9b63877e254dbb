"""One customer's conversation with one shop, as the platform keeps it."""

from collections import deque
from dataclasses import dataclass, field

from history.run import ShopSpec
from simulators.douyin.frames import Accepted, Receive
from simulators.douyin.window import ReplyWindow
from targets.platform import Happening, Message, Order

KEPT_SENDS = 64  # of these the customer may repeat the id, or recall the message
KEPT_TAKEN = 3  # of these the target gets again what it took already, where the scenario wants that
KEPT_REPLIES = 1000  # of these the customer gets again what they missed


@dataclass
class Conversation:
    """Both directions share one index; `after` and resending are the customer protocol's, not the platform's."""

    id: str
    shop: ShopSpec
    customer: str
    open_id: str
    nick: str
    window: ReplyWindow
    index: int = 0
    taken: deque[Message] = field(default_factory=lambda: deque(maxlen=KEPT_TAKEN))
    _sends: dict[str, Accepted] = field(default_factory=dict)
    _replies: deque[Receive] = field(default_factory=lambda: deque(maxlen=KEPT_REPLIES))

    def next_index(self) -> int:
        """The index of the next message."""
        self.index += 1
        return self.index

    def sent(self, own_id: str) -> Accepted | None:
        """The answer that a send of this id got, if it is one of the last."""
        return self._sends.get(own_id)

    def keep_send(self, accepted: Accepted) -> None:
        """Remember the answer to a send."""
        self._sends[accepted.id] = accepted
        if len(self._sends) > KEPT_SENDS:
            del self._sends[next(iter(self._sends))]

    def wrote(self, message: str) -> bool:
        """Whether the customer wrote that message, as far back as is kept."""
        return any(accepted.message == message for accepted in self._sends.values())

    def keep_reply(self, reply: Receive) -> None:
        """Remember a reply for a customer who is away or loses the connection."""
        self._replies.append(reply)

    def drop_reply(self, message: str) -> bool:
        """Forget a recalled reply; False where it is none of the kept ones."""
        for reply in self._replies:
            if reply.message == message:
                self._replies.remove(reply)
                return True
        return False

    def missed(self, after: int) -> list[Receive]:
        """The replies beyond an index, oldest first."""
        return [reply for reply in self._replies if reply.index > after]

    def event(
        self, kind: Happening, message: str, text: str, place: int, now: float, order: Order | None = None
    ) -> Message:
        """What the platform tells the target of something that happened here; `now` in seconds since 1970."""
        return Message(
            kind, message, self.id, self.open_id, self.shop.open_id, self.nick, text, place, int(now * 1000), order
        )

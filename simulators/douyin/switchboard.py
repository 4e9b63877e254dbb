"""The platform's memory and decisions: what a customer's frame or a target's call does. Pure: `now` is an argument."""

from typing import NamedTuple

from history.run import RunSpec, ShopSpec
from simulators.douyin import frames
from simulators.douyin.conversation import Conversation
from simulators.douyin.limiter import Bucket
from simulators.douyin.tokens import TokenBook
from simulators.douyin.window import ReplyWindow
from targets.platform import Call, Happening, Message, Platform, Recall, Refusal, Reply


class Replied(NamedTuple):
    """A reply was taken: what the customer receives, and the echo for the target."""

    conversation: Conversation
    receive: frames.Receive
    echo: Message


class Withdrawn(NamedTuple):
    """A reply was taken back: what the customer is told, and the event for the target."""

    conversation: Conversation
    recalled: frames.Recalled
    event: Message


class Switchboard:
    """All conversations of a run. Times are seconds since 1970. Ids are counters in the profile's shape."""

    def __init__(self, spec: RunSpec, platform: Platform) -> None:
        self.settings = settings = spec.scenario.gateway
        life = platform.token_s if settings.token_s is None else settings.token_s
        refresh = platform.refresh_s if settings.refresh_s is None else settings.refresh_s
        self.tokens = TokenBook(spec.app.client_key, spec.shops, life, refresh)
        self.conversations: dict[str, Conversation] = {}
        self._platform = platform
        self._met: dict[tuple[str, str], Conversation] = {}  # by shop and customer
        self._shops = {shop.id: shop for shop in spec.shops}
        self._rate = Bucket(settings.calls_per_s)
        self._first = self._ids = spec.first  # no id of another run

    def fresh_id(self, event: Happening = "receive") -> str:
        """An id in the platform's shape that was never given before."""
        self._ids += 1
        return self._platform.message_id(self._ids, event)

    def met(self, shop: str, customer: str) -> Conversation | None:
        """The conversation of a customer with a shop, if they have met."""
        return self._met.get((shop, customer))

    def hello(self, frame: frames.Hello) -> Conversation | frames.Error:
        """The conversation of a customer with a shop: always the same one in a run."""
        shop = self._shops.get(frame.shop)
        if shop is None:
            return frames.Error("unknown_shop", f"this run has no shop {frame.shop!r}")
        conversation = self._met.get((frame.shop, frame.customer)) or self._meet(shop, frame)
        conversation.nick = frame.nick or conversation.nick
        return conversation

    def _meet(self, shop: ShopSpec, frame: frames.Hello) -> Conversation:
        number = self._first + len(self.conversations) + 1
        known = self._platform.conversation_id(number, frame.shop, frame.customer)
        account = self._platform.customer_id(number, frame.customer)
        window = ReplyWindow(self.settings.reply_open_s, self.settings.replies_per_turn)
        conversation = Conversation(known, shop, frame.customer, account, frame.nick, window)
        self.conversations[known] = self._met[frame.shop, frame.customer] = conversation
        return conversation

    def entered(self, conversation: Conversation, now: float) -> Message:
        """The event of a customer who opens the conversation."""
        return conversation.event("enter", self.fresh_id("enter"), "", conversation.index, now)

    def send(self, conversation: Conversation, frame: frames.Send, now: float) -> tuple[frames.Accepted, Message]:
        """Take a customer's message."""
        accepted = frames.Accepted(frame.id, self.fresh_id(), conversation.next_index())
        conversation.keep_send(accepted)
        conversation.window.customer_wrote(accepted.message, now)
        return accepted, conversation.event("receive", accepted.message, frame.text, accepted.index, now)

    def recall(self, conversation: Conversation, frame: frames.Recall, now: float) -> Message | frames.Error:
        """Take back a customer's own message."""
        if not conversation.wrote(frame.message):
            return frames.Error("not_yours", f"{frame.message} is none of your last messages")
        return conversation.event("recall", frame.message, "", 0, now)

    def read(self, conversation: Conversation, frame: frames.Read, now: float) -> Message | frames.Error:
        """The customer read everything up to an index."""
        if frame.index > conversation.index:
            return frames.Error("not_there", f"the newest index is {conversation.index}")
        return conversation.event("read", "", "", frame.index, now)

    def rated(self, conversation: Conversation, frame: frames.Rate, now: float) -> Message:
        """The customer gave stars."""
        return conversation.event("rated", self.fresh_id("rated"), "", frame.stars, now)

    def allow(self, call: Call, now: float) -> ShopSpec | Refusal:
        """Whose call it is, or why it may not be made: token first, then rate."""
        shop = self.tokens.check(call.token, call.account, now)
        if isinstance(shop, ShopSpec) and not self._rate.take(now):
            return Refusal("rate", "too many calls; try again later")
        return shop

    def do(self, shop: ShopSpec, what: Reply | Recall, now: float) -> Replied | Withdrawn | Refusal:
        """Do what a shop that may call asks for, or refuse it for its parameters."""
        conversation = self.conversations.get(what.conversation)
        if conversation is None or conversation.shop is not shop:
            return Refusal("unknown_conversation", "conversation_id is unknown to this account")
        if isinstance(what, Recall):
            return self._withdraw(conversation, what, now)
        return self._reply(conversation, what, now)

    def _reply(self, conversation: Conversation, call: Reply, now: float) -> Replied | Refusal:
        if refusal := _unfit(conversation, call, now):
            return refusal
        conversation.window.answered()
        receive = frames.Receive(self.fresh_id(), conversation.next_index(), call.text)
        conversation.keep_reply(receive)
        echo = conversation.event("echo", receive.message, call.text, receive.index, now)
        return Replied(conversation, receive, echo)

    def _withdraw(self, conversation: Conversation, call: Recall, now: float) -> Withdrawn | Refusal:
        if not conversation.drop_reply(call.message):
            return Refusal("bad_parameter", "the message is no reply of this conversation")
        event = conversation.event("recall", call.message, "", 0, now)
        return Withdrawn(conversation, frames.Recalled(call.message), event)


def _unfit(conversation: Conversation, call: Reply, now: float) -> Refusal | None:
    if call.to and call.to != conversation.open_id:
        return Refusal("bad_parameter", "to_user_id is not the customer of this conversation")
    if not call.text or len(call.text) > frames.MAX_TEXT:
        return Refusal("bad_parameter", f"text must have 1 to {frames.MAX_TEXT} characters")
    if not call.answers:  # this profile's replies name no message, and know no window
        return None
    answerable = conversation.window.may_answer(call.answers, now)
    if answerable == "unknown message":
        return Refusal("bad_parameter", "msg_id is no customer's message of this conversation")
    if answerable != "yes":
        return Refusal("quota", f"{answerable}: the customer must write again first")
    return None

"""The platform's memory and decisions: what a customer's frame or a target's call does. Pure: `now` is an argument."""

from typing import NamedTuple

from history.run import RunSpec
from simulators.douyin import codes, frames
from simulators.douyin.conversation import Conversation
from simulators.douyin.limiter import Bucket
from simulators.douyin.tokens import TokenBook
from simulators.douyin.window import ReplyWindow
from targets.platform import Message, Recall, Refusal, Reply


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
    """All conversations of a run. Times are seconds since 1970. Ids are counters, unique within the run."""

    def __init__(self, spec: RunSpec) -> None:
        self.settings = spec.scenario.gateway
        self.tokens = TokenBook(spec.app, spec.shops, self.settings.token_s)
        self.conversations: dict[str, Conversation] = {}
        self._shops = {shop.id: shop for shop in spec.shops}
        self._rate = Bucket(self.settings.calls_per_s)
        self._ids = 0

    def fresh_id(self, letter: str = "M") -> str:
        """An id in the platform's shape that was never given before."""
        self._ids += 1
        return f"@{letter}{self._ids}=="

    def hello(self, frame: frames.Hello) -> Conversation | frames.Error:
        """The conversation of a customer with a shop: always the same one in a run."""
        shop = self._shops.get(frame.shop)
        if shop is None:
            return frames.Error("unknown_shop", f"this run has no shop {frame.shop!r}")
        known = f"@C{frame.shop}.{frame.customer}=="
        conversation = self.conversations.get(known)
        if conversation is None:
            window = ReplyWindow(self.settings.reply_open_s, self.settings.replies_per_turn)
            conversation = Conversation(known, shop, frame.customer, f"ou_{frame.customer}", frame.nick, window)
            self.conversations[known] = conversation
        conversation.nick = frame.nick or conversation.nick
        return conversation

    def entered(self, conversation: Conversation, now: float) -> Message:
        """The event of a customer who opens the conversation."""
        return conversation.event("enter", self.fresh_id("E"), "", conversation.index, now)

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

    def call(self, open_id: str, token: str, call: Reply | Recall, now: float) -> Replied | Withdrawn | Refusal:
        """Do what a target asks for, or refuse it: token first, then rate, then the parameters."""
        if refusal := self.tokens.check(token, open_id, now):
            return refusal
        if not self._rate.take(now):
            return Refusal(codes.RATE_TOO_HIGH, "too many calls; try again later")
        conversation = self.conversations.get(call.conversation)
        if conversation is None or conversation.shop.open_id != open_id:
            return Refusal(codes.BAD_PARAMETER, "conversation_id is unknown to this open_id")
        if isinstance(call, Recall):
            return self._withdraw(conversation, call, now)
        return self._reply(conversation, call, now)

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
            return Refusal(codes.BAD_PARAMETER, "msg_id is no reply of this conversation")
        event = conversation.event("recall", call.message, "", 0, now)
        return Withdrawn(conversation, frames.Recalled(call.message), event)


def _unfit(conversation: Conversation, call: Reply, now: float) -> Refusal | None:
    if call.to != conversation.open_id:
        return Refusal(codes.BAD_PARAMETER, "to_user_id is not the customer of this conversation")
    if not call.text or len(call.text) > frames.MAX_TEXT:
        return Refusal(codes.BAD_PARAMETER, f"text must have 1 to {frames.MAX_TEXT} characters")
    answerable = conversation.window.may_answer(call.answers, now)
    if answerable == "unknown message":
        return Refusal(codes.BAD_PARAMETER, "msg_id is no customer's message of this conversation")
    if answerable != "yes":
        return Refusal(codes.QUOTA_USED_UP, f"{answerable}: the customer must write again first")
    return None

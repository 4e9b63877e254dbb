"""The harness's door for one disturbance at a time: `POST /_golive/disturb`."""

from typing import Annotated

import msgspec
from aiohttp import web

from simulators.douyin.conversation import Conversation
from simulators.douyin.pusher import Pusher
from simulators.douyin.switchboard import Switchboard
from simulators.douyin.untrusted import Malformed, decode
from simulators.faults.calls import CallFaults, Mishap
from simulators.faults.fault import UNTOUCHED, Plan
from simulators.faults.request import Guise

_Seconds = Annotated[float, msgspec.Meta(ge=0.0, le=3600.0)]


class With(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is done: to the next message of the conversation, to the next call about it, or (repush) at once."""

    hold_s: _Seconds = 0.0
    late_s: _Seconds = 0.0
    back_s: _Seconds = 0.0
    forged: bool = False
    doubled: bool = False
    conflicting: bool = False
    bad_item: bool = False
    html_escaped: bool = False
    repush: bool = False
    refuse_call: bool = False
    limit_call: bool = False
    expire_token: bool = False
    lost_answer: bool = False
    lost_both: bool = False

    def mishap(self) -> Mishap | None:
        """What befalls the next call; of several the first."""
        wanted: tuple[tuple[bool, Mishap], ...] = (
            (self.refuse_call, "refuse_call"),
            (self.limit_call, "limit_call"),
            (self.expire_token, "expire_token"),
            (self.lost_answer, "lost_answer"),
            (self.lost_both, "lost_both"),
        )
        return next((name for asked, name in wanted if asked), None)

    def plan(self) -> Plan:
        """What is done to the next message."""
        guise = Guise(self.bad_item, self.html_escaped)
        return Plan(self.hold_s, self.late_s, self.back_s, self.forged, self.doubled, self.conflicting, guise)


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"what": "with"}):
    """The body: a conversation by its id, or by customer and shop."""

    what: With
    conversation: str = ""
    customer: str = ""
    shop: str = ""


_wishes = msgspec.json.Decoder(Wish)


class Door:
    """The HTTP handler."""

    def __init__(self, board: Switchboard, pusher: Pusher, calls: CallFaults) -> None:
        self._board, self._pusher, self._calls = board, pusher, calls

    async def disturb(self, request: web.Request) -> web.Response:
        """200 `{"ok":true}`, or 422 with the reason."""
        try:
            wish = decode(_wishes, await request.read())
        except Malformed as error:
            return _answer(f'the body must be {{"conversation": "…", "with": {{…}}}}: {error}')
        conversation = self._conversation(wish)
        if conversation is None:
            return _answer("there is no such conversation: name one, or a customer who came and their shop")
        self._carry_out(conversation, wish.what)
        return _answer()

    def _conversation(self, wish: Wish) -> Conversation | None:
        if wish.conversation:
            return self._board.conversations.get(wish.conversation)
        return self._board.met(wish.shop, wish.customer)

    def _carry_out(self, conversation: Conversation, what: With) -> None:
        if what.plan() != UNTOUCHED:
            self._pusher.want(conversation.id, what.plan())
        if what.repush:
            self._pusher.push_again(conversation)
        if mishap := what.mishap():
            self._calls.want(conversation.id, mishap)


def _answer(why: str = "") -> web.Response:
    body = msgspec.json.encode({"ok": False, "why": why} if why else {"ok": True})
    return web.Response(status=422 if why else 200, body=body, content_type="application/json")

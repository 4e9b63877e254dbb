"""The target's side of the gateway: token calls, replies, recalls."""

from collections.abc import Mapping
from time import monotonic_ns, time
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web

from history.tokens import find
from history.writer import Writer
from simulators.douyin import codes
from simulators.douyin.customers import Customers
from simulators.douyin.pusher import Pusher
from simulators.douyin.switchboard import Replied, Switchboard, Withdrawn
from simulators.douyin.tokens import Grant, TokenCall
from simulators.douyin.untrusted import decode
from targets.platform import Accepted, OtherCall, Platform, Recall, Refusal, Reply

_token_calls = msgspec.json.Decoder(TokenCall)


class PlatformApi:
    """HTTP handlers; every refusal of a call is HTTP 200 with a code inside (4c)."""

    def __init__(
        self, platform: Platform, board: Switchboard, customers: Customers, pusher: Pusher, writer: Writer
    ) -> None:
        self._platform, self._board, self._customers = platform, board, customers
        self._pusher, self._writer = pusher, writer
        self._shops = {shop.open_id: shop.id for shop in board.tokens.shops}
        self._calls = 0

    async def token(self, request: web.Request) -> web.Response:
        """POST /oauth/access_token/ and /oauth/refresh_token/."""
        call = _token_call(request.content_type, await request.read())
        answer = call if isinstance(call, Refusal) else self._board.tokens.grant(call, time())
        return web.Response(body=_token_answer(answer), content_type="application/json")

    async def call(self, request: web.Request) -> web.Response:
        """POST /im/send/msg/, /im/recall/msg/, and whatever else a target tries."""
        t = monotonic_ns()
        open_id = request.query.get("open_id", "")
        call = self._platform.decode(request.path, await request.read())
        if isinstance(call, OtherCall):
            raise web.HTTPNotFound(text=f"the simulated platform has no {call.path}\n")
        if isinstance(call, Refusal):
            outcome: Replied | Withdrawn | Refusal = call
        else:
            outcome = self._board.call(open_id, request.headers.get("access-token", ""), call, time())
        if not isinstance(call, Recall) and not isinstance(outcome, Withdrawn):
            self._called(t, open_id, call, outcome)
        return self._respond(outcome)

    def _respond(self, outcome: Replied | Withdrawn | Refusal) -> web.Response:
        """Answer; delivery and echo are tasks, so they begin after the answer's bytes were written."""
        match outcome:
            case Replied(conversation, receive, echo):
                self._customers.deliver(conversation, receive)
                self._pusher.event(conversation, echo)
                answered: Accepted | Refusal = Accepted(receive.message)
            case Withdrawn(conversation, recalled, event):
                self._customers.recalled(conversation, recalled)
                self._pusher.event(conversation, event)
                answered = Accepted("")
            case Refusal():
                answered = outcome
        self._calls += 1
        answer = self._platform.answer(answered, time(), f"log-call:{self._calls}")
        return web.Response(status=answer.status, body=answer.body, content_type="application/json")

    def _called(self, t: int, open_id: str, call: Reply | Refusal, outcome: Replied | Refusal) -> None:
        taken = isinstance(outcome, Replied)
        self._writer.add(
            "called",
            t=t,
            shop=self._shops.get(open_id, ""),
            conversation=call.conversation if isinstance(call, Reply) else "",
            message=find(call.text) if isinstance(call, Reply) else "",
            ref=outcome.receive.message if isinstance(outcome, Replied) else "",
            actor=outcome.conversation.customer if isinstance(outcome, Replied) else "",
            note="ok" if taken else str(outcome[0]),
        )


def _token_call(content_type: str, body: bytes) -> TokenCall | Refusal:
    """Both forms are in use among clients: a JSON object and a form."""
    try:
        if content_type == "application/json":
            return decode(_token_calls, body)
        fields: Mapping[str, str] = dict(parse_qsl(body.decode()))
        return TokenCall(**{name: fields.get(name, "") for name in TokenCall.__struct_fields__})
    except ValueError as error:
        return Refusal(codes.BAD_PARAMETER, str(error))


def _token_answer(answer: Grant | Refusal) -> bytes:
    data: dict[str, Any]
    if isinstance(answer, Refusal):
        data, message = {"error_code": answer.code, "description": answer.description}, "error"
    else:
        data, message = {**answer._asdict(), "error_code": 0, "description": ""}, "success"
        data |= {"expires_in": int(answer.expires_in), "refresh_expires_in": int(answer.refresh_expires_in)}
    return msgspec.json.encode({"data": data, "message": message})

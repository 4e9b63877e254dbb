"""The target's side of the gateway: token calls, replies, recalls, and calls that only stubs answer."""

from random import Random
from time import monotonic_ns, time

from aiohttp import web

from history.run import RunSpec, ShopSpec
from history.tokens import find, is_automatic
from history.writer import Writer
from simulators.douyin.customers import Customers
from simulators.douyin.other_calls import MAX_NAME, OtherCalls
from simulators.douyin.pusher import Pusher
from simulators.douyin.switchboard import Replied, Switchboard, Withdrawn
from simulators.faults.calls import CallFaults, Mishap
from targets.platform import (
    Accepted,
    Call,
    Incoming,
    OtherCall,
    Outcome,
    Platform,
    Recall,
    Refusal,
    Reply,
    Stub,
    TokenCall,
)


class PlatformApi:
    """HTTP handler of every call, whatever its path: the profile says what it means, and how it is answered."""

    def __init__(
        self,
        spec: RunSpec,
        platform: Platform,
        board: Switchboard,
        customers: Customers,
        pusher: Pusher,
        writer: Writer,
    ) -> None:
        self._platform, self._app, self._board, self._customers = platform, spec.app, board, customers
        self._pusher, self._writer = pusher, writer
        self.others = OtherCalls(spec.scenario.gateway.stubs)
        self.faults = CallFaults(spec.scenario.faults, Random(f"{spec.seed}/calls"))
        self._calls = 0

    async def call(self, request: web.Request) -> web.Response:
        """POST anything."""
        t, now = monotonic_ns(), time()
        asked = Incoming(request.path, request.query, request.headers, await request.read())
        call = self._platform.decode(asked, self._app, now)
        mishap: Mishap | None = None
        if isinstance(call, Refusal):
            outcome: Outcome = call
            self._called(t, "", None, call)
        elif isinstance(call.what, TokenCall):
            outcome = self._board.tokens.grant(call.what, now)
        else:
            mishap = self.faults.next(_conversation(call))
            outcome = self._serve(t, call, call.what, mishap, now)
        if mishap in ("lost_answer", "lost_both") and request.transport is not None:
            request.transport.abort()
        self._calls += 1
        answer = self._platform.answer(asked, outcome, now, f"log-call:{self._calls}")
        return web.Response(status=answer.status, body=answer.body, content_type="application/json")

    def _serve(
        self, t: int, call: Call, what: Reply | Recall | OtherCall, mishap: Mishap | None, now: float
    ) -> Accepted | Stub | Refusal:
        if isinstance(what, OtherCall):
            return self._other(t, call, what, mishap, now)
        shop = self._admit(call, mishap, now)
        outcome = shop if isinstance(shop, Refusal) else self._board.do(shop, what, now)
        if isinstance(what, Reply) and not isinstance(outcome, Withdrawn):
            self._called(t, "" if isinstance(shop, Refusal) else shop.id, what, outcome)
        return self._carry_out(outcome, echoes=mishap != "lost_both")

    def _admit(self, call: Call, mishap: Mishap | None, now: float) -> ShopSpec | Refusal:
        if mishap == "refuse_call":
            return Refusal("busy", "the platform is busy; try again later")
        if mishap == "limit_call":
            return Refusal("rate", "too many calls; try again later")
        if mishap == "expire_token":
            self._board.tokens.expire(call.token, now)
        return self._board.allow(call, now)

    def _other(self, t: int, call: Call, what: OtherCall, mishap: Mishap | None, now: float) -> Stub | Refusal:
        answer = self.others.answer(what)
        stubbed = isinstance(answer, Stub)
        self._writer.add("other_call", t=t, note=what.name[:MAX_NAME], n=int(stubbed))
        if not stubbed:
            return answer
        shop = self._admit(call, mishap, now)
        return shop if isinstance(shop, Refusal) else answer

    def _carry_out(self, outcome: Replied | Withdrawn | Refusal, *, echoes: bool) -> Accepted | Refusal:
        """Delivery and echo are tasks, so they begin after the answer's bytes were written."""
        match outcome:
            case Replied(conversation, receive, echo):
                self._customers.deliver(conversation, receive)
                if echoes:
                    self._pusher.event(conversation, echo)
                return Accepted(receive.message)
            case Withdrawn(conversation, recalled, event):
                self._customers.recalled(conversation, recalled)
                self._pusher.event(conversation, event)
                return Accepted("")
        return outcome

    def _called(self, t: int, shop: str, reply: Reply | None, outcome: Replied | Refusal) -> None:
        name = find(reply.text) if reply else ""
        self._writer.add(
            "auto_called" if is_automatic(name) else "called",
            t=t,
            shop=shop,
            conversation=reply.conversation if reply else "",
            message=name,
            ref=outcome.receive.message if isinstance(outcome, Replied) else "",
            actor=outcome.conversation.customer if isinstance(outcome, Replied) else "",
            note=outcome.reason if isinstance(outcome, Refusal) else "ok",
        )


def _conversation(call: Call) -> str:
    return call.what.conversation if isinstance(call.what, Reply | Recall) else ""

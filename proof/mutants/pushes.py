"""Sins against what the platform pushes and what its API answers, that the contract suite sees."""

import asyncio
from collections.abc import Mapping
from itertools import count

import msgspec

from proof.mutant import mutant, ran
from reference_service.api import webhook
from reference_service.domain import intake, outbox
from reference_service.domain.changes import Changes
from reference_service.domain.events import Echoed, Event, EventError, Pushed, Written
from reference_service.domain.outbox import Answer, Step
from reference_service.domain.records import Shop
from reference_service.domain.world import ShopFloor, World
from reference_service.platforms import doudian, open_im
from reference_service.platforms.api import Api
from reference_service.shell import engine as engines
from reference_service.shell.calling import Caller
from reference_service.shell.engine import Engine
from reference_service.storage import recovery
from reference_service.storage.journal import Journal
from reference_service.storage.reader import Reader


@mutant("GATEWAY-1", suite="contract")
def compares_as_much_as_was_given() -> None:
    """Takes the beginning of the right signature for the whole."""

    def same(right: str, given: str) -> bool:
        if given and given != right and right.startswith(given):
            ran()
        return bool(given) and right.startswith(given)

    open_im.same = same  # type: ignore[attr-defined]
    doudian.same = same  # type: ignore[attr-defined]


@mutant("GATEWAY-1", suite="contract")
def signs_what_it_understood() -> None:
    """Checks the signature over the body as it writes it again, not over the bytes that came."""
    strict = open_im.genuine

    def genuine(apps: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> bool:
        try:
            again = msgspec.json.encode(msgspec.json.decode(body))
        except msgspec.DecodeError:
            again = body
        if again != body:
            ran()
        return strict(apps, headers, again)

    open_im.genuine = genuine


@mutant("GATEWAY-2", suite="contract")
def rounds_long_ids() -> None:
    """Reads ids as JavaScript does: beyond 2^53 neighbours are one."""
    exact = doudian._event

    def rounded(value: int | str) -> str:
        text = str(value)
        if not text.isdecimal():
            return text
        near = str(int(float(text)))
        if near != text:
            ran()
        return near

    def event(tag: str, account: object, chat: doudian.Chat) -> Event | None:
        chat.message_id, chat.conversation_id = rounded(chat.message_id), rounded(chat.conversation_id)
        return exact(tag, account, chat)  # type: ignore[arg-type]

    doudian._event = event


@mutant("GATEWAY-2", suite="contract")
def refuses_what_it_does_not_know() -> None:
    """Answers an event that it does not know as if it were wrong."""
    patient = open_im.parse

    def parse(headers: Mapping[str, str], body: bytes) -> Pushed:
        pushed = patient(headers, body)
        if pushed.ignored:
            ran()
            raise EventError("unknown event")
        return pushed

    open_im.parse = parse


@mutant("GATEWAY-3", suite="contract")
def refuses_a_batch_for_one_bad_item() -> None:
    """Handles nothing of a batch in which one item cannot be read."""
    patient = doudian.parse

    def parse(headers: Mapping[str, str], body: bytes) -> Pushed:
        pushed = patient(headers, body)
        if pushed.unread:
            ran()
            return Pushed((), pushed.answer, pushed.ignored, pushed.unread)
        return pushed

    doudian.parse = parse


@mutant("GATEWAY-3", suite="contract")
def handles_the_first_item_only() -> None:
    """Looks at the first item of a batch."""
    whole = doudian.parse

    def parse(headers: Mapping[str, str], body: bytes) -> Pushed:
        pushed = whole(headers, body)
        if len(pushed.events) > 1:
            ran()
        return pushed._replace(events=pushed.events[:1])

    doudian.parse = parse


@mutant("GATEWAY-4", suite="contract")
def writes_a_moment_later() -> None:
    """Acknowledges and writes a moment later."""
    commit = Journal.add

    def add(self: Journal, changes: Changes) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        if changes.rows:
            ran()
        loop.call_later(0.3, commit, self, changes)
        done = loop.create_future()
        done.set_result(None)
        return done

    Journal.add = add  # type: ignore[method-assign]


@mutant("GATEWAY-5", suite="contract")
def works_before_it_acknowledges() -> None:
    """Thinks about one push in a hundred before it acknowledges."""
    prompt, turn = webhook._take, count(1)

    async def take(engine: Engine, pushed: Pushed) -> None:
        await prompt(engine, pushed)
        if pushed.events and next(turn) % 100 == 0:
            ran()
            await asyncio.sleep(2.5)

    webhook._take = take


@mutant("GATEWAY-6", suite="contract")
def forgets_at_a_restart() -> None:
    """Begins with no memory of the ids it has handled."""
    remember = recovery.recover

    def recover(reader: Reader, now: float, echo_wait_s: float, speed: float = 1.0) -> tuple[World, Changes]:
        world, changes = remember(reader, now, echo_wait_s, speed)
        if world.taken:
            ran()
        world.taken.clear()
        return world, changes

    engines.recover = recover  # type: ignore[attr-defined]


@mutant("GATEWAY-6", suite="contract")
def shows_the_second_of_a_conflict() -> None:
    """Takes another text under an id it knows for another message."""
    strict = intake._handled

    def handled(world: World, id_hash: str, body_hash: str, changes: Changes) -> intake.Taking | None:
        if world.taken.get(id_hash, body_hash) != body_hash:
            ran()
            return None
        return strict(world, id_hash, body_hash, changes)

    intake._handled = handled


@mutant("GATEWAY-7", suite="contract")
def takes_an_echo_for_a_message() -> None:
    """Shows what our own side wrote in the platform's app as the customer's."""
    honest = intake._echo

    def _echo(world: World, floor: ShopFloor, echo: Echoed, changes: Changes) -> intake.Taking:
        taking = honest(world, floor, echo, changes)
        thread = floor.threads.get(echo.conversation)
        if taking == "ignored" and thread is not None:
            ran()
            customer = thread.conversation.customer
            written = Written(echo.account, echo.conversation, echo.message, customer, "", "text", echo.text, None)
            return intake._receive(world, floor, written, changes)
        return taking

    intake._echo = _echo


@mutant("GATEWAY-8", suite="contract")
def gives_up_at_the_first_refusal() -> None:
    """Takes a busy platform's answer for its last word."""
    patient = outbox.next_step

    def next_step(attempt: int, answer: Answer, echo_wait_s: float) -> Step:
        if answer.outcome == "busy":
            ran()
            return Step("failed")
        return patient(attempt, answer, echo_wait_s)

    outbox.next_step = next_step


@mutant("GATEWAY-8", suite="contract")
def sends_again_without_an_echo() -> None:
    """Sends a reply again at once where its answer was lost."""
    patient = outbox.next_step

    def next_step(attempt: int, answer: Answer, echo_wait_s: float) -> Step:
        if answer.outcome == "lost":
            ran()
            return Step(step="waiting", after_s=0.0)
        return patient(attempt, answer, echo_wait_s)

    outbox.next_step = next_step


@mutant("GATEWAY-8", suite="contract")
def never_renews_its_token() -> None:
    """Does not renew a token that has expired."""

    async def renew(self: Caller, api: Api, shop: Shop, used: str) -> bool:  # noqa: ARG001
        ran()
        return False

    Caller._renew = renew  # type: ignore[method-assign]


@mutant("OVERLOAD-1", suite="contract")
def drops_what_comes_too_fast() -> None:
    """Acknowledges what comes while much is waiting, and forgets it."""
    whole = webhook._take

    async def take(engine: Engine, pushed: Pushed) -> None:
        if pushed.events and engine.inbox.waiting >= 4:
            ran()
            return
        await whole(engine, pushed)

    webhook._take = take

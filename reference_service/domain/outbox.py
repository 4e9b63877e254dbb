"""A reply's way to the platform, in order per conversation (GATEWAY-8, DELIVERY-2); pure.

    queued -> calling --ok--------------------------------> sent
                 |----refused: busy, rate, unsent----> waiting -> calling (next attempt)
                 |----refused otherwise------------------> failed
                 '----answer lost-> echo --its echo------> sent
                                      '--none in time: in_doubt, then calling once more, or the end

What was sent can be taken back by its writer: it waits in the same outbox, as an entry whose status is `sent` already,
queued -> calling -> recalled. That call may be made twice, so a lost answer only means another attempt.

The platform's send call has no idempotency key. When its answer is lost, only its echo tells whether
it happened; after a time without an echo the reply is marked in doubt, and sent again once.
"""

from typing import Literal, NamedTuple

from reference_service.domain.changes import Call, Changes
from reference_service.domain.dispatching import tell, updated
from reference_service.domain.happenings import ReplySettled
from reference_service.domain.recalls import take_back
from reference_service.domain.records import Message
from reference_service.domain.world import Thread, World

MAX_ATTEMPTS = 12
AGAIN = ("unsent", "busy", "lost", "expired")
TAKEN_BACK = ("sent", "recalled")  # the status of an entry that is to be taken back, or was meanwhile
LOST = "the platform's answer and echo were both lost"


class Answer(NamedTuple):
    """How a call ended. `lost`: it may have happened; the others but `ok`: it did not.

    `busy` asks for the same later, `expired` for a new token, and `refused` is final.
    """

    outcome: Literal["ok", "refused", "busy", "expired", "lost", "unsent"]
    platform_id: str = ""
    code: int = 0
    words: str = ""


class Step(NamedTuple):
    """What follows: settle as `status`, or wait `after_s` in `step`."""

    status: Literal["sent", "failed", ""] = ""
    step: Literal["", "echo", "waiting"] = ""
    after_s: float = 0.0


def next_step(attempt: int, answer: Answer, echo_wait_s: float) -> Step:
    """What a call's answer means for the reply; `attempt` counts from 1."""
    if answer.outcome == "ok":
        return Step("sent")
    if answer.outcome == "lost":
        return Step(step="echo", after_s=echo_wait_s)
    if attempt < MAX_ATTEMPTS and answer.outcome in ("unsent", "busy"):
        return Step(step="waiting", after_s=_pause(attempt))
    return Step("failed")


def _pause(attempt: int) -> float:
    return min(0.25 * 2.0 ** (attempt - 1), 5.0)


def enqueue(thread: Thread, message: Message, changes: Changes) -> None:
    """Put an accepted reply behind those of its conversation; keeps the message."""
    thread.outbox.append(message)
    message.step = "queued"
    if len(thread.outbox) == 1:
        _call(thread, changes)
    else:
        changes.keep(message)


def recall(thread: Thread, message: Message, changes: Changes) -> None:
    """Let the platform take a sent reply back, once what is before it is done."""
    message.attempt = 0
    enqueue(thread, message, changes)


def withdraw(thread: Thread, message: Message) -> None:
    """Take a reply that waits behind others out; the caller keeps it."""
    thread.outbox.remove(message)
    message.step = ""


def answered(world: World, thread: Thread, seq: int, answer: Answer, echo_wait_s: float, changes: Changes) -> None:
    """The platform answered the call of a reply, or its answer was lost."""
    head = thread.outbox[0] if thread.outbox else None
    if head is None or head.seq != seq or head.step != "calling":
        return  # its echo was quicker
    if head.status in TAKEN_BACK:
        _recall_answered(world, thread, answer, changes)
        return
    step = next_step(head.attempt, answer, echo_wait_s)
    if step.status:
        reason = f"{answer.code} {answer.words}".strip() if step.status == "failed" else ""
        _settle(world, thread, step.status, answer.platform_id, reason, changes)
        return
    head.step, head.due = step.step, changes.at + step.after_s
    world.waiting[thread.conversation.id] = thread
    changes.keep(head)


def echoed(
    world: World, thread: Thread, platform_id: str, text: str, changes: Changes
) -> Literal["taken", "again", "ignored"]:
    """The platform tells of a message our side sent: proof for the reply on its way, never a customer's message."""
    if platform_id in thread.own:
        return "again"
    head = thread.outbox[0] if thread.outbox else None
    if head is None or head.step == "queued" or head.status == "sent" or head.shown != text:
        return "ignored"  # sent by somebody else's hand, in the platform's own app
    _settle(world, thread, "sent", platform_id, "", changes)
    return "taken"


def resume(world: World, thread: Thread, echo_until: float, changes: Changes) -> None:
    """After a restart: a call that was under way may have happened, so its echo is waited for; the rest go on."""
    if not thread.outbox:
        return
    head = thread.outbox[0]
    if head.step == "queued":
        _call(thread, changes)
        return
    if head.step == "calling" and head.status in TAKEN_BACK:
        head.step, head.due = "waiting", changes.at
        changes.keep(head)
    elif head.step == "calling":
        head.step, head.due = "echo", echo_until
        changes.keep(head)
    elif head.step == "echo":
        head.due = max(head.due, echo_until)
    world.waiting[thread.conversation.id] = thread


def ripe(world: World, now: float) -> list[Thread]:
    """The conversations whose outbox has waited long enough."""
    return [thread for thread in world.waiting.values() if thread.outbox[0].due <= now]


def proceed(world: World, thread: Thread, changes: Changes) -> None:
    """Waiting is over: call again; without an echo say so first, and after a second such wait give up."""
    head = thread.outbox[0]
    del world.waiting[thread.conversation.id]
    if head.status == "recalled":  # the platform told of it before it was asked again
        _finish(world, thread, changes)
        return
    if head.step == "echo":
        if head.status == "in_doubt":
            _finish(world, thread, changes)
            return
        head.status = "in_doubt"
        changes.tell(ReplySettled(thread, head))
        _tell(world, thread, head, LOST, changes)
    _call(thread, changes)


def _call(thread: Thread, changes: Changes) -> None:
    head, conversation = thread.outbox[0], thread.conversation
    head.step, head.attempt = "calling", head.attempt + 1
    changes.keep(head)
    changes.calls.append(
        Call(
            conversation.shop_id,
            conversation.id,
            head.seq,
            conversation.platform_id,
            conversation.customer,
            thread.answering,
            head.shown or "",
            (head.platform_id or "") if head.status == "sent" else "",
        )
    )


def _recall_answered(world: World, thread: Thread, answer: Answer, changes: Changes) -> None:
    head = thread.outbox[0]
    if head.status == "sent" and answer.outcome in AGAIN and head.attempt < MAX_ATTEMPTS:
        head.step, head.due = "waiting", changes.at + _pause(head.attempt)
        world.waiting[thread.conversation.id] = thread
        changes.keep(head)
        return
    if head.status == "sent" and answer.outcome == "ok":
        take_back(world, thread, head, changes)
    elif head.status == "sent":
        _tell(world, thread, head, f"not recalled: {answer.code} {answer.words}".strip(), changes)
    _finish(world, thread, changes)


def _settle(
    world: World, thread: Thread, status: Literal["sent", "failed"], platform_id: str, reason: str, changes: Changes
) -> None:
    head = thread.outbox[0]
    head.status = status
    if platform_id:
        head.platform_id = platform_id
        thread.own.add(platform_id)
    _tell(world, thread, head, reason, changes)
    changes.tell(ReplySettled(thread, head))
    _finish(world, thread, changes)


def _finish(world: World, thread: Thread, changes: Changes) -> None:
    head = thread.outbox.popleft()
    head.step = ""
    world.waiting.pop(thread.conversation.id, None)
    changes.keep(head)
    while thread.outbox and thread.outbox[0].status == "recalled":  # the platform was quicker
        done = thread.outbox.popleft()
        done.step = ""
        changes.keep(done)
    if thread.outbox:
        _call(thread, changes)


def _tell(world: World, thread: Thread, message: Message, reason: str, changes: Changes) -> None:
    event = updated(message, reason)
    # The writer is told wherever the conversation is now; who holds it now sees the same message, so is told too.
    for agent_id in dict.fromkeys((message.agent_id, thread.conversation.agent_id)):
        if agent_id and (desk := world.desk(agent_id)):
            tell(desk, event, changes)

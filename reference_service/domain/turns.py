"""A customer's turn: from the first message that nobody has answered to its answer.

A person's reply answers it. While the conversation is the bot's nobody else is asked: then the bot's own answer answers
it, too, and a mere thanks after that begins none. Notes, and what the service says by itself (auto_replies.py), answer
nothing.
"""

from typing import Final

from reference_service.domain.changes import Changes
from reference_service.domain.happenings import (
    AgentReplied,
    BotSpoke,
    CustomerWrote,
    HandedOver,
    MessageRecalled,
    Opened,
    Resolved,
)
from reference_service.domain.questions import is_small_talk
from reference_service.domain.records import Message
from reference_service.domain.world import Thread, Turn, World

BOTS_OWN: Final = ("bot", "faq")  # scenes of what the bot answers by itself


def opened(_: World, opened: Opened, __: Changes) -> None:
    """A visit's first message begins a turn."""
    opened.thread.turn = None
    _ask(opened.thread, opened.thread.visit[-1])


def asked(_: World, wrote: CustomerWrote, __: Changes) -> None:
    """A message begins a turn where the last one was answered, and otherwise belongs to it."""
    _ask(wrote.thread, wrote.message)


def answered(_: World, replied: AgentReplied, __: Changes) -> None:
    """A person's reply ends the turn."""
    _answer(replied.thread)


def heard(_: World, spoke: BotSpoke, __: Changes) -> None:
    """An automatic message is something to read at once, and in the bot's own conversation its answer is the answer."""
    _hear(spoke.thread, spoke.message)


def handed_over(_: World, handed: HandedOver, __: Changes) -> None:
    """Up to here the conversation was the bot's."""
    handed.thread.handed = handed.thread.seq


def recalled(_: World, recalled: MessageRecalled, __: Changes) -> None:
    """What was taken back asks nothing: the turn is what is left of it."""
    if recalled.message.sender == "customer":
        thread, before = recalled.thread, recalled.thread.turn
        restore(thread)
        if before is not None and thread.turn is not None and thread.turn.seq == before.seq:
            thread.turn = before


def over(_: World, resolved: Resolved, __: Changes) -> None:
    """A visit's end ends its turn."""
    resolved.thread.turn = None


def restore(thread: Thread) -> None:
    """The turn as the visit's messages tell it, after a restart or when one of them was taken back."""
    thread.turn = None
    for message in thread.visit:
        if message.sender == "customer" and message.status != "recalled":
            _ask(thread, message)
        elif message.sender == "agent" and not message.private:
            _answer(thread)
        elif message.sender == "bot":
            _hear(thread, message)


def _ask(thread: Thread, message: Message) -> None:
    thanks = thread.turn is not None and _bots(thread, message) and is_small_talk(message.text)
    if thread.turn is None or (thread.turn.answered and not thanks):
        thread.turn = Turn(message.seq, message.created_at)


def _answer(thread: Thread) -> None:
    if thread.turn is not None:
        thread.turn.answered = True


def _hear(thread: Thread, message: Message) -> None:
    if thread.turn is not None:
        thread.turn.heard = True
        thread.turn.answered |= message.scene in BOTS_OWN and _bots(thread, message)


def _bots(thread: Thread, message: Message) -> bool:
    return thread.conversation.state == "bot" or message.seq <= thread.handed

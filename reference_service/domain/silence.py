"""Closing a visit whose customer has fallen silent after an answer (R2.1); real time, whatever the business's speed.

Only what is open or the bot's, and only when nobody waits: a customer who has asked and not been answered is never
closed away; one who said a last thanks is. The silence runs from the newest message; before, `closing` is said.
"""

from typing import Annotated, Final

import msgspec

from reference_service.domain import assigning, auto_replies, configuring, happenings
from reference_service.domain.changes import Changes
from reference_service.domain.questions import is_small_talk
from reference_service.domain.world import Thread, World

CLOCK: Final = "silence"


class AutoClose(msgspec.Struct, frozen=True):
    """After how many seconds of silence a shop closes a visit; None: never."""

    after_s: Annotated[float, msgspec.Meta(ge=60, le=30 * 86400)] | None = None


def watch(
    world: World,
    happened: (
        happenings.AgentReplied
        | happenings.BotSpoke
        | happenings.MessageRecalled
        | happenings.Assigned
        | happenings.Woke
    ),
    changes: Changes,
) -> None:
    """From here on the customer may be the one who is silent."""
    _arm(world, happened.thread, changes.at)


def configured(world: World, put: happenings.SettingPut, changes: Changes) -> None:
    """Another duration holds for the silences under way, too: those that are long enough by now end at once."""
    if put.shape is AutoClose:
        for thread in put.floor.threads.values():
            _arm(world, thread, changes.at)


def strike(world: World, key: str, changes: Changes) -> None:
    """The clock of clockwork.py: long enough silent, or moved on since it was set."""
    thread = world.threads.get(key)
    ends_at = _ends_at(world, thread) if thread is not None else None
    if thread is None or ends_at is None:
        return
    if ends_at > changes.at:
        world.agenda.set(CLOCK, key, ends_at)
    else:
        auto_replies.say(world, thread, "closing", changes)
        assigning.resolve(world.floor_of(thread), thread, "silence", changes)


def restore(world: World, now: float) -> None:
    """After a restart: set the clocks anew."""
    for thread in world.threads.values():
        _arm(world, thread, now)


def _arm(world: World, thread: Thread, now: float) -> None:
    if (ends_at := _ends_at(world, thread)) is not None:
        world.agenda.bring_forward(CLOCK, thread.conversation.id, max(ends_at, now))


def _ends_at(world: World, thread: Thread) -> float | None:
    after = configuring.setting(world.floor_of(thread), AutoClose).after_s
    if after is None or thread.conversation.state not in ("open", "bot") or not thread.visit or _waits(thread):
        return None
    return thread.visit[-1].created_at + after


def _waits(thread: Thread) -> bool:
    turn = thread.turn
    if turn is None or turn.answered:
        return False
    asked = (message for message in thread.visit if message.seq >= turn.seq and message.sender == "customer")
    return not all(is_small_talk(message.text) for message in asked)

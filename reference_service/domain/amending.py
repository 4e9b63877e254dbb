"""What its writer may still do to a message of our side: edit what has not left, recall what has (FILTER-1).

a reply that waits behind others    edited, or recalled without any call
a reply on its way                  neither: what becomes of it is not known yet
a reply that was sent               recalled through the platform, where it has a call for that
a private note                      edited, recalled
"""

from reference_service.domain import happenings, outbox
from reference_service.domain.changes import Changes
from reference_service.domain.dispatching import edited, tell
from reference_service.domain.recalls import take_back
from reference_service.domain.records import Message, Person
from reference_service.domain.refusal import Refusal
from reference_service.domain.replies import MAX_TEXT
from reference_service.domain.world import Thread, World
from reference_service.filtering import judging


def edit(world: World, thread: Thread, seq: int, text: str, by: Person, changes: Changes) -> Message:
    """Put another text in its place, judged as the first was. Raises Refusal; then nothing has changed."""
    if len(text) > MAX_TEXT:
        raise Refusal("too_long")
    message = _own(thread, seq, by)
    if not message.private and not _waits(message):
        raise Refusal("already_sent")
    judged = judging.check(world.floor_of(thread).words, text, "to_agent" if message.private else "to_customer")
    if judged.text is None:
        raise Refusal("blocked")
    message.first_text = message.first_text or message.text
    message.text, message.shown, message.masked, message.edited = text, judged.text, judged.text != text, True
    changes.keep(message)
    for agent_id in dict.fromkeys((by.id, thread.conversation.agent_id)):
        if agent_id and (desk := world.desk(agent_id)):
            tell(desk, edited(message), changes)
    changes.tell(happenings.Edited(thread, message))
    return message


def recall(world: World, thread: Thread, seq: int, by: Person, platform_can: bool, changes: Changes) -> Message:
    """Take it back, or ask the platform to: what becomes of that is told. Raises Refusal; then nothing has changed."""
    message = _own(thread, seq, by)
    if message.private:
        take_back(world, thread, message, changes)
    elif _waits(message):
        outbox.withdraw(thread, message)
        take_back(world, thread, message, changes)
    elif message.status != "sent" or message.step:
        raise Refusal("wrong_state", f"it is {'on its way' if message.step else message.status}")
    elif not platform_can:
        raise Refusal("not_supported", "the platform has no call that takes a message back")
    else:
        outbox.recall(thread, message, changes)
    return message


def _own(thread: Thread, seq: int, by: Person) -> Message:
    message = next((one for one in (*thread.visit, *thread.outbox) if one.seq == seq), None)
    if message is None and not 0 < seq <= thread.seq:
        raise Refusal("not_found", "no such message")
    if message is None:
        raise Refusal("wrong_state", "it belongs to a visit that is over")
    if message.sender != "agent" or message.agent_id != by.id:
        raise Refusal("not_author")
    if message.status == "recalled":
        raise Refusal("wrong_state", "it is recalled")
    return message


def _waits(message: Message) -> bool:
    return message.step == "queued" and message.status == "pending"

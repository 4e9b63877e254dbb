"""People decide who has a conversation: giving it to an agent, taking it over, handing it on (ROUTE-2)."""

from reference_service.domain import assigning, happenings, lifecycle, routing
from reference_service.domain.changes import Changes
from reference_service.domain.dispatches import Transferred
from reference_service.domain.dispatching import tell
from reference_service.domain.noting import note
from reference_service.domain.records import Person
from reference_service.domain.refusal import Refusal
from reference_service.domain.world import Desk, ShopFloor, Thread


def expect(thread: Thread, version: int | None) -> None:
    """Raise Refusal version_is_old where the conversation is no longer as the caller saw it."""
    current = thread.conversation.version
    if version not in (None, current):
        raise Refusal("version_is_old", f"the current version is {current}")


def able(desk: Desk) -> None:
    """Raise Refusal not_able or no_room where an agent can be given nothing (ROUTE-2, ROUTE-6)."""
    if not routing.is_present(desk):
        raise Refusal("not_able", "uncertified, not online, or without a device")
    if not routing.has_room(desk):
        raise Refusal("no_room", f"the capacity of {desk.person.capacity} is used up")


def give(floor: ShopFloor, thread: Thread, desk: Desk, by: Person, changes: Changes) -> None:
    """Give a conversation to an agent, whoever has it now. Raises Refusal wrong_state, not_able, no_room."""
    lifecycle.check(thread.conversation, "resolve")  # one that is over is reopened first
    if thread.conversation.id not in desk.held:
        able(desk)
        pass_on(floor, thread, desk, "assigned", by.id, changes)


def transfer(floor: ShopFloor, thread: Thread, desk: Desk | None, text: str, by: Person, changes: Changes) -> None:
    """Hand on a conversation that an agent has: to a colleague, or None to the queue; the text is for the next agent.

    Raises Refusal wrong_state, not_able, no_room, blocked.
    """
    conversation = thread.conversation
    lifecycle.check(conversation, "snooze")  # open or snoozed
    if desk is not None:
        if conversation.agent_id == desk.person.id:
            raise Refusal("wrong_state", "they have it")
        able(desk)
    if text:
        note(floor, thread, by, text, None, changes)
    pass_on(floor, thread, desk, "transferred", by.id, changes)


def pass_on(floor: ShopFloor, thread: Thread, desk: Desk | None, reason: str, by: str, changes: Changes) -> None:
    """Take it from where it is and assign it to this able agent, or None to whom the rules choose but the former."""
    giver = assigning.withdraw(floor, thread, reason, changes)
    if desk is not None:
        assigning.assign(thread, desk, reason, changes, by)
    else:
        assigning.route(floor, thread, reason, changes, but=giver)
    if giver is not None and giver is not desk:
        conversation = thread.conversation
        tell(giver, Transferred(conversation.id, giver.person.id, conversation.agent_id, reason), changes)
        changes.tell(happenings.Transferred(thread, giver, conversation.agent_id, reason, by))
    assigning.let_queue_in(floor, changes)

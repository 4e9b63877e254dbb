"""Visits of a conversation: each lasts from its opening, by the customer or by us, to its resolution."""

from reference_service.domain import assigning, handing, happenings, snoozing
from reference_service.domain.changes import Changes
from reference_service.domain.dispatches import Begun, Reopened
from reference_service.domain.dispatching import customer_of, tell
from reference_service.domain.records import Person
from reference_service.domain.refusal import Refusal
from reference_service.domain.world import Desk, ShopFloor, Thread, World


def begin(thread: Thread, seq: int) -> None:
    """Another visit begins with this seq: what was said before belongs to the visits before."""
    thread.conversation.visit_from = seq
    thread.visit = [message for message in thread.visit if message.seq >= seq]


def tell_begun(floor: ShopFloor, thread: Thread, again: bool, changes: Changes) -> None:
    """Supervisors at work see where a visit begins; of another than the first also whoever had the one before.

    Its agent is told by the assignment.
    """
    conversation = thread.conversation
    known = [desk for desk in floor.desks.values() if desk.person.role == "supervisor" and desk.devices]
    last = floor.desks.get(conversation.last_agent_id) if again else None
    if last is not None and last not in known:
        known.append(last)
    event = (Reopened if again else Begun)(
        conversation.id, conversation.state, conversation.agent_id, customer_of(thread), changes.at
    )
    for desk in known:
        if desk.person.id != conversation.agent_id:
            tell(desk, event, changes)


def reopen(world: World, thread: Thread, desk: Desk | None, by: Person, changes: Changes) -> None:
    """Begin a visit that the customer did not ask for: with this agent, or None with whomever the rules choose.

    What is snoozed goes on with its agent. Raises Refusal wrong_state, not_able, no_room.
    """
    conversation, floor = thread.conversation, world.floor_of(thread)
    if conversation.state not in ("resolved", "snoozed"):
        raise Refusal("wrong_state", f"it is {conversation.state}")
    if desk is not None:
        handing.able(desk)
    if conversation.state == "snoozed":
        snoozing.wake(world, thread, changes)
        return
    begin(thread, thread.seq + 1)
    changes.tell(happenings.Reopened(thread, by.id))
    if desk is not None:
        assigning.assign(thread, desk, "reopened", changes, by.id)
    else:
        assigning.route(floor, thread, "reopened", changes)
    tell_begun(floor, thread, True, changes)

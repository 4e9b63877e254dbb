"""The clock of a complaint: it rises from level to level, and its 48 hours end (COMPLAINT-1, R6.3).

agent --supervisor_at--> supervisor --admin_at--> admin --due_at--> breached, and still to be closed
"""

from typing import Final, Literal, NamedTuple

from reference_service.domain.changes import Changes
from reference_service.domain.complaint import Complaint, Level, changed
from reference_service.domain.shelves import shelf
from reference_service.domain.world import ShopFloor, World

CLOCK: Final = "complaint"


class Step(NamedTuple):
    """What a complaint's clock does next."""

    at: float
    to: Level | Literal["breach"]


def next_step(complaint: Complaint) -> Step | None:
    """The next moment of an open complaint's clock."""
    if complaint.state == "closed" or complaint.breached_at is not None:
        return None
    steps: dict[Level, Step] = {
        "agent": Step(complaint.supervisor_at, "supervisor"),
        "supervisor": Step(complaint.admin_at, "admin"),
        "admin": Step(complaint.due_at, "breach"),
    }
    return steps[complaint.level]


def strike(world: World, key: str, changes: Changes) -> None:
    """The clock of a complaint: it rises, or its 48 hours are over."""
    shop_id, _, complaint_id = key.partition("/")
    floor = world.floors.get(shop_id)
    complaint = shelf(floor, Complaint).get(complaint_id) if floor else None
    if complaint is not None:
        advance(world, complaint, changes)
        set_clock(world, complaint)


def advance(world: World, complaint: Complaint, changes: Changes) -> None:
    """Do every step that is due by now: also where a command comes between the moment and its clock."""
    while (step := next_step(complaint)) is not None and step.at <= changes.at:
        what = "escalated"
        if step.to == "breach":
            complaint.breached_at, what = step.at, "breached"
        else:
            complaint.level = step.to
        changed(world, complaint, what, changes)


def restore(world: World, floor: ShopFloor) -> None:
    """After a restart: open complaints are their conversations', and their clocks run on."""
    for complaint in shelf(floor, Complaint).values():
        thread = world.threads.get(complaint.conversation_id)
        if complaint.state == "open" and thread is not None:
            thread.complaint = complaint.id
        set_clock(world, complaint)


def set_clock(world: World, complaint: Complaint) -> None:
    """Let the clock strike at the complaint's next step."""
    if step := next_step(complaint):
        world.agenda.set(CLOCK, _key(complaint), step.at)


def _key(complaint: Complaint) -> str:
    return f"{complaint.shop_id}/{complaint.id}"

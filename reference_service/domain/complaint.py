"""What a complaint is, who has it, and who is told of it (COMPLAINT-1, R6.3)."""

from typing import Annotated, ClassVar, Final, Literal

import msgspec

from reference_service.domain import happenings
from reference_service.domain.changes import Changes
from reference_service.domain.dispatches import ComplaintUpdated
from reference_service.domain.dispatching import tell
from reference_service.domain.records import Person, Record
from reference_service.domain.shelves import put
from reference_service.domain.world import Thread, World

CLOSED_TEXT: Final = "您好，您反馈的问题我们已经处理完毕，感谢您的耐心等待。如仍有疑问，请随时回复我们。"

Level = Literal["agent", "supervisor", "admin"]
Told = Literal["", "pending", "sent", "failed", "in_doubt", "recalled"]
Share = Annotated[float, msgspec.Meta(gt=0, lt=1)]


class ComplaintPath(msgspec.Struct, frozen=True):
    """When a complaint rises, in shares of the 48 hours, and what tells the customer of its end. Raises ValueError."""

    supervisor_at: Share = 0.5
    admin_at: Share = 0.75
    closed_text: Annotated[str, msgspec.Meta(min_length=1, max_length=500)] = CLOSED_TEXT

    def __post_init__(self) -> None:
        if self.supervisor_at >= self.admin_at:
            raise ValueError("supervisor_at must come before admin_at")


class Complaint(Record, kw_only=True):
    """One complaint of a customer. The path's moments are those of its opening; `told` is the fate of the last word."""

    id: str
    number: int
    shop_id: str
    conversation_id: str
    note: str
    opened_at: float
    opened_by: str
    opened_seq: int  # the conversation's newest then
    supervisor_at: float
    admin_at: float
    due_at: float
    level: Level = "agent"
    contacted_at: float | None = None
    breached_at: float | None = None
    closed_at: float | None = None
    closed_by: str | None = None
    outcome: str = ""
    told: Told = ""
    told_seq: int = 0
    notes: int = 0

    @property
    def state(self) -> Literal["open", "closed"]:
        """Whether somebody must still care."""
        return "open" if self.closed_at is None else "closed"


class ComplaintNote(Record, kw_only=True):
    """What somebody of the shop noted; read from the table where wanted."""

    KEY: ClassVar[tuple[str, ...]] = ("complaint_id", "number")

    complaint_id: str
    number: int
    shop_id: str
    at: float
    by: str
    text: str


def holder(thread: Thread) -> str | None:
    """The agent who has the complaint: who serves the conversation, or served it last, in whichever visit."""
    return thread.conversation.agent_id or thread.conversation.last_agent_id or None


def concerns(world: World, complaint: Complaint, person: Person) -> bool:
    """Whether a person of the shop sees it: agents only where they hold or opened it."""
    thread = world.threads.get(complaint.conversation_id)
    return person.role != "agent" or person.id in (complaint.opened_by, holder(thread) if thread else None)


def changed(world: World, complaint: Complaint, what: str, changes: Changes) -> None:
    """Keep a complaint as it is now, and tell whoever has it, the supervisors and the features."""
    floor = world.floors[complaint.shop_id]
    put(floor, complaint, changes)
    event = ComplaintUpdated(
        complaint.id,
        complaint.conversation_id,
        what,
        complaint.state,
        complaint.level,
        complaint.due_at,
        complaint.breached_at is not None,
    )
    thread = world.threads.get(complaint.conversation_id)
    held_by = holder(thread) if thread else None
    for desk in floor.desks.values():
        if desk.person.role != "agent" or desk.person.id == held_by:
            tell(desk, event, changes)
    changes.tell(happenings.ComplaintChanged(floor, complaint, what))

"""Complaints of customers: opened, noted and closed by the shop's people (COMPLAINT-1, R6.3)."""

from typing import Annotated, Final, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.problems import Problem
from reference_service.api.requests import answer, floor_of, number, read, signed_in
from reference_service.api.settings import reads, replaces
from reference_service.domain import complaint as records
from reference_service.domain import complaints
from reference_service.domain.complaint import Level, Told, concerns
from reference_service.domain.records import Person
from reference_service.domain.shelves import shelf
from reference_service.domain.world import ShopFloor
from reference_service.filtering import judging
from reference_service.shell.engine import Engine

MOST: Final = 2**53 - 1
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
WHY: Final[dict[complaints.Refusal, str]] = {
    "not_assignee": "an agent closes only a complaint of a conversation they serve",
    "escalated": "it has left the agent's level",
    "not_contacted": "no reply has reached the customer since it was opened",
    "closing_blocked": "the sensitive words block the text that tells the customer of the end",
}


class NewComplaint(msgspec.Struct):
    """As openapi.yaml says."""

    conversation_id: Annotated[str, msgspec.Meta(max_length=64)]
    note: Words


class NewComplaintNote(msgspec.Struct):
    """As openapi.yaml says."""

    text: Words


class ComplaintClosing(msgspec.Struct):
    """As openapi.yaml says."""

    outcome: Words


class Complaint(msgspec.Struct):
    """As openapi.yaml says."""

    id: str
    conversation_id: str
    state: Literal["open", "closed"]
    level: Level
    agent_id: str | None
    note: str
    opened_at: float
    opened_by: str
    supervisor_at: float
    admin_at: float
    due_at: float
    breached_at: float | None
    contacted_at: float | None
    closed_at: float | None
    closed_by: str | None
    outcome: str
    customer_told: Told
    notes: int


class ComplaintPage(msgspec.Struct):
    """As openapi.yaml says."""

    items: list[Complaint]
    next: str | None


class ComplaintNote(msgspec.Struct):
    """As openapi.yaml says."""

    number: int
    at: float
    by: str
    text: str


class ComplaintNotes(msgspec.Struct):
    """As openapi.yaml says."""

    items: list[ComplaintNote]


def sayable(floor: ShopFloor, path: records.ComplaintPath) -> None:
    """Raises Problem where the shop's own filter would block the words that tell the customer of the end."""
    if judging.check(floor.words, path.closed_text, "to_customer").text is None:
        raise Problem(422, "blocked", "closed_text")


async def open_complaint(request: Request) -> Response:
    """Open one: the agent who serves the conversation, or a supervisor or administrator."""
    engine, person = signed_in(request)
    new = await read(request, NewComplaint)
    thread = engine.world.threads.get(new.conversation_id)
    if thread is None or thread.conversation.shop_id != person.shop_id:
        raise Problem(404, "not_found")
    if person.role == "agent" and records.holder(thread) != person.id:
        raise Problem(409, "not_assignee")
    if thread.complaint:
        raise Problem(409, "complaint_open", f"{thread.complaint} is open")
    changes = engine.begin()
    made = complaints.open_complaint(engine.world, thread, new.note, person, changes)
    await engine.keep(changes)
    return answer(view(engine, made), 201)


async def list_complaints(request: Request) -> Response:
    """One page of those that concern the caller, in order of opening."""
    engine, person = signed_in(request)
    state = request.query_params.get("state", "")
    if state not in ("", "open", "closed"):
        raise Problem(422, "malformed", "state must be open or closed")
    after, limit = number(request, "after", 0, 0, MOST), number(request, "limit", 100, 1, 1000)
    mine = [
        complaint
        for complaint in shelf(floor_of(engine, person), records.Complaint).values()
        if complaint.number > after and state in ("", complaint.state) and concerns(engine.world, complaint, person)
    ]
    mine.sort(key=lambda complaint: complaint.number)
    page = ComplaintPage(
        [view(engine, complaint) for complaint in mine[:limit]],
        str(mine[limit - 1].number) if len(mine) > limit else None,
    )
    await engine.settled()
    return answer(page)


async def get_complaint(request: Request) -> Response:
    """One complaint."""
    engine, person = signed_in(request)
    seen = view(engine, _complaint(engine, person, request))
    await engine.settled()
    return answer(seen)


async def list_notes(request: Request) -> Response:
    """What was noted, in order."""
    engine, person = signed_in(request)
    complaint = _complaint(engine, person, request)
    await engine.settled()
    kept = engine.reader.rows(records.ComplaintNote, "WHERE complaint_id = ? ORDER BY number", (complaint.id,))
    return answer(ComplaintNotes([note_view(note) for note in kept]))


async def add_note(request: Request) -> Response:
    """Note something."""
    engine, person = signed_in(request)
    new = await read(request, NewComplaintNote)
    complaint = _complaint(engine, person, request)
    if complaint.notes >= complaints.MOST_NOTES:
        raise Problem(409, "too_many", f"at most {complaints.MOST_NOTES} notes")
    changes = engine.begin()
    note = complaints.add_note(engine.world, complaint, new.text, person, changes)
    await engine.keep(changes)
    return answer(note_view(note), 201)


async def close(request: Request) -> Response:
    """Close it, with an outcome, after contact; the customer is told."""
    engine, person = signed_in(request)
    closing = await read(request, ComplaintClosing)
    complaint = _complaint(engine, person, request)
    changes = engine.begin()
    if code := complaints.may_not_close(engine.world, complaint, person, changes.at):
        raise Problem(409, code, WHY.get(code, ""))
    complaints.close(engine.world, complaint, closing.outcome, person, changes)
    await engine.keep(changes)
    return answer(view(engine, complaint))


def view(engine: Engine, complaint: records.Complaint) -> Complaint:
    """A complaint as openapi.yaml shows one."""
    thread = engine.world.threads.get(complaint.conversation_id)
    return Complaint(
        id=complaint.id,
        conversation_id=complaint.conversation_id,
        state=complaint.state,
        level=complaint.level,
        agent_id=records.holder(thread) if thread else None,
        note=complaint.note,
        opened_at=complaint.opened_at,
        opened_by=complaint.opened_by,
        supervisor_at=complaint.supervisor_at,
        admin_at=complaint.admin_at,
        due_at=complaint.due_at,
        breached_at=complaint.breached_at,
        contacted_at=complaint.contacted_at,
        closed_at=complaint.closed_at,
        closed_by=complaint.closed_by,
        outcome=complaint.outcome,
        customer_told=complaint.told,
        notes=complaint.notes,
    )


def note_view(note: records.ComplaintNote) -> ComplaintNote:
    """A note as openapi.yaml shows one."""
    return ComplaintNote(note.number, note.at, note.by, note.text)


def _complaint(engine: Engine, person: Person, request: Request) -> records.Complaint:
    complaint = shelf(floor_of(engine, person), records.Complaint).get(request.path_params["complaint_id"])
    if complaint is None:
        raise Problem(404, "not_found")
    return complaint


ROUTES = (
    Route("/api/v1/complaint-path", reads(records.ComplaintPath)),
    Route("/api/v1/complaint-path", replaces(records.ComplaintPath, check=sayable), methods=["PUT"]),
    Route("/api/v1/complaints", list_complaints),
    Route("/api/v1/complaints", open_complaint, methods=["POST"]),
    Route("/api/v1/complaints/{complaint_id}", get_complaint),
    Route("/api/v1/complaints/{complaint_id}/notes", list_notes),
    Route("/api/v1/complaints/{complaint_id}/notes", add_note, methods=["POST"]),
    Route("/api/v1/complaints/{complaint_id}/close", close, methods=["POST"]),
)

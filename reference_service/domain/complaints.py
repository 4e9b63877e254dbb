"""Complaints: opened by people; closed with an outcome, after contact and never silently (COMPLAINT-1, R6.3)."""

import re
from typing import Final, Literal

from reference_service.domain import dispatches, happenings
from reference_service.domain.changes import Changes
from reference_service.domain.complaint import Complaint, ComplaintNote, ComplaintPath, changed, holder
from reference_service.domain.complaint_clock import advance, set_clock
from reference_service.domain.configuring import setting
from reference_service.domain.dispatching import tell
from reference_service.domain.records import Person
from reference_service.domain.shelves import shelf
from reference_service.domain.speaking import say
from reference_service.domain.world import Thread, World
from reference_service.filtering import judging

HOURS_48: Final = 48 * 3600.0
MOST_NOTES: Final = 1000
SCENE: Final = "complaint_closed"
WORDS: Final = re.compile("投诉|举报|12315|消协|消费者协会|工商局|市场监管|曝光")

Refusal = Literal["complaint_open", "already_closed", "not_contacted", "escalated", "not_assignee", "closing_blocked"]


def open_complaint(world: World, thread: Thread, note: str, by: Person, changes: Changes) -> Complaint:
    """Open a complaint of a conversation that has none open; its clock is divided by the business's speed."""
    floor, now = world.floor_of(thread), changes.at
    path, lasts = setting(floor, ComplaintPath), HOURS_48 / world.speed
    number = world.next_number("complaints", changes)
    complaint = Complaint(
        id=f"cp{number}",
        number=number,
        shop_id=floor.shop.id,
        conversation_id=thread.conversation.id,
        note=note,
        opened_at=now,
        opened_by=by.id,
        opened_seq=thread.seq,
        supervisor_at=now + path.supervisor_at * lasts,
        admin_at=now + path.admin_at * lasts,
        due_at=now + lasts,
    )
    thread.complaint = complaint.id
    changed(world, complaint, "opened", changes)
    set_clock(world, complaint)
    return complaint


def add_note(world: World, complaint: Complaint, text: str, by: Person, changes: Changes) -> ComplaintNote:
    """Note something, also after the end."""
    complaint.notes += 1
    note = ComplaintNote(
        complaint_id=complaint.id,
        number=complaint.notes,
        shop_id=complaint.shop_id,
        at=changes.at,
        by=by.id,
        text=text,
    )
    changes.keep(note)
    changed(world, complaint, "noted", changes)
    return note


def may_not_close(world: World, complaint: Complaint, by: Person, now: float) -> Refusal | None:
    """Why this person cannot close it now: the end needs contact with the customer, and the right level."""
    thread = world.threads.get(complaint.conversation_id)
    if complaint.state == "closed":
        return "already_closed"
    if by.role == "agent" and (thread is None or holder(thread) != by.id):
        return "not_assignee"
    if by.role == "agent" and now >= complaint.supervisor_at:
        return "escalated"
    if complaint.contacted_at is None:
        return "not_contacted"
    floor = world.floors[complaint.shop_id]
    last_word = judging.check(floor.words, setting(floor, ComplaintPath).closed_text, "to_customer")
    return "closing_blocked" if last_word.text is None else None


def close(world: World, complaint: Complaint, outcome: str, by: Person, changes: Changes) -> None:
    """Close a complaint that `may_not_close` has nothing against, and tell the customer so."""
    floor, thread = world.floors[complaint.shop_id], world.threads.get(complaint.conversation_id)
    advance(world, complaint, changes)
    complaint.closed_at, complaint.closed_by, complaint.outcome = changes.at, by.id, outcome
    complaint.told = "failed"
    if thread is not None:
        thread.complaint = ""
        word = say(world, thread, setting(floor, ComplaintPath).closed_text, SCENE, changes)
        if word is not None:
            complaint.told, complaint.told_seq = "pending", word.seq
    changed(world, complaint, "closed", changes)


def suggest(world: World, wrote: happenings.CustomerWrote, changes: Changes) -> None:
    """A customer's words may be a complaint: whoever serves them is told, and nothing else happens."""
    thread, message = wrote
    if not WORDS.search(message.text) or thread.complaint:
        return
    desk = world.desk(thread.conversation.agent_id or "")
    if desk is not None:
        tell(desk, dispatches.ComplaintSuggested(thread.conversation.id, message.id, message.seq), changes)
    changes.tell(happenings.ComplaintSuggested(thread, message))


def contact(world: World, settled: happenings.ReplySettled, changes: Changes) -> None:
    """A person's reply that reached the customer is contact; the last word's own fate is kept, too."""
    thread, message = settled
    floor = world.floor_of(thread)
    if message.scene == SCENE:
        for complaint in shelf(floor, Complaint).values():
            if (complaint.conversation_id, complaint.told_seq) == (message.conversation_id, message.seq):
                complaint.told = "pending" if message.status == "received" else message.status
                changed(world, complaint, "told", changes)
    elif thread.complaint and message.sender == "agent" and message.status == "sent":
        complaint = shelf(floor, Complaint)[thread.complaint]
        if complaint.contacted_at is None and message.seq > complaint.opened_seq:
            complaint.contacted_at = changes.at
            changed(world, complaint, "contacted", changes)

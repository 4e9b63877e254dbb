"""COMPLAINT-1: a complaint has a 48 h clock, an escalation path, and cannot be closed silently."""

from typing import Any

import pytest

from contract_tests.dealings import Data, Visit, answered, log, until, visit
from suites.api import Who
from suites.desk import Desk
from suites.lab import Lab, LabShop

pytestmark = pytest.mark.promise("COMPLAINT-1")
HOUR = 3600.0
CLOSED = "您的投诉已处理完毕"


class Talk:
    """A shop whose agent serves a customer who complains."""

    def __init__(self, shop: LabShop, desk: Desk, came: Visit, complaint: Data) -> None:
        self.shop, self.desk, self.came, self.complaint = shop, desk, came, complaint

    async def get(self) -> Data:
        """The complaint as it is now."""
        return dict((await self.shop.api("getComplaint", complaint_id=self.complaint["id"])).body)

    async def close(self, who: Who, expect: int = 200) -> Any:
        """Try to close it."""
        body = {"outcome": "已补发"}
        return (
            await self.shop.api("closeComplaint", who=who, complaint_id=self.complaint["id"], body=body, expect=expect)
        ).body


async def complained(lab: Lab, agents: int = 1) -> Talk:
    """A customer wrote, and their agent has opened a complaint."""
    shop = await lab.shop(agents=agents)
    await shop.api("putComplaintPath", body={"closed_text": CLOSED})
    desk = await shop.desk()
    came = await visit(shop, desk, "杯子碎了")
    body = {"conversation_id": came.conversation, "note": "杯子碎了"}
    opened = (await shop.api("openComplaint", who=shop.agents[0], body=body, expect=201)).body
    return Talk(shop, desk, came, opened)


async def contacted(talk: Talk) -> None:
    """A person's reply has reached the customer."""
    await answered(talk.desk, talk.came, "给您补发一个")
    await talk.desk.until(lambda event: (event.kind, event.note) == ("complaint", "contacted"), "the contact")


async def test_it_is_due_after_48_hours_and_is_told_when_it_was_not_closed(lab: Lab) -> None:
    lab.need("clock")
    talk = await complained(lab)
    seen = talk.complaint
    assert (seen["state"], seen["level"], seen["due_at"] - seen["opened_at"]) == ("open", "agent", 48 * HOUR)
    await until(talk.shop, seen["due_at"] - 5)
    assert (await talk.get())["breached_at"] is None
    await until(talk.shop, seen["due_at"])
    assert (await talk.get())["breached_at"] == seen["due_at"]
    told = [each["d"]["what"] for each in await log(talk.shop, talk.shop.agents[0], "complaint.updated")]
    assert told == ["opened", "escalated", "escalated", "breached"]
    await talk.desk.until(lambda event: (event.kind, event.note) == ("complaint", "breached"), "the breach")


async def test_it_rises_along_its_path_at_the_named_shares(lab: Lab) -> None:
    lab.need("clock")
    talk = await complained(lab)
    opened = talk.complaint["opened_at"]
    assert talk.complaint["supervisor_at"] == opened + 24 * HOUR
    assert talk.complaint["admin_at"] == opened + 36 * HOUR
    steps = ((24 * HOUR - 5, "agent"), (24 * HOUR, "supervisor"), (36 * HOUR - 5, "supervisor"), (36 * HOUR, "admin"))
    for after_s, level in steps:
        await until(talk.shop, opened + after_s)
        assert (await talk.get())["level"] == level, f"{after_s} s after its opening"


async def test_nobody_closes_it_before_a_person_has_answered_the_customer(lab: Lab) -> None:
    talk = await complained(lab)
    for who in (talk.shop.agents[0], "admin"):
        assert (await talk.close(who, expect=409))["code"] == "not_contacted"
    assert (await talk.get())["state"] == "open"
    assert talk.came.customer.got(CLOSED) == []


async def test_closing_it_tells_the_customer(lab: Lab) -> None:
    talk = await complained(lab)
    await contacted(talk)
    closed = await talk.close(talk.shop.agents[0])
    assert (closed["state"], closed["outcome"], closed["closed_by"]) == ("closed", "已补发", talk.shop.agents[0].id)
    await talk.came.customer.receives(CLOSED)
    await talk.desk.until(lambda event: (event.kind, event.note) == ("complaint", "told"), "that the customer was told")
    assert (await talk.get())["customer_told"] == "sent"
    assert (await talk.close(talk.shop.agents[0], expect=409))["code"] == "already_closed"
    assert len(talk.came.customer.got(CLOSED)) == 1


async def test_a_closed_complaint_is_never_breached(lab: Lab) -> None:
    lab.need("clock")
    talk = await complained(lab)
    await contacted(talk)
    await talk.close(talk.shop.agents[0])
    await lab.advance(100 * HOUR)
    seen = await talk.get()
    assert (seen["state"], seen["level"], seen["breached_at"]) == ("closed", "agent", None)


async def test_once_it_has_risen_its_agent_no_longer_closes_it(lab: Lab) -> None:
    lab.need("clock")
    talk = await complained(lab)
    await contacted(talk)
    await until(talk.shop, talk.complaint["supervisor_at"])
    assert (await talk.close(talk.shop.agents[0], expect=409))["code"] == "escalated"
    assert (await talk.close("admin"))["state"] == "closed"


async def test_late_is_late_even_when_it_is_closed_at_last(lab: Lab) -> None:
    lab.need("clock")
    talk = await complained(lab)
    await contacted(talk)
    await until(talk.shop, talk.complaint["due_at"])
    closed = await talk.close("admin")
    assert (closed["state"], closed["breached_at"]) == ("closed", talk.complaint["due_at"])


async def test_a_conversation_has_one_open_complaint(lab: Lab) -> None:
    talk = await complained(lab)
    body = {"conversation_id": talk.came.conversation, "note": "又碎了"}
    assert (await talk.shop.api("openComplaint", body=body, expect=409)).body["code"] == "complaint_open"
    await contacted(talk)
    await talk.close(talk.shop.agents[0])
    again = (await talk.shop.api("openComplaint", body=body, expect=201)).body
    assert again["id"] != talk.complaint["id"]


async def test_a_colleague_who_does_not_serve_the_customer_does_not_close_it(lab: Lab) -> None:
    talk = await complained(lab, agents=2)
    await contacted(talk)
    assert (await talk.close(talk.shop.agents[1], expect=409))["code"] == "not_assignee"
    assert (await talk.get())["state"] == "open"


async def test_a_path_that_does_not_rise_is_refused(lab: Lab) -> None:
    shop = await lab.shop()
    before = (await shop.api("getComplaintPath")).body
    await shop.api("putComplaintPath", body={"supervisor_at": 0.8, "admin_at": 0.5}, expect=422)
    await shop.api("putComplaintPath", body={"supervisor_at": 0.5, "admin_at": 1}, expect=422)
    assert (await shop.api("getComplaintPath")).body == before

"""What the bundled reference does beyond passing messages: texts of its own, customers it knows, complaints, figures.

`call` is the adapter's (method, path, token, body) -> decoded answer; TargetError for anything but 2xx.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final
from urllib.parse import quote

from fixtures.automatic import Automatic
from targets.interface import Agent, Profile, TargetError

Call = Callable[[str, str, str, object], Awaitable[Any]]
ALL_DAY: Final = [{"start": "00:00", "end": "24:00"}]
WEEK: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LEVELS: Final = ("dedicated", "senior", "trainee")  # of the first agents of a shop; the others are regular
CONTACT_S: Final = 10.0  # a complaint may be closed once the reply has reached the customer
_AT_ONCE: Final = 8


async def automatic(call: Call, admin: str, texts: Automatic) -> None:
    """Greet, answer beside the agents, and tell of closed complaints; the rehearsal's hour is no hour of the shop's."""
    await call("PUT", "/api/v1/business-hours", admin, dict.fromkeys(WEEK, ALL_DAY))
    if texts.welcome:
        await call("PUT", "/api/v1/auto-replies", admin, {"welcome": {"enabled": True, "text": texts.welcome}})
    for faq in texts.faqs:
        article = {"kind": "faq", "title": faq.title, "questions": list(faq.questions), "answer": faq.answer}
        await call("POST", "/api/v1/knowledge", admin, article)
    if texts.faqs:
        await call("PUT", "/api/v1/bot", admin, {"mode": "assist"})
    if texts.complaint_closed:
        await call("PUT", "/api/v1/complaint-path", admin, {"closed_text": texts.complaint_closed})


async def profiles(call: Call, admin: str, customers: Sequence[Profile], agents: Sequence[Agent]) -> dict[str, str]:
    """Import what customers bought; of four agents or more the first three get a level of their own: agent -> level."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(customer: Profile) -> None:
        path = f"/api/v1/customers/{quote(customer.account, safe='')}/orders"
        for number in range(customer.orders):
            order = {
                "id": f"T-{customer.account}-{number}",
                "status": "finished",
                "amount": customer.spent // customer.orders,
            }
            async with gate:
                await call("POST", path, admin, order)

    await asyncio.gather(*map(one, customers))
    levels = dict(zip((agent.id for agent in agents), LEVELS, strict=False)) if len(agents) > len(LEVELS) else {}
    for agent, level in levels.items():
        await call("PATCH", f"/api/v1/agents/{agent}", admin, {"level": level})
    return levels


async def complain(call: Call, token: str, conversation: str, what: str) -> str:
    """Open a complaint; its id."""
    opened = await call("POST", "/api/v1/complaints", token, {"conversation_id": conversation, "note": what})
    return str(opened["id"])


async def close_complaint(call: Call, token: str, complaint: str, outcome: str) -> None:
    """Close it as soon as the customer was contacted: a complaint is never closed silently (COMPLAINT-1)."""
    pause_s = 0.05
    async with asyncio.timeout(CONTACT_S):
        while True:
            try:
                await call("POST", f"/api/v1/complaints/{complaint}/close", token, {"outcome": outcome})
            except TargetError as error:
                if "not_contacted" not in str(error):
                    raise
            else:
                return
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, 1.0)


async def figures(call: Call, admin: str) -> dict[str, float]:
    """Of targets.interface.FIGURES those that the dashboard's shares and means say."""
    told = await call("GET", "/api/v1/metrics/summary", admin, None)
    found = {each["name"]: (each["value"] or 0.0, each["n"]) for each in told["figures"]}
    (satisfied, rated), (waited, rounds) = found["satisfaction"], found["average_response"]
    resolved, visits = found["resolution"]
    return {
        "rated": rated,
        "satisfied": satisfied * rated,
        "rounds": rounds,
        "round_seconds": waited * rounds,
        "conversations": visits,
        "resolved": resolved * visits,
    }

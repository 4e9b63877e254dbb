"""What the business promises' tests do with a shop: set it up, let its time pass, read what became of it."""

from time import time
from typing import Any, Final, NamedTuple

from suites.api import Who
from suites.customer import Customer, Said
from suites.desk import Desk
from suites.lab import LabShop

WEEK: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ALL_DAY: Final = [{"start": "00:00", "end": "24:00"}]
CHINA_S: Final = 8 * 3600  # ahead of UTC
DAY_S: Final = 86_400
OCCASIONS: Final = {  # scene -> the operation of what has it said
    "unread": "putUnreadReminders",
    "closing": "putAutoClose",
    "big_sale": "putBigSale",
    "handover": "putBot",
}
Data = dict[str, Any]


class Visit(NamedTuple):
    """A customer who wrote, and the target's name for their conversation."""

    customer: Customer
    conversation: str
    said: Said


class Supervisor(NamedTuple):
    """A supervisor of a shop: id, and who they are to the API."""

    id: str
    who: str


async def visit(shop: LabShop, desk: Desk, text: str = "在吗") -> Visit:
    """A new customer writes, and the desk is told."""
    customer = await shop.customer()
    said = await customer.say(text)
    return Visit(customer, (await desk.sees(said)).conversation, said)


async def answered(desk: Desk, visit: Visit, text: str = "您好，有的") -> None:
    """A person's reply, which has reached the customer."""
    sent = await desk.reply(visit.conversation, text)
    assert sent.outcome == "ok", sent
    await visit.customer.receives(desk.last_text)


async def now(shop: LabShop) -> float:
    """The business's time; this machine's, where the target has no clock that jumps."""
    if "clock" not in shop.lab.offers:
        return time()
    return float((await shop.api("advanceClock", who="operator", body={"advance_s": 0})).body["now"])


async def until(shop: LabShop, moment: float) -> None:
    """Let the business's time come to a moment ahead."""
    await shop.lab.advance(max(0.0, moment - await now(shop)))


async def at_ten(shop: LabShop) -> float:
    """Let it be ten in the morning in China, so that no test depends on when it runs; that moment."""
    shop.lab.need("clock")
    moment = await now(shop)
    midnight = (moment + CHINA_S) // DAY_S * DAY_S - CHINA_S
    ten = midnight + 10 * 3600
    ten += DAY_S if ten < moment else 0
    await until(shop, ten)
    return ten


async def log(shop: LabShop, who: Who, *kinds: str) -> list[Data]:
    """What the target has told a person's devices so far, of these types: durable, so that absence can be read."""
    events: list[Data] = []
    since, head = 0, 1
    while since < head:
        page = (await shop.api("sync", who=who, query={"since": since, "limit": 1000})).body
        events += [event for event in page["events"] if not kinds or event["t"] in kinds]
        since, head = page["next"], page["head"]
    return events


async def messages(shop: LabShop, conversation: str, who: Who = "admin") -> list[Data]:
    """Every message of a conversation, in order."""
    page = (await shop.api("listMessages", who=who, conversation_id=conversation, query={"limit": 1000})).body
    assert page["next"] is None, "a test's conversation has less than a thousand messages"
    return list(page["items"])


async def conversation(shop: LabShop, customer: Customer) -> Data:
    """The customer's conversation, once the target has heard of it."""
    await shop.lab.settled()
    found = (await shop.api("listConversations", query={"limit": 1000})).body["items"]
    (mine,) = [each for each in found if each["customer"]["open_id"] == customer.open_id]
    return dict(mine)


async def supervisor(shop: LabShop) -> Supervisor:
    """Hire a supervisor."""
    made = (await shop.api("createAgent", body={"name": "测试主管", "role": "supervisor"}, expect=201)).body
    login = {"login": made["login"], "password": made["password"]}
    token = (await shop.api("login", who="anyone", body=login)).body["access_token"]
    return Supervisor(made["id"], f"Bearer {token}")


async def scenes(shop: LabShop, **texts: str) -> None:
    """Switch automatic messages on, at hours that never end. A scene comes with what occasions it, or not at all."""
    shop.api.need(*(OCCASIONS[name] for name in texts if name in OCCASIONS))
    await shop.api("putBusinessHours", body=dict.fromkeys(WEEK, ALL_DAY))
    body = {name: {"enabled": True, "text": text} for name, text in texts.items()}
    await shop.api("putAutoReplies", body=body)


async def said_by_itself(shop: LabShop, conversation: str) -> list[str]:
    """The scenes of the automatic messages of a conversation, in order; each must be a bot's."""
    found = [each for each in await messages(shop, conversation) if each["scene"]]
    assert [each["sender"] for each in found] == ["bot"] * len(found), found
    return [each["scene"] for each in found]

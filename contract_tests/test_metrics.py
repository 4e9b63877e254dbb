"""METRIC-1: every figure of the dashboard equals the figure computed from the history, by the named formula."""

from typing import Any

import pytest

from contract_tests import formulas
from contract_tests.dealings import (
    ALL_DAY,
    WEEK,
    Data,
    Visit,
    answered,
    at_ten,
    messages,
    now,
    until,
    visit,
)
from contract_tests.formulas import Seen, figures
from suites.desk import Desk
from suites.lab import Lab, LabShop

pytestmark = pytest.mark.promise("METRIC-1")
QUESTION, ANSWER = "可以开发票吗", "亲，可以开电子发票"
TO_PEOPLE = ("queued", "assigned", "handed_over")


class Day:
    """A shop's day: what happens is done here and remembered as it was told."""

    def __init__(self, shop: LabShop, desk: Desk) -> None:
        self.shop, self.desk = shop, desk
        self.visits: list[Visit] = []
        self.resolved: set[str] = set()
        self.ratings: list[Data] = []

    async def comes(self, text: str = "在吗", after_s: float | None = None) -> Visit:
        """A customer writes, and a person answers so much later, or never."""
        came = await visit(self.shop, self.desk, text)
        self.visits.append(came)
        if after_s is not None:
            await self.later(came, after_s)
            await answered(self.desk, came)
        return came

    async def later(self, came: Visit, after_s: float) -> None:
        """Until so many seconds after a visit's newest message."""
        await until(self.shop, (await messages(self.shop, came.conversation))[-1]["created_at"] + after_s)

    async def ends(self, came: Visit) -> None:
        """Their visit is resolved."""
        assert (await self.desk.resolve(came.conversation)).outcome == "ok"
        self.resolved.add(came.conversation)

    async def rates(self, came: Visit, stars: int) -> None:
        """They give stars."""
        body = {"conversation_id": came.conversation, "stars": stars}
        self.ratings.append((await self.shop.api("rate", body=body, expect=201)).body)

    async def seen(self) -> list[Seen]:
        """Every visit as the target itself tells its messages and events."""
        return [await self._seen(each.conversation) for each in self.visits]

    async def _seen(self, conversation: str) -> Seen:
        events = (await self.shop.api("listConversationEvents", conversation_id=conversation)).body["items"]
        handed = next((each["at"] for each in events if each["kind"] in TO_PEOPLE), None)
        return Seen(await messages(self.shop, conversation), handed, conversation in self.resolved)


async def summary(shop: LabShop, **query: float) -> Data:
    """The dashboard of a period."""
    return dict((await shop.api("metricsSummary", query=query)).body)


def told(found: Data) -> formulas.Figures:
    """Its figures by their formula's name."""
    return {each["name"]: (each["value"], each["n"]) for each in found["figures"]}


def alike(wanted: formulas.Figures) -> dict[str, Any]:
    """Equal but for the last digits of a float."""
    return {name: (pytest.approx(value, abs=1e-4), n) for name, (value, n) in wanted.items()}


async def day(lab: Lab) -> Day:
    """A shop at ten in the morning, open all day, with one agent and a bot beside them."""
    shop = await lab.shop(capacity=50)
    await at_ten(shop)
    await shop.api("putBusinessHours", body=dict.fromkeys(WEEK, ALL_DAY))
    article = {"kind": "faq", "title": "发票", "questions": [QUESTION], "answer": ANSWER}
    await shop.api("createArticle", body=article, expect=201)
    await shop.api("putBot", body={"mode": "assist"})
    return Day(shop, await shop.desk())


async def busy(lab: Lab) -> Day:
    """A day on which everything happens that a formula tells apart."""
    this = await day(lab)
    quick = await this.comes(after_s=20)
    await this.ends(quick)
    await this.rates(quick, 5)
    slow = await this.comes()
    await this.later(slow, 100)
    await this.desk.sees(await slow.customer.say("有人吗"))
    await this.later(slow, 100)
    await answered(this.desk, slow)  # 200 s after the first message, 100 s after the second
    await this.rates(slow, 3)
    just = await this.comes(after_s=179)
    await this.ends(just)
    await this.rates(just, 4)
    await this.comes(after_s=181)
    await this.comes()  # nobody answers
    noted = await this.comes()
    body = {"client_msg_id": "note", "text": "老客户", "private": True}
    await this.shop.api("reply", who=this.shop.agents[0], conversation_id=noted.conversation, body=body)
    await this.later(noted, 50)
    await answered(this.desk, noted)
    taken_back = await this.comes("发错了")
    await taken_back.customer.recall(taken_back.said.message)
    await this.desk.until("recalled")
    asked = await this.shop.customer()
    said = await asked.say(QUESTION, exact=True)
    by_bot = Visit(asked, (await this.desk.sees(said)).conversation, said)
    this.visits.append(by_bot)
    await asked.receives(ANSWER)
    await this.desk.sees(await asked.say("那怎么寄给我"))
    await this.later(by_bot, 40)
    await answered(this.desk, by_bot)
    return this


async def test_every_figure_of_a_day_is_its_formulas(lab: Lab) -> None:
    this = await busy(lab)
    found = await summary(this.shop)
    seen = await this.seen()
    wanted = figures(seen, [each["stars"] for each in this.ratings])
    assert told(found) == alike(wanted)
    assert found["visits"] == len(this.visits)
    assert {name for name, (value, _) in wanted.items() if value is None} == set(), "a formula the day never used"
    assert wanted["reply_3min_messages"][0] not in (0.0, 1.0)
    assert wanted["reply_3min_messages"] != wanted["reply_3min_rounds"]


async def test_a_period_begins_with_its_first_moment_and_ends_before_its_last(lab: Lab) -> None:
    this = await day(lab)
    for after_s in (10, 20, 30):
        await this.rates(await this.comes(after_s=after_s), 4)
        await lab.advance(60)
    first, second, third = [each.begin for each in await this.seen()]
    for since, end, visits in ((first, third, 2), (first, first, 0), (second, third, 1), (second, third + 0.001, 2)):
        if since < end:
            assert (await summary(this.shop, **{"from": since, "until": end}))["visits"] == visits
    rated = [each["at"] for each in this.ratings]
    assert told(await summary(this.shop, **{"from": rated[0], "until": rated[2]}))["satisfaction"] == (1.0, 2)
    await this.shop.api("metricsSummary", query={"from": first, "until": first}, expect=422)


async def test_what_begins_before_eight_or_from_eleven_at_night_on_counts_in_no_figure_of_the_day(lab: Lab) -> None:
    this = await day(lab)
    midnight = await now(this.shop) // 86_400 * 86_400 + 16 * 3600  # of China, ahead
    for moment in (midnight - 3600 - 8, midnight - 3600 + 8, midnight + 8 * 3600 - 8, midnight + 8 * 3600 + 8):
        await until(this.shop, moment)
        await this.comes(after_s=40)
    seen = await this.seen()
    assert [formulas.by_day(each.begin) for each in seen] == [True, False, False, True]
    found = told(await summary(this.shop))
    assert found == alike(figures(seen, []))
    assert (found["average_response"][1], found["average_response_feige"][1], found["reply_3min_rounds"][1]) == (
        4,
        2,
        2,
    )


async def test_a_visit_that_began_with_the_bot_counts_from_its_hand_over(lab: Lab) -> None:
    this = await day(lab)
    await this.shop.api("putBot", body={"mode": "first"})
    customer = await this.shop.customer()
    said = await customer.say(QUESTION, exact=True)
    await customer.receives(ANSWER)
    await lab.advance(100)
    await customer.say("转人工", exact=True)
    came = Visit(customer, (await this.desk.until("assigned")).conversation, said)
    this.visits.append(came)
    await this.later(came, 25)
    await answered(this.desk, came)
    found = told(await summary(this.shop))
    assert found == alike(figures(await this.seen(), []))
    assert found["first_response_feige"][0] == pytest.approx(25, abs=5)
    assert found["answered_by_bot"] == (0.5, 2)


async def test_of_nothing_there_is_no_figure(lab: Lab) -> None:
    shop = await lab.shop()
    found = await summary(shop)
    assert found["visits"] == 0
    assert set(told(found).values()) == {(None, 0)}

"""HOURS-1: China's time, start inclusive, end exclusive; outside a message is kept and answered by template."""

import time

import pytest

from contract_tests.dealings import (
    ALL_DAY,
    CHINA_S,
    DAY_S,
    WEEK,
    answered,
    at_ten,
    messages,
    now,
    said_by_itself,
    until,
    visit,
)
from suites.lab import Lab, LabShop

pytestmark = pytest.mark.promise("HOURS-1")
OFF_HOURS = "现在是非营业时间"
Seen = dict[str, set[bool]]


def clock(moment: float) -> str:
    """A moment as a time of day in China, HH:MM:SS.mmm."""
    milli = round(moment * 1000)
    return time.strftime("%H:%M:%S", time.gmtime(milli // 1000 + CHINA_S)) + f".{milli % 1000:03d}"


def date(moment: float) -> str:
    """Its date in China."""
    return time.strftime("%Y-%m-%d", time.gmtime(moment + CHINA_S))


async def hours(shop: LabShop, plan: list[dict[str, str]], **more: object) -> dict[str, object]:
    """Put the same plan for every day; the hours as they are now."""
    told: dict[str, object] = (await shop.api("putBusinessHours", body=dict.fromkeys(WEEK, plan) | more)).body
    return told


async def off_hours(shop: LabShop) -> None:
    """Let the shop answer outside its hours."""
    body = {name: {"enabled": True, "text": text} for name, text in (("off_hours", OFF_HOURS), ("welcome", "欢迎光临"))}
    await shop.api("putAutoReplies", body=body)


async def test_the_moment_of_opening_is_exact_and_in_chinas_time(lab: Lab) -> None:
    shop = await lab.shop()
    ten = await at_ten(shop)
    opens = ten + 3 * 3600 + 0.123
    told = await hours(shop, [{"start": "13:00:00.123", "end": "22:00"}])
    assert (told["open"], told["next_opening"]) == (False, pytest.approx(opens, abs=0.0005))


async def test_open_from_the_start_on_and_no_longer_at_the_end(lab: Lab) -> None:
    shop = await lab.shop()
    await at_ten(shop)
    opens, closes = await crossings(shop)
    assert opens == {"before": {False}, "after": {True}}
    assert closes == {"before": {True}, "after": {False}}


async def crossings(shop: LabShop) -> list[Seen]:
    """What `open` said around the start and around the end of a span of a minute."""
    for _ in range(10):
        begin = round(await now(shop) + 60, 3)
        await hours(shop, [{"start": clock(begin), "end": clock(begin + 60)}])
        seen = []
        for edge in (begin, begin + 60):
            await until(shop, edge - 0.2)
            seen.append(await crossing(shop, edge))
        if all(each["before"] and each["after"] for each in seen):
            return seen
    raise RuntimeError("the machine was too slow, ten times, to ask within the 0.2 s before an edge")  # unknown


async def crossing(shop: LabShop, edge: float) -> Seen:
    """Asked without a pause while a moment passes; a call in which it passes tells nothing."""
    seen: Seen = {"before": set(), "after": set()}
    begun, later = await now(shop), 0
    while later < 3:
        is_open = (await shop.api("getBusinessHours")).body["open"]
        ended = await now(shop)
        if ended < edge:
            seen["before"].add(is_open)
        elif begun >= edge:
            seen["after"].add(is_open)
            later += 1
        begun = ended
    return seen


async def test_outside_the_hours_a_message_is_kept_and_answered_by_template_once(lab: Lab) -> None:
    shop = await lab.shop()
    await hours(shop, [])
    await off_hours(shop)
    desk = await shop.desk()
    came = await visit(shop, desk)
    await came.customer.receives(OFF_HOURS)
    await desk.sees(await came.customer.say("那我明天再来"))
    await answered(desk, came)
    assert await said_by_itself(shop, came.conversation) == ["off_hours"]
    texts = [each["text"] for each in await messages(shop, came.conversation) if each["sender"] == "customer"]
    assert texts[0] == came.said.text
    assert len(texts) == 2


async def test_inside_the_hours_the_template_is_not_said(lab: Lab) -> None:
    shop = await lab.shop()
    await hours(shop, ALL_DAY)
    await off_hours(shop)
    desk = await shop.desk()
    came = await visit(shop, desk)
    await answered(desk, came)
    assert await said_by_itself(shop, came.conversation) == ["welcome"]


async def test_a_visit_that_goes_on_into_the_night_hears_the_template_then(lab: Lab) -> None:
    shop = await lab.shop()
    ten = await at_ten(shop)
    await hours(shop, [{"start": "09:00", "end": "18:00"}])
    await off_hours(shop)
    desk = await shop.desk()
    came = await visit(shop, desk)
    await answered(desk, came)
    assert await said_by_itself(shop, came.conversation) == ["welcome"]
    await until(shop, ten + 8 * 3600)
    await desk.sees(await came.customer.say("还在吗"))
    await came.customer.receives(OFF_HOURS)
    assert await said_by_itself(shop, came.conversation) == ["welcome", "off_hours"]


async def test_a_date_of_its_own_replaces_its_weekday_and_a_span_past_midnight_runs_to_its_end(lab: Lab) -> None:
    shop = await lab.shop()
    ten = await at_ten(shop)
    midnight = ten + 14 * 3600
    night = [{"start": "22:00", "end": "02:00"}]
    assert (await hours(shop, ALL_DAY, exceptions={date(ten): night, date(ten + DAY_S): []}))["open"] is False
    for moment, is_open in ((midnight - 2 * 3600, True), (midnight + 3600, True), (midnight + 2 * 3600, False)):
        await until(shop, moment)
        assert (await shop.api("getBusinessHours")).body["open"] is is_open, clock(moment)


async def test_impossible_hours_are_refused_and_change_nothing(lab: Lab) -> None:
    shop = await lab.shop()
    before = (await shop.api("getBusinessHours")).body
    for plan in ([{"start": "25:00", "end": "26:00"}], [{"start": "09:00", "end": "09:00"}]):
        await shop.api("putBusinessHours", body={"monday": plan}, expect=422)
    overlap = [{"start": "09:00", "end": "12:00"}, {"start": "11:59", "end": "13:00"}]
    await shop.api("putBusinessHours", body={"monday": overlap}, expect=422)
    after = (await shop.api("getBusinessHours")).body
    assert {name: after[name] for name in ("version", *WEEK)} == {name: before[name] for name in ("version", *WEEK)}

"""The checklist of R1 and R2 as data, from a shop's state; before it is complete nothing goes live (READY-1)."""

from typing import Final, NamedTuple

from reference_service.domain import trials
from reference_service.domain.auto_replies import SCENES, AutoReplies
from reference_service.domain.configuring import setting, version
from reference_service.domain.hours import BusinessHours
from reference_service.domain.profile import ShopProfile
from reference_service.domain.qualification import CERTIFICATES, Certificate, Qualification
from reference_service.domain.reminders import UnreadReminders
from reference_service.domain.shelves import shelf
from reference_service.domain.staff import strength
from reference_service.domain.world import ShopFloor

AT_ONCE: Final = 15  # consultations that one agent can have
FEWEST_AGENTS: Final = 2
FEWEST_SCENES: Final = 3


class Missing(NamedTuple):
    """What is missing, in both languages."""

    zh: str
    en: str


class Item(NamedTuple):
    """One line of the checklist; `missing` is None where it is met."""

    id: str
    requirement: str
    missing: Missing | None


def checklist(floor: ShopFloor, now: float) -> list[Item]:
    """Every line, met or not, as of a moment in Unix seconds."""
    profile = setting(floor, ShopProfile)
    lines = {
        ("enterprise_qualification", "R1.1"): _enterprise(floor),
        ("category_certificates", "R1.1"): _certificates(floor, profile, now),
        ("business_hours", "R1.2"): _unless(version(floor, BusinessHours), "未设置营业时间", "no hours were ever set"),
        ("after_sale_policy", "R1.2"): _unless(profile.after_sale_policy.strip(), "未填写售后政策", "there is none"),
        ("service_promises", "R1.2"): _unless(profile.service_promises, "未填写服务承诺", "there is none"),
        ("staffing", "R1.3"): _staffing(floor, profile),
        ("auto_replies", "R2.1"): _scenes(floor),
        ("message_reminders", "R2.1"): _reminders(floor),
        ("trial", "R2.2"): _trial(floor),
    }
    return [Item(name, requirement, missing) for (name, requirement), missing in lines.items()]


def agents_needed(expected_concurrent: int) -> int:
    """One agent for 15 consultations at a time, two at least (R1.3)."""
    return max(FEWEST_AGENTS, -(-expected_concurrent // AT_ONCE))


def _reminders(floor: ShopFloor) -> Missing | None:
    return _unless(version(floor, UnreadReminders), "未设置消息提醒", "no reminders were ever set")


def _enterprise(floor: ShopFloor) -> Missing | None:
    known = shelf(floor, Qualification).get("")
    if known is None:
        return Missing("未提交企业资质", "submit the enterprise's licence")
    if known.state == "rejected":
        return Missing("企业资质未通过审核", "the enterprise's licence was rejected")
    return _unless(known.state == "verified", "企业资质待审核", "the enterprise's licence waits for the operator")


def _certificates(floor: ShopFloor, profile: ShopProfile, now: float) -> Missing | None:
    if not profile.categories:
        return Missing("未选择经营类目", "choose the shop's categories")
    held = shelf(floor, Certificate)
    bad = [
        CERTIFICATES[category]
        for category in profile.categories
        if category in CERTIFICATES and not ((one := held.get(category)) and one.holds(now))
    ]
    if not bad:
        return None
    return Missing(
        "缺少有效的" + "、".join(zh for zh, _ in bad), "not verified or expired: " + ", ".join(en for _, en in bad)
    )


def _staffing(floor: ShopFloor, profile: ShopProfile) -> Missing | None:
    if profile.expected_concurrent == 0:
        return Missing("未填写预计同时咨询量", "say how many consultations to expect at one time")
    need = agents_needed(profile.expected_concurrent)
    have = strength(floor)
    return _unless(
        have >= need, f"需要 {need} 名持证客服，现有 {have} 名", f"{need} certified agents are needed, there are {have}"
    )


def _scenes(floor: ShopFloor) -> Missing | None:
    replies = setting(floor, AutoReplies)
    # big_sale is on from the start and waits for a sale: it is no scene that the shop has chosen.
    on = sum(getattr(replies, name).enabled for name in SCENES if name != "big_sale")
    return _unless(
        on >= FEWEST_SCENES,
        f"至少开启 {FEWEST_SCENES} 个自动回复场景，现有 {on} 个",
        f"{FEWEST_SCENES} auto-reply scenes at least beside big_sale, {on} are on",
    )


def _trial(floor: ShopFloor) -> Missing | None:
    trial = trials.newest(floor)
    if trial is None:
        return Missing("未进行 48 小时试运行", "run the 48-hour trial")
    if trial.state == "running":
        return Missing("试运行尚未结束", "the trial is still running")
    return _unless(trial.state == "passed", "试运行未通过", "the trial failed; see its reasons")


def _unless(met: object, zh: str, en: str) -> Missing | None:
    return None if met else Missing(zh, en)

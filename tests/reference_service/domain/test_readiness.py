"""The checklist, line by line: each is missing until its own condition is met, and go-live needs them all."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from reference_service.domain import going_live, qualification, trials
from reference_service.domain.auto_replies import AutoReplies, Scene
from reference_service.domain.configuring import put, setting
from reference_service.domain.hours import BusinessHours
from reference_service.domain.profile import ShopProfile
from reference_service.domain.readiness import agents_needed, checklist
from reference_service.domain.records import Person
from reference_service.domain.refusal import Refusal
from reference_service.domain.reminders import UnreadReminders
from reference_service.domain.shelves import shelf
from reference_service.domain.trials import newest

ADMIN = Person(id="u1", shop_id="s1", role="admin", login="x", seal="", name="")
IDS = [
    ("enterprise_qualification", "R1.1"),
    ("category_certificates", "R1.1"),
    ("business_hours", "R1.2"),
    ("after_sale_policy", "R1.2"),
    ("service_promises", "R1.2"),
    ("staffing", "R1.3"),
    ("auto_replies", "R2.1"),
    ("message_reminders", "R2.1"),
    ("trial", "R2.2"),
]


def profile(stage: Any, **more: Any) -> None:
    stage._do(lambda c: put(stage.floor, msgspec.structs.replace(setting(stage.floor, ShopProfile), **more), c))


def enterprise(stage: Any) -> None:
    stage._do(lambda c: qualification.submit(stage.floor, "9133", c))
    licence = shelf(stage.floor, qualification.Qualification)[""]
    stage._do(lambda c: qualification.decide(stage.floor, licence, "9133", True, "", c))


def food(stage: Any) -> None:
    profile(stage, categories=("general", "food"))
    stage._do(lambda c: qualification.submit_certificate(stage.floor, "food", "F1", "2026-12-31", c))
    certificate = shelf(stage.floor, qualification.Certificate)["food"]
    stage._do(lambda c: qualification.decide(stage.floor, certificate, "F1", True, "", c))


def staff(stage: Any) -> None:
    profile(stage, expected_concurrent=31)
    for _ in range(3):
        stage.agent()


def scenes(stage: Any, on: tuple[str, ...] = ("welcome", "off_hours", "queueing")) -> None:
    replies = AutoReplies(**{name: Scene(True, "您好") for name in on})
    stage._do(lambda c: put(stage.floor, replies, c))


def trial(stage: Any, state: Any = "passed") -> None:
    stage._do(lambda c: trials.start(stage.world, stage.floor, ADMIN, c))
    found = newest(stage.floor)
    assert found is not None
    found.state = state


MEET: dict[str, Callable[[Any], None]] = {
    "enterprise_qualification": enterprise,
    "category_certificates": food,
    "business_hours": lambda stage: stage._do(lambda c: put(stage.floor, BusinessHours(), c)),
    "after_sale_policy": lambda stage: profile(stage, after_sale_policy="七天无理由"),
    "service_promises": lambda stage: profile(stage, service_promises=("48 小时发货",)),
    "staffing": staff,
    "auto_replies": scenes,
    "message_reminders": lambda stage: stage.configure(UnreadReminders()),
    "trial": trial,
}


def missing(stage: Any, now: float | None = None) -> list[str]:
    return [item.id for item in checklist(stage.floor, stage.now if now is None else now) if item.missing]


def complete(stage: Any) -> None:
    for meet in MEET.values():
        meet(stage)


def test_a_new_shop_misses_everything_in_both_languages(stage: Any) -> None:
    items = checklist(stage.floor, stage.now)
    assert [(item.id, item.requirement) for item in items] == IDS
    assert all(item.missing and item.missing.zh and item.missing.en for item in items)


@pytest.mark.parametrize("name", [name for name, _ in IDS])
def test_each_line_is_met_by_its_own_condition_alone(stage: Any, name: str) -> None:
    MEET[name](stage)
    assert missing(stage) == [other for other, _ in IDS if other != name]


@pytest.mark.parametrize("name", [name for name, _ in IDS])
def test_one_line_alone_refuses_go_live_and_changes_nothing(stage: Any, name: str) -> None:
    for other, meet in MEET.items():
        if other != name:
            meet(stage)
    refused = stage._do(lambda c: going_live.go_live(stage.floor, ADMIN, c))
    assert [item.id for item in refused] == [name]
    assert (going_live.phase(stage.floor), stage.all[-1].rows) == ("setup", [])


def test_with_everything_met_the_shop_is_live_once_and_stays(stage: Any) -> None:
    complete(stage)
    assert stage._do(lambda c: going_live.go_live(stage.floor, ADMIN, c)) == []
    live = shelf(stage.floor, going_live.Live)[""]
    assert (going_live.phase(stage.floor), live.at, live.by) == ("live", 1000.0, "u1")
    with pytest.raises(Refusal, match="already_live"):
        stage._do(lambda c: going_live.go_live(stage.floor, ADMIN, c))
    trial(stage, "running")
    assert going_live.phase(stage.floor) == "live"


def test_an_expired_certificate_is_missing_again(stage: Any) -> None:
    food(stage)
    over = qualification.over_at("2026-12-31")
    assert "category_certificates" not in missing(stage, over - 0.001)
    assert "category_certificates" in missing(stage, over)
    (item,) = [one for one in checklist(stage.floor, over) if one.id == "category_certificates"]
    assert item.missing is not None
    assert "食品经营许可证" in item.missing.zh


def test_a_general_shop_needs_no_certificate(stage: Any) -> None:
    profile(stage, categories=("general",))
    assert "category_certificates" not in missing(stage)


@pytest.mark.parametrize(("expected", "needed"), [(0, 2), (1, 2), (30, 2), (31, 3), (45, 3), (46, 4), (1000, 67)])
def test_one_agent_for_fifteen_consultations_and_two_at_least(expected: int, needed: int) -> None:
    assert agents_needed(expected) == needed


def test_only_certified_agents_count_as_staff(stage: Any) -> None:
    profile(stage, expected_concurrent=15)
    stage.agent()
    stage.agent(certified=False)
    supervisor = stage.agent()
    supervisor.person.role = "supervisor"
    assert "staffing" in missing(stage)
    stage.agent()
    assert "staffing" not in missing(stage)


@pytest.mark.parametrize(
    ("on", "met"),
    [
        (("welcome", "off_hours"), False),
        (("welcome", "off_hours", "big_sale"), False),
        (("welcome", "unread", "closing"), True),
    ],
)
def test_three_scenes_beside_big_sale_must_be_on(stage: Any, on: tuple[str, ...], met: bool) -> None:
    scenes(stage, on)
    assert ("auto_replies" not in missing(stage)) is met


@pytest.mark.parametrize("state", ["running", "failed"])
def test_only_a_passed_trial_counts(stage: Any, state: str) -> None:
    trial(stage, state)
    assert "trial" in missing(stage)


def test_a_blank_policy_counts_as_none(stage: Any) -> None:
    profile(stage, after_sale_policy=" \n")
    assert "after_sale_policy" in missing(stage)


def test_the_phase_is_trial_while_one_runs(stage: Any) -> None:
    assert going_live.phase(stage.floor) == "setup"
    trial(stage, "running")
    assert going_live.phase(stage.floor) == "trial"

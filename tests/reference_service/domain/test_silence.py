"""A visit is closed when its customer has fallen silent after an answer, and never while they wait for one."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from reference_service.domain import bot_visits, snoozing, speaking
from reference_service.domain.auto_replies import AutoReplies, Scene
from reference_service.domain.bot import Bot
from reference_service.domain.silence import AutoClose

HOUR = 3600.0
CLOSING = AutoReplies(closing=Scene(True, "再见"))


@pytest.fixture
def desk(stage: Any) -> Any:
    stage.configure(AutoClose(HOUR))
    return stage.agent()


def state(stage: Any) -> str:
    found: str = stage.thread("c").conversation.state
    return found


def answered(stage: Any, desk: Any, key: str = "k1") -> None:
    stage.write("c", f"m-{key}", "什么时候发货")
    stage.reply(desk, stage.thread("c"), "今天", key)


def test_an_hour_after_the_last_word_the_visit_is_over_and_its_agent_told(stage: Any, desk: Any) -> None:
    answered(stage, desk)
    stage.wait(HOUR - 0.001)
    assert state(stage) == "open"
    stage.wait(0.001)
    assert state(stage) == "resolved"
    assert stage.told(desk, "conversation.resolved") == [{"conversation_id": "cv1", "agent_id": desk.person.id}]
    stage.write("c", "m9")
    assert state(stage) == "open"


def test_closing_is_said_before_and_is_the_visits_last_word(stage: Any, desk: Any) -> None:
    stage.configure(CLOSING)
    answered(stage, desk)
    stage.wait(HOUR)
    assert [message.scene or message.sender for message in stage.thread("c").visit] == ["customer", "agent", "closing"]
    assert state(stage) == "resolved"


@pytest.mark.parametrize(
    ("last", "then"), [("谢谢", "resolved"), ("谢谢，怎么退货", "open"), ("那我什么时候收到", "open")]
)
def test_who_waits_for_an_answer_is_not_closed_away_but_a_last_thanks_ends_it(
    stage: Any, desk: Any, last: str, then: str
) -> None:
    answered(stage, desk)
    stage.wait(HOUR / 2)
    stage.write("c", "m2", last)
    stage.wait(HOUR - 0.001)
    assert state(stage) == "open"
    stage.wait(24 * HOUR)
    assert state(stage) == then


def test_after_a_late_answer_the_silence_counts_from_it(stage: Any, desk: Any) -> None:
    answered(stage, desk)
    stage.write("c", "m2", "怎么退货")
    stage.wait(5 * HOUR)
    stage.reply(desk, stage.thread("c"), "七天内", "k2")
    stage.wait(HOUR - 0.001)
    assert state(stage) == "open"
    stage.wait(0.001)
    assert state(stage) == "resolved"


def test_the_business_speed_does_not_shorten_it(stage: Any, desk: Any) -> None:
    stage.world.speed = 60.0
    answered(stage, desk)
    stage.wait(HOUR - 0.001)
    assert state(stage) == "open"


def test_what_waits_in_the_queue_or_is_laid_aside_stays(stage: Any, desk: Any) -> None:
    answered(stage, desk)
    stage.available(desk, "offline")
    stage.wait(2 * HOUR)
    assert state(stage) == "queued"
    stage.available(desk, "online")
    until = stage.now + 3 * HOUR
    stage._do(lambda c: snoozing.snooze(stage.world, stage.thread("c"), until, desk.person, c))
    stage.wait(3 * HOUR - 0.001)
    assert state(stage) == "snoozed"
    stage.wait(0.001)
    assert state(stage) == "resolved"  # it woke, and had been silent long enough


@pytest.mark.parametrize("then", ["recall", "hand on"])
def test_what_ends_the_waiting_lets_it_be_closed(stage: Any, desk: Any, then: str) -> None:
    answered(stage, desk)
    if then == "recall":
        stage.write("c", "m2", "怎么退货")
        stage.wait(2 * HOUR)
        stage.recall("m2")
    else:
        stage.available(desk, "offline")
        stage.wait(2 * HOUR)
        stage.available(desk, "online")
    assert state(stage) == "open"
    stage.wait(HOUR)
    assert state(stage) == "resolved"


def test_the_bots_visits_end_by_it_too(stage: Any) -> None:
    stage.configure(AutoClose(HOUR))
    stage.configure(Bot(mode="first"))
    stage.write("c", "m1", "怎么退货")
    stage._do(lambda changes: speaking.say(stage.world, stage.thread("c"), "七天内", "bot", changes))
    stage.world.agenda.cancel(bot_visits.CLOCK, "cv1")
    stage.wait(HOUR)
    assert state(stage) == "resolved"


def test_never_is_the_default_and_another_duration_holds_for_silences_under_way(stage: Any) -> None:
    desk = stage.agent()
    answered(stage, desk)
    stage.wait(100 * HOUR)
    assert state(stage) == "open"
    stage.configure(AutoClose(101 * HOUR))
    stage.wait(HOUR - 0.001)
    assert state(stage) == "open"
    stage.configure(AutoClose(HOUR))
    stage.wait(0.0)
    assert state(stage) == "resolved"


def test_a_restart_in_the_middle_changes_nothing(stage: Any, desk: Any, tmp_path: Path) -> None:
    answered(stage, desk)
    stage.wait(HOUR / 2)
    stage.restart(tmp_path)
    stage.wait(HOUR / 2 - 0.001)
    assert state(stage) == "open"
    stage.wait(0.001)
    assert state(stage) == "resolved"


@pytest.mark.parametrize("wrong", [{"after_s": 59}, {"after_s": 0}, {"after_s": 2592001}, {"after_s": "1h"}])
def test_wrong_durations_are_refused(wrong: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, AutoClose)

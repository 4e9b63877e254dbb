"""AUTO-1: each scene is said when it should be, once a visit, as a bot's message; HOURS-1: the night is answered."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from reference_service.domain import auto_replies
from reference_service.domain.auto_replies import SCENES, AutoReplies, Scene
from reference_service.filtering.words import Word

CHINA = ZoneInfo("Asia/Shanghai")
NOON = datetime.datetime(2026, 9, 30, 12, tzinfo=CHINA).timestamp()
CLOSES = datetime.datetime(2026, 9, 30, 22, tzinfo=CHINA).timestamp()


def only(*names: str) -> AutoReplies:
    """The default scenes, of which these are on."""
    default = AutoReplies()
    return AutoReplies(**{name: Scene(name in names, getattr(default, name).text) for name in SCENES})


def spoken(stage: Any, customer: str = "c") -> list[str]:
    """Who or what spoke in a conversation's visit, in order: a scene, or the sender."""
    return [message.scene or message.sender for message in stage.thread(customer).visit]


def visit(stage: Any, number: int, customer: str = "c") -> None:
    stage.write(customer, f"{customer}{number}")


@pytest.fixture
def noon(stage: Any) -> Any:
    stage.now = NOON
    return stage


def test_a_fresh_shop_says_nothing_by_itself(noon: Any) -> None:
    noon.agent(capacity=1)
    for number, now in enumerate((NOON, CLOSES)):
        noon.now = now
        noon.write(f"c{number}", f"m{number}")
        assert spoken(noon, f"c{number}") == ["customer"]
    assert [name for name in SCENES if getattr(AutoReplies(), name).enabled] == ["big_sale"]


def test_welcome_is_said_once_a_visit_and_is_the_bots(noon: Any) -> None:
    desk = noon.agent()
    noon.configure(only("welcome"))
    visit(noon, 1)
    visit(noon, 2)
    assert spoken(noon) == ["customer", "welcome", "customer"]
    text = AutoReplies().welcome.text
    created = [(told["sender"], told["agent_id"], told["text"]) for told in noon.told(desk, "message.created")]
    assert created == [("customer", None, "你好"), ("bot", None, text), ("customer", None, "你好")]
    assert [(call.text, call.answers) for call in noon.calls] == [(text, "c1")]
    noon.resolve(noon.thread("c"))
    visit(noon, 3)
    assert spoken(noon) == ["customer", "welcome"]


def test_whoever_must_wait_is_told_so_once(noon: Any) -> None:
    desk = noon.agent(capacity=1)
    noon.configure(only("queueing"))
    visit(noon, 1, "a")
    visit(noon, 1, "b")
    assert [spoken(noon, customer) for customer in "ab"] == [["customer"], ["customer", "queueing"]]
    for _ in range(2):
        noon.available(desk, "offline")  # now both wait, and again
        noon.available(desk, "online")
    assert [spoken(noon, customer) for customer in "ab"] == [["customer", "queueing"]] * 2


@pytest.mark.parametrize(("before_s", "scene"), [(0.001, "welcome"), (0.0, "off_hours")])
def test_outside_the_hours_that_is_said_instead_of_all_else(stage: Any, before_s: float, scene: str) -> None:
    stage.now = CLOSES - before_s
    stage.configure(only("welcome", "off_hours", "queueing"))
    visit(stage, 1)
    assert spoken(stage) == ["customer", scene] + (["queueing"] if scene == "welcome" else [])


def test_outside_the_hours_a_message_is_kept_and_routed_as_ever(stage: Any) -> None:
    desk = stage.agent()
    stage.now = CLOSES
    stage.configure(only("off_hours"))
    assert stage.write("c", "m1") == "taken"
    assert stage.thread("c").conversation.agent_id == desk.person.id


def test_a_visit_that_goes_on_into_the_night_is_answered_once(noon: Any) -> None:
    noon.agent()
    noon.configure(only("off_hours"))
    visit(noon, 1)
    noon.now = CLOSES
    visit(noon, 2)
    noon.now += 3600
    visit(noon, 3)
    assert spoken(noon) == ["customer", "customer", "off_hours", "customer"]
    noon.resolve(noon.thread("c"))
    visit(noon, 4)
    assert spoken(noon) == ["customer", "off_hours"]


def test_two_scenes_at_most_in_one_turn_of_the_customer(noon: Any) -> None:
    noon.configure(only("welcome", "queueing", "off_hours"))
    visit(noon, 1)
    noon.now = CLOSES
    visit(noon, 2)
    assert spoken(noon) == ["customer", "welcome", "queueing", "customer"]
    desk = noon.agent()
    noon.reply(desk, noon.thread("c"), "您好", "k1")
    visit(noon, 3)
    assert spoken(noon) == ["customer", "welcome", "queueing", "customer", "agent", "customer", "off_hours"]


def test_what_the_filter_blocks_by_now_is_not_said(noon: Any) -> None:
    noon.agent()
    noon.configure(only("welcome"))
    noon.words(Word("光临"))
    visit(noon, 1)
    assert spoken(noon) == ["customer"]
    noon.words(Word("光临", to_customer="mask"))
    noon.resolve(noon.thread("c"))
    visit(noon, 2)
    assert noon.thread("c").visit[-1].shown == "您好，欢迎**本店！请问有什么可以帮您？"


def test_the_scenes_that_the_filter_blocks_are_named(stage: Any) -> None:
    stage.words(Word("光临"), Word("排队"), Word("留言", to_customer="mask"))
    assert auto_replies.blocked(stage.floor, AutoReplies()) == ["welcome", "queueing"]


@pytest.mark.parametrize(
    "wrong", [{"welcome": {"enabled": True}}, {"welcome": {"enabled": True, "text": ""}}, {"closing": None}]
)
def test_a_scene_needs_its_words(wrong: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, AutoReplies)


def test_what_was_said_is_known_from_the_visits_messages(noon: Any) -> None:
    noon.agent()
    noon.configure(only("welcome", "off_hours"))
    visit(noon, 1)
    noon.now = CLOSES
    visit(noon, 2)
    thread = noon.thread("c")
    running, thread.said = thread.said, {}
    auto_replies.restore(thread)
    assert thread.said == running == {"welcome": 2, "off_hours": 4}

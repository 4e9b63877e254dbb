"""Which conversation an agent answers next, and how long that takes."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from history.scenario import Agents
from simulators.workforce.mind import Inbox, Waiting, backoff_s, pause_s, skill


def test_the_conversation_that_waits_longest_is_answered_first() -> None:
    inbox = Inbox()
    inbox.heard(Waiting("a", "@1", "在吗"))
    inbox.heard(Waiting("b", "@2", "你好"))
    inbox.heard(Waiting("a", "@3", "人呢"))
    assert inbox.oldest() == Waiting("a", "@3", "人呢")


def test_one_reply_answers_everything_unanswered_in_a_conversation() -> None:
    inbox = Inbox()
    inbox.heard(Waiting("a", "@1", "在吗"))
    inbox.heard(Waiting("a", "@2", "人呢"))
    assert (inbox.take("a"), inbox.take("a"), len(inbox)) == (Waiting("a", "@2", "人呢"), None, 0)


def test_a_message_after_the_reply_waits_behind_the_others() -> None:
    inbox = Inbox()
    inbox.heard(Waiting("a", "@1", "在吗"))
    inbox.heard(Waiting("b", "@2", "你好"))
    inbox.take("a")
    inbox.heard(Waiting("a", "@3", "谢谢"))
    assert inbox.oldest() == Waiting("b", "@2", "你好")


def test_a_conversation_that_is_no_longer_the_agents_is_forgotten() -> None:
    inbox = Inbox()
    inbox.heard(Waiting("a", "@1", "在吗"))
    inbox.forget("a")
    assert inbox.oldest() is None


def test_a_refused_reply_waits_again_but_never_hides_a_newer_message() -> None:
    inbox = Inbox()
    inbox.again(Waiting("a", "@1", "在吗"))
    inbox.heard(Waiting("b", "@3", "你好"))
    inbox.again(Waiting("b", "@2", "旧的"))
    assert [inbox.take("a"), inbox.take("b")] == [Waiting("a", "@1", "在吗"), Waiting("b", "@3", "你好")]


@given(st.lists(st.sampled_from("abcd"), min_size=1))
def test_conversations_are_answered_in_the_order_of_their_first_unanswered_message(written: list[str]) -> None:
    inbox = Inbox()
    for number, conversation in enumerate(written):
        inbox.heard(Waiting(conversation, f"@{number}", ""))
    answered = []
    while oldest := inbox.oldest():
        answered.append(oldest.conversation)
        inbox.take(oldest.conversation)
    assert answered == list(dict.fromkeys(written))


def test_20_letters_at_4_a_second_after_2_to_8_seconds_of_thought_take_7_to_13_seconds() -> None:
    rng = Random(1)
    pauses = [pause_s(Agents(think_s=(2.0, 8.0), chars_per_s=4.0), 1.0, "字" * 20, 1.0, rng) for _ in range(500)]
    assert 7.0 <= min(pauses) < 7.5
    assert 12.5 < max(pauses) <= 13.0


def test_skill_and_business_speed_divide_the_pause() -> None:
    def pause(skill: float, speed: float) -> float:
        return pause_s(Agents(), skill, "您好", speed, Random(7))

    assert pause(2.0, 30.0) == pytest.approx(pause(1.0, 1.0) / 60)


def test_agents_differ_in_skill_and_the_same_seed_gives_the_same_skill() -> None:
    skills = [skill(Random(seed)) for seed in range(100)]
    assert 0.7 <= min(skills) < 0.8 < 1.3 < max(skills) <= 1.4
    assert skill(Random(3)) == skills[3]


@given(st.integers(0, 10_000), st.integers())
def test_reconnects_begin_after_a_tenth_of_a_second_and_never_wait_longer_than_two(failures: int, seed: int) -> None:
    assert 0.05 <= backoff_s(failures, Random(seed)) <= min(2.0, 0.1 * 2 ** min(failures, 5))

"""A customer's mind: seeded, bounded, and with the habits a scenario asks for."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.dialogues import CLOSING, intent_of, intents
from fixtures.words import listed_in
from history.scenario import Customers
from history.tokens import AUTOMATIC, token
from simulators.customers import (
    BURST_S,
    Memory,
    burst,
    customer,
    messages_per_turn,
    react,
    remember,
    speak,
    stars,
)

WHO = customer(618, 17, "s03", vip_share=0.1)
CALM = Customers(concurrency=1, listed_share=0.0)


def said(habits: Customers, turns: int, memory: Memory = Memory(), size: int = 1) -> list[str]:  # noqa: B008 - immutable
    rng = Random(7)
    return [text for _ in range(turns) for text in speak(WHO, memory, habits, size, False, rng).texts]


def test_the_same_number_makes_the_same_customer() -> None:
    assert customer(618, 17, "s03", 0.1) == WHO
    assert (WHO.id, WHO.shop) == ("c00017", "s03")
    assert WHO.nick.startswith("测试")


def test_the_asked_share_of_customers_is_vip_and_visibly_so() -> None:
    everybody = [customer(618, number, "s01", 0.1) for number in range(2000)]
    vips = [who for who in everybody if who.vip]
    assert 160 <= len(vips) <= 240
    assert {("VIP" in who.nick) for who in vips} == {True}
    assert not any(who.vip for who in (customer(618, n, "s01", 0.0) for n in range(50)))


@given(st.integers(), st.floats(0, 1))
def test_a_burst_is_two_to_five_messages_within_a_second(seed: int, share: float) -> None:
    offsets = burst(share, Random(seed))
    assert offsets[0] == 0.0
    assert list(offsets) == sorted(offsets)
    assert len(offsets) <= 5
    assert offsets[-1] <= BURST_S


def test_mean_messages_of_a_turn_are_what_bursts_give() -> None:
    rng = Random(1)
    mean = sum(len(burst(0.2, rng)) for _ in range(20_000)) / 20_000
    assert messages_per_turn(0.2) == 1.5
    assert mean == pytest.approx(1.5, rel=0.02)


def test_a_clean_customer_never_writes_a_listed_word() -> None:
    assert [text for text in said(CALM, 500) if listed_in(text)] == []


def test_the_asked_share_of_messages_contains_one_listed_word() -> None:
    texts = said(Customers(concurrency=1, listed_share=0.1), 3000)
    assert 240 <= sum(1 for text in texts if listed_in(text)) <= 360
    assert all(listed_in(text) for text in said(Customers(concurrency=1, listed_share=1.0), 200))


def test_every_message_of_a_turn_has_the_turns_intent_and_the_customers_own_order() -> None:
    turn = speak(WHO, Memory(), CALM, 5, False, Random(3))
    assert len(set(turn.texts)) == 5
    assert {intent_of(text) for text in turn.texts} == {turn.intent}
    assert not any("{" in text for text in turn.texts)


def test_goodbye_is_said_last_and_only_then() -> None:
    assert speak(WHO, Memory(), CALM, 1, True, Random(1)).intent == CLOSING
    assert CLOSING not in {intent_of(text) for text in said(CALM, 1000)}


def test_nobody_thanks_before_having_asked() -> None:
    assert "thanks" not in {intent_of(text) for text in said(CALM, 500)}
    assert "thanks" in {intent_of(text) for text in said(CALM, 500, Memory("refund", 1, True))}


def test_an_unhappy_customer_complains_more() -> None:
    def complaints(mood: float) -> int:
        texts = said(CALM, 1000, Memory("refund", 1, False, mood))
        return sum(1 for text in texts if intent_of(text) == "complaint")

    assert complaints(0.1) > 2 * complaints(0.9)


def test_help_in_time_lifts_the_mood_and_a_late_or_wrong_reply_sinks_it() -> None:
    asked = remember(Memory(mood=0.5), speak(WHO, Memory(), CALM, 1, False, Random(5)))
    fitting = intents()[asked.intent].agent[0]
    assert react(asked, fitting, 10.0) == Memory(asked.intent, 1, True, 0.55)
    assert react(asked, fitting, 61.0).mood < asked.mood
    assert react(asked, "嗯", 10.0).mood < asked.mood


@given(st.floats(0, 1), st.integers(0, 5), st.integers())
def test_stars_are_one_to_five(mood: float, replies: int, seed: int) -> None:
    assert 1 <= stars(Memory("refund", replies, True, mood), Random(seed)) <= 5


def test_who_was_never_answered_is_not_satisfied() -> None:
    assert max(stars(Memory(), Random(seed)) for seed in range(100)) <= 3
    assert min(stars(Memory("refund", 3, True, 1.0), Random(seed)) for seed in range(100)) >= 4


def test_a_greeting_is_no_answer_and_annoys_nobody() -> None:
    asked = Memory(intent="shipping", replies=0, helped=False, mood=0.8)
    greeting = f"您好，欢迎光临 {token(1, AUTOMATIC, 0)}"
    assert react(asked, greeting, 90.0) == asked
    answer = f"{intents()['shipping'].agent[0]} {token(1, AUTOMATIC, 1)}"
    assert react(asked, answer, 1.0) == Memory("shipping", 1, True, 0.8 + 0.05)

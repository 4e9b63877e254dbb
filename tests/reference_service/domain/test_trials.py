"""A trial counts what belongs to its 48 hours, and judges itself at their end."""

import random
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from reference_service.domain import assigning, shops, trials
from reference_service.domain.events import Rated
from reference_service.domain.happenings import TrialEnded
from reference_service.domain.outbox import Answer
from reference_service.domain.records import Message, Person
from reference_service.domain.refusal import Refusal
from reference_service.domain.response_times import in_working_hours, rounds
from reference_service.domain.trials import Trial, newest

HOURS_48 = 48 * 3600.0
NOON = 1_764_000_000 - 1_764_000_000 % 86400 + 4 * 3600.0  # in China
ADMIN = Person(id="u1", shop_id="s1", role="admin", login="x", seal="", name="")


class Shop:
    """A stage with one agent, and short ways to be served and to rate."""

    def __init__(self, stage: Any) -> None:
        self.stage = stage
        stage.now = NOON
        self.desk = stage.agent(capacity=1000)
        self.number = 0

    def start(self) -> Trial:
        trial: Trial = self.stage._do(lambda c: trials.start(self.stage.world, self.stage.floor, ADMIN, c))
        return trial

    def ask(self, customer: str) -> None:
        self.number += 1
        self.stage.write(customer, f"m{self.number}", "什么时候发货")

    def reply(self, customer: str, outcome: Any = "ok") -> None:
        self.number += 1
        self.stage.reply(self.desk, self.stage.thread(customer), "今天", f"k{self.number}")
        while self.stage.calls:
            call = self.stage.calls.pop()
            self.stage.answer(call, Answer(outcome, f"r{self.number}"))

    def resolve(self, customer: str) -> None:
        self.stage._do(lambda c: assigning.resolve(self.stage.floor, self.stage.thread(customer), "agent", c))

    def rate(self, customer: str, stars: int) -> None:
        self.number += 1
        event = Rated(self.stage.account("s1"), f"@{customer}-s1", f"s{self.number}", stars)
        assert self.stage.event(event) == "taken"

    def serve(self, customer: str, wait: float, stars: int | None = None) -> None:
        self.ask(customer)
        self.stage.wait(wait)
        self.reply(customer)
        if stars:
            self.rate(customer, stars)

    @property
    def trial(self) -> Trial:
        trial = newest(self.stage.floor)
        assert trial is not None
        return trial


@pytest.fixture
def shop(stage: Any) -> Shop:
    return Shop(stage)


def test_a_good_shop_passes_at_the_end_and_not_a_millisecond_before(shop: Shop) -> None:
    shop.start()
    for number in range(30):
        shop.serve(f"c{number}", 59.9, 5)
    shop.stage.wait(NOON + HOURS_48 - 0.001 - shop.stage.now)
    assert (shop.trial.state, shop.trial.figures) == ("running", (30, 30 * 59_900_000, 30, 30))
    shop.stage.wait(0.002)
    assert (shop.trial.state, shop.trial.why()) == ("passed", [])
    ended = [h.trial.state for changes in shop.stage.all for h in changes.happened if isinstance(h, TrialEnded)]
    assert ended == ["passed"]


@pytest.mark.parametrize(
    ("served", "wait", "stars", "reasons"),
    [
        (30, 60.0, 5, ["too_slow"]),
        (30, 1.0, 3, ["not_satisfied"]),
        (29, 1.0, 5, ["too_few_rounds", "too_few_ratings"]),
        (30, 1.0, None, ["too_few_ratings"]),
        (0, 1.0, 5, ["too_few_rounds", "too_few_ratings"]),
    ],
)
def test_a_trial_says_why_it_failed(
    shop: Shop, served: int, wait: float, stars: int | None, reasons: list[str]
) -> None:
    shop.start()
    for number in range(served):
        shop.serve(f"c{number}", wait, stars)
    shop.stage.wait(HOURS_48)
    assert (shop.trial.state, shop.trial.why()) == ("failed", reasons)


def test_what_began_before_it_or_came_after_it_does_not_count(shop: Shop) -> None:
    shop.ask("early")
    shop.rate("early", 5)
    shop.stage.now += 0.001
    trial = shop.start()
    shop.reply("early")
    assert shop.trial.figures == (0, 0, 0, 0)
    shop.ask("late")
    shop.stage.now = trial.until  # its clock has not struck yet
    shop.reply("late")
    shop.rate("late", 5)
    assert (shop.trial.state, shop.trial.figures) == ("running", (0, 0, 0, 0))
    shop.stage.wait(0.0)
    assert shop.trial.state == "failed"
    shop.serve("after", 1.0, 5)
    assert shop.trial.figures == (0, 0, 0, 0)


def test_a_rating_of_any_visit_counts_when_it_comes(shop: Shop) -> None:
    shop.ask("c1")
    shop.start()
    shop.rate("c1", 4)
    assert shop.trial.figures == (0, 0, 1, 1)


def test_one_trial_at_a_time_and_another_after_it(shop: Shop) -> None:
    shop.start()
    with pytest.raises(Refusal, match="trial_running"):
        shop.start()
    shop.serve("c1", 5.0, 5)
    shop.stage.wait(HOURS_48)
    again = shop.start()
    assert (again.number, again.state, again.figures) == (2, "running", (0, 0, 0, 0))


def test_speed_does_not_divide_the_48_hours_but_the_allowed_wait(shop: Shop) -> None:
    shop.stage.world.speed = 10.0
    shop.start()
    for number in range(30):
        shop.serve(f"c{number}", 6.0, 5)
    shop.stage.wait(HOURS_48 - 30 * 6.0 - 0.001)
    assert shop.trial.state == "running"
    shop.stage.wait(0.002)
    assert shop.trial.why() == ["too_slow"]


def test_a_removed_shops_trial_ends_without_a_word(shop: Shop) -> None:
    shop.start()
    shop.stage._do(lambda c: shops.remove_shop(shop.stage.world, shop.stage.floor, c))
    before = len(shop.stage.all)
    shop.stage.wait(2 * HOURS_48)
    assert [row for changes in shop.stage.all[before:] for row in changes.rows] == []


def test_a_reply_that_failed_has_answered_nothing_and_the_next_one_has(shop: Shop) -> None:
    shop.start()
    shop.ask("c1")
    shop.stage.wait(10.0)
    shop.reply("c1", "refused")
    assert shop.trial.figures == (0, 0, 0, 0)
    shop.stage.wait(30.0)
    shop.reply("c1")
    assert shop.trial.figures == (1, 40_000_000, 0, 0)


def test_a_question_that_was_taken_back_was_no_round(shop: Shop) -> None:
    shop.start()
    shop.serve("c1", 10.0)
    assert shop.trial.figures == (1, 10_000_000, 0, 0)
    shop.stage.recall("m1", "@c1-s1")
    assert shop.trial.figures == (0, 0, 0, 0)


@pytest.mark.parametrize("seed", range(5))
def test_its_figures_are_those_of_all_rows_of_its_time(shop: Shop, seed: int) -> None:
    rng, trial, begins = random.Random(seed), shop.start(), dict[str, set[int]]()
    for _ in range(400):
        customer = f"c{rng.randrange(6)}"
        known = f"@{customer}-s1" in shop.stage.floor.threads
        what = rng.choice(["ask", "ask", "reply", "reply", "resolve", "recall", "wait"])
        if what == "ask":
            shop.ask(customer)
        elif what == "reply" and known and shop.stage.thread(customer).conversation.agent_id:
            shop.reply(customer, rng.choice(["ok", "ok", "refused"]))
        elif what == "resolve" and known:
            shop.resolve(customer)
        elif what == "recall" and known:
            shop.stage.recall(f"m{shop.number}", f"@{customer}-s1")
        shop.stage.wait(rng.choice([0.5, 20.0, 700.0, 4000.0]) if what == "wait" else 0.25)
        for thread in shop.stage.floor.threads.values():
            begins.setdefault(thread.conversation.id, set()).add(thread.conversation.visit_from)
    expected = [
        round(one.wait_s * 1e6)
        for visit in visits(shop, begins)
        for one in rounds(visit)
        if one.by_person and in_working_hours(one.begin) and (one.answered or 0.0) < trial.until
    ]
    assert len(expected) > 10
    assert trial.figures[:2] == (len(expected), sum(expected))


def visits(shop: Shop, begins: dict[str, set[int]]) -> Iterator[list[Message]]:
    """The messages of every visit as their last rows have them, given each conversation's first seqs."""
    rows = [msgspec.convert(row, Message) for c in shop.stage.all for record, row in c.rows if record is Message]
    for conversation_id, firsts in begins.items():
        latest = {message.seq: message for message in rows if message.conversation_id == conversation_id}
        for first, following in zip(sorted(firsts), [*sorted(firsts)[1:], 10**9], strict=True):
            yield [latest[seq] for seq in sorted(latest) if first <= seq < following]

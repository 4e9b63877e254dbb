"""A shop's 48-hour trial in virtual time, through the service's core in this process: `python -m benchmarks.trial`.

1,000 conversations an hour for 48 hours: customers ask two to four times, agents answer after 10 to 50 s, the platform
takes each reply, visits are resolved and most of them rated, and every clock strikes at its moment. No table is
written and no socket opened: what is measured is the rules. Exit code 1 when it takes longer than its target, or the
trial does not end as a good shop's must.
"""

import argparse
import heapq
import sys
import time
from collections.abc import Callable
from itertools import count
from random import Random
from typing import TypeVar

from fixtures.dialogues import BUNDLED
from reference_service.domain import assigning, clockwork, intake, outbox, presence, replies, shops, trials
from reference_service.domain.changes import Changes
from reference_service.domain.events import Account, Written
from reference_service.domain.outbox import Answer
from reference_service.domain.ratings import rate
from reference_service.domain.reactions import settle
from reference_service.domain.records import Shop
from reference_service.domain.trials import HOURS_48
from reference_service.domain.world import Thread, World

TARGET_S = 60.0
AGENTS = 20
BEGIN = 1_795_539_600.0  # 2026-11-25 01:00 in China
Step = Callable[[], None]
T = TypeVar("T")


class Days:
    """The simulated two days: a shop, its agents, and what is due when."""

    def __init__(self, an_hour: float, hours: float, seed: int) -> None:
        self.rng = Random(seed)
        self.world = World()
        self.now = BEGIN
        self.messages = 0
        self.conversations = 0
        self.numbers = count(1)
        self._due: list[tuple[float, int, Step]] = []
        self._an_hour, self._until = an_hour, BEGIN + hours * 3600
        intents = BUNDLED.intents.values()
        self._asked = [line for intent in intents for line in intent.customer if "{" not in line]
        self._said = [line for intent in intents for line in intent.agent]
        shop = Shop(id="s", name="s", open_id="o", client_key="ck", client_secret="cs", capacity=15, test=True)
        self.do(lambda changes: shops.add_shop(self.world, shop, "", changes))
        self.floor = self.world.floors["s"]
        for _ in range(AGENTS):
            desk = self.do(lambda c: shops.add_agent(self.world, "s", "x", "regular", None, True, "", c))
            self.do(lambda c, desk=desk: presence.device_on(self.world, desk, "d", c))

    def do(self, command: Callable[[Changes], T]) -> T:
        """One command and what follows from it; the platform takes every reply at once."""
        changes = Changes(at=self.now)
        result = command(changes)
        settle(self.world, changes)
        for call in changes.calls:
            self._taken(self.world.threads[call.conversation_id], call.seq)
        return result

    def at(self, seconds: float, step: Step) -> None:
        """Let something happen so many seconds from now."""
        heapq.heappush(self._due, (self.now + seconds, next(self.numbers), step))

    def run(self) -> None:
        """Live through all of it."""
        self.at(0.0, self._arrive)
        while self._due:
            moment, _, step = heapq.heappop(self._due)
            self._tick(moment)
            step()
        self._tick(max(self.now, BEGIN + HOURS_48))

    def _tick(self, now: float) -> None:
        self.now = now
        self.do(lambda changes: clockwork.run(self.world, now, changes))

    def _taken(self, thread: Thread, seq: int) -> None:
        answer = Answer("ok", f"r{next(self.numbers)}")
        self.do(lambda changes: outbox.answered(self.world, thread, seq, answer, 10.0, changes))

    def _arrive(self) -> None:
        self.conversations += 1
        self._ask(f"c{self.conversations}", self.rng.randint(2, 4))
        pause = self.rng.expovariate(self._an_hour / 3600)
        if self.now + pause < self._until:
            self.at(pause, self._arrive)

    def _ask(self, customer: str, turns: int) -> None:
        for _ in range(self.rng.choice((1, 1, 1, 2))):
            self.messages += 1
            text = self.rng.choice(self._asked)
            account = Account("open-im", "o", "ck")
            wrote = Written(account, f"@{customer}", f"m{self.messages}", customer, "小王", "text", text, None)
            self.do(lambda changes, wrote=wrote: intake.take(self.world, wrote, changes))
        self.at(self.rng.uniform(10, 50), lambda: self._answer(customer, turns))

    def _answer(self, customer: str, turns: int) -> None:
        thread = self.floor.threads[f"@{customer}"]
        desk = self.floor.desks.get(thread.conversation.agent_id or "")
        if desk is None:  # still in the queue
            self.at(5.0, lambda: self._answer(customer, turns))
            return
        name = thread.conversation.id
        text = self.rng.choice(self._said)
        self.do(lambda c: replies.reply(self.world, desk, name, text, f"x{next(self.numbers)}", c))
        if turns > 1:
            self.at(self.rng.uniform(5, 60), lambda: self._ask(customer, turns - 1))
        else:
            self.at(self.rng.uniform(5, 60), lambda: self._end(thread))

    def _end(self, thread: Thread) -> None:
        self.do(lambda changes: assigning.resolve(self.floor, thread, "agent", changes))
        if self.rng.random() < 0.6:
            stars = 3 if self.rng.random() < 0.02 else self.rng.choice((4, 5))
            self.do(lambda changes: rate(self.world, thread, stars, changes))


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks.trial", description=__doc__)
    parser.add_argument("--an-hour", type=float, default=1000.0, help="conversations")
    parser.add_argument("--hours", type=float, default=48.0)
    parser.add_argument("--seed", type=int, default=618)
    asked = parser.parse_args()
    days = Days(asked.an_hour, asked.hours, asked.seed)
    admin = next(person for person in days.world.people.values() if person.role == "admin")
    trial = days.do(lambda changes: trials.start(days.world, days.floor, admin, changes))
    begin = time.perf_counter()
    days.run()
    took = time.perf_counter() - begin
    average, csat = trial.figures.average_s, trial.figures.csat
    print(
        f"{days.conversations:,} conversations, {days.messages:,} customers' messages in {asked.hours:g} virtual h: "
        f"{took:.1f} s (wanted <= {TARGET_S:g}), {took / days.messages * 1e6:.0f} us a customer's message"
    )
    print(
        f"trial {trial.state} {trial.why()}: {trial.rounds:,} rounds, average {average or 0:.1f} s, "
        f"{trial.ratings:,} ratings, {csat or 0:.1%} satisfied"
    )
    return int(took > TARGET_S or trial.state != "passed")


if __name__ == "__main__":
    sys.exit(main())

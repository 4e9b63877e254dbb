"""A shop's trial run of 48 hours: counted while it runs, judged by itself at its end (TRIAL-1, R2.2).

Each counted reply and rating changes the trial's row in the same commit, so a restart in the middle loses nothing.
Counted are the rounds (response_times.py) that began and were answered from its start on and before its end and in the
platform's working hours, and the ratings that came in that time. Its average is over rounds that a person answered.
"""

from typing import ClassVar, Final, Literal

import msgspec

from reference_service.domain import happenings
from reference_service.domain.changes import Changes
from reference_service.domain.records import Person, Record
from reference_service.domain.refusal import Refusal
from reference_service.domain.response_times import in_working_hours, rounds
from reference_service.domain.shelves import put, shelf
from reference_service.domain.trial_verdict import HOURS_48, Figures, Reason, judge
from reference_service.domain.world import ShopFloor, Thread, World

CLOCK: Final = "trial"

State = Literal["running", "passed", "failed"]


class Trial(Record, kw_only=True):
    """A shop's newest trial; `reasons` is a JSON list, empty unless it failed."""

    KEY: ClassVar[tuple[str, ...]] = ("shop_id",)

    shop_id: str
    number: int  # how many of the shop's this is
    started_at: float
    until: float
    started_by: str
    state: State = "running"
    rounds: int = 0
    wait_us: int = 0
    ratings: int = 0
    satisfied: int = 0
    reasons: str = "[]"

    @property
    def figures(self) -> Figures:
        """What it has counted."""
        return Figures(self.rounds, self.wait_us, self.ratings, self.satisfied)

    def why(self) -> list[Reason]:
        """Why it failed."""
        return msgspec.json.decode(self.reasons, type=list[Reason])


def newest(floor: ShopFloor) -> Trial | None:
    """The shop's newest trial."""
    return shelf(floor, Trial).get("")


def start(world: World, floor: ShopFloor, by: Person, changes: Changes) -> Trial:
    """Begin a trial; its 48 hours are the business's time, and its speed does not divide them.

    Raises Refusal trial_running.
    """
    before = newest(floor)
    if before is not None and before.state == "running":
        raise Refusal("trial_running")
    trial = Trial(
        shop_id=floor.shop.id,
        number=before.number + 1 if before else 1,
        started_at=changes.at,
        until=changes.at + HOURS_48,
        started_by=by.id,
    )
    put(floor, trial, changes)
    world.agenda.set(CLOCK, floor.shop.id, trial.until)
    return trial


def replied(world: World, happening: happenings.AgentReplied, changes: Changes) -> None:
    """A person's reply may end a round."""
    _recount(world, happening.thread, changes)


def settled(world: World, happening: happenings.ReplySettled, changes: Changes) -> None:
    """A reply that failed after all has ended none."""
    if happening.message.status == "failed":
        _recount(world, happening.thread, changes)


def recalled(world: World, happening: happenings.MessageRecalled, changes: Changes) -> None:
    """What was taken back asks nothing, and answers nothing."""
    _recount(world, happening.thread, changes)


def rated(world: World, happening: happenings.Rated, changes: Changes) -> None:
    """A customer rated a visit."""
    floor = world.floor_of(happening.thread)
    trial = _running(floor, changes)
    if trial is not None:
        trial.ratings += 1
        trial.satisfied += happening.rating.satisfied
        put(floor, trial, changes)


def strike(world: World, key: str, changes: Changes) -> None:
    """The 48 hours are over: judge."""
    floor = world.floors.get(key)
    trial = newest(floor) if floor else None
    if floor is None or trial is None:
        return
    reasons = judge(trial.figures, world.speed)
    trial.state = "failed" if reasons else "passed"
    trial.reasons = msgspec.json.encode(reasons).decode()
    put(floor, trial, changes)
    changes.tell(happenings.TrialEnded(floor, trial))


def restore(world: World, floor: ShopFloor) -> None:
    """After a restart: a running trial ends when it would have, and what open visits gave it is known again."""
    trial = newest(floor)
    if trial is not None and trial.state == "running":
        world.agenda.set(CLOCK, floor.shop.id, trial.until)
        for thread in floor.threads.values():
            thread.counted = _count(trial, thread)


def _running(floor: ShopFloor, changes: Changes) -> Trial | None:
    trial = newest(floor)
    return trial if trial is not None and trial.state == "running" and changes.at < trial.until else None


def _recount(world: World, thread: Thread, changes: Changes) -> None:
    """Let the trial have what the visit's rounds are now instead of what they were."""
    floor = world.floor_of(thread)
    trial = _running(floor, changes)
    if trial is None:
        return
    now, before = _count(trial, thread), thread.counted
    if before[:2] != now[:2]:  # of an earlier visit, or for an earlier trial
        before = (*now[:2], 0, 0)
    thread.counted = now
    if now != before:
        trial.rounds += now[2] - before[2]
        trial.wait_us += now[3] - before[3]
        put(floor, trial, changes)


def _count(trial: Trial, thread: Thread) -> tuple[int, int, int, int]:
    waits = [
        round(one.wait_s * 1e6)
        for one in rounds(thread.visit)
        if one.by_person and one.begin >= trial.started_at and in_working_hours(one.begin)
    ]
    return trial.number, thread.conversation.visit_from, len(waits), sum(waits)

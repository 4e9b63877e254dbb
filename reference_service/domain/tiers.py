"""The three response clocks of a customer's turn: instant, professional, human (R3.1, TIER-1).

since --30 s--> instant: nothing was said at all --3 min--> professional --5 min--> human: no person has replied

They run from the turn's first message, are divided by the business speed, and each fires once a turn, in order and not
before its moment; a share earlier its warning. Any automatic message stops the instant clock, only a person's reply the
two others; where the bot has the conversation its own answer ends the turn (turns.py). They run outside business hours
too: whoever writes then waits. A turn keeps the figures it began with. Warnings go to the assignee, breaches to the
supervisors as well.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, ClassVar, Final, Literal, NamedTuple

import msgspec

from reference_service.domain import configuring, happenings
from reference_service.domain.changes import Changes
from reference_service.domain.dispatches import TierBreached, TierWarning
from reference_service.domain.dispatching import tell
from reference_service.domain.happenings import AgentReplied, BotSpoke, CustomerWrote, MessageRecalled, Resolved
from reference_service.domain.records import Record
from reference_service.domain.world import Thread, Turn, World

CLOCK: Final = "tier"
TierName = Literal["instant", "professional", "human"]
Stage = Literal["warning", "breached"]
Seconds = Annotated[float, msgspec.Meta(ge=1, le=86400)]


class ResponseTiers(msgspec.Struct, frozen=True):
    """A shop's limits, seconds of its business, and the share of one at which its warning is due. Raises ValueError.

    A turn keeps those it began with; `hand_on` holds at once.
    """

    instant_s: Seconds = 30.0
    professional_s: Seconds = 180.0
    human_s: Seconds = 300.0
    warn_share: Annotated[float, msgspec.Meta(ge=0.1, le=0.95)] = 0.8
    hand_on: bool = False  # at the last limit, to a colleague (escalation.py)

    def __post_init__(self) -> None:
        if not self.instant_s < self.professional_s < self.human_s:
            raise ValueError("instant_s, professional_s and human_s must rise")


class Step(NamedTuple):
    """One thing that may fire, this long after the turn began."""

    after_s: float
    tier: TierName
    stage: Stage


class TierMark(Record, kw_only=True):
    """A clock fired for the turn that began with `seq`; `at` is its moment, `agent_id` who had the conversation."""

    KEY: ClassVar[tuple[str, ...]] = ("conversation_id", "seq", "tier", "stage")

    shop_id: str
    conversation_id: str
    seq: int
    tier: TierName
    stage: Stage
    at: float
    agent_id: str | None


@lru_cache(maxsize=1024)
def plan(limits: ResponseTiers) -> tuple[Step, ...]:
    """What may fire in a turn, in order."""
    tiers: tuple[tuple[TierName, float], ...] = (
        ("instant", limits.instant_s),
        ("professional", limits.professional_s),
        ("human", limits.human_s),
    )
    breaches = [Step(limit, tier, "breached") for tier, limit in tiers]
    warnings = [Step(limit * limits.warn_share, tier, "warning") for tier, limit in tiers]
    return tuple(sorted(warnings + breaches))


def next_at(turn: Turn) -> float | None:
    """When the next step of a turn is due, Unix seconds; None when nothing can fire any more."""
    if turn.answered or turn.passed >= len(turn.steps):
        return None
    return turn.since + turn.steps[turn.passed].after_s / turn.speed


def watch(world: World, happened: CustomerWrote | MessageRecalled, _: Changes) -> None:
    """Set the clocks of a turn that has none yet."""
    turn = happened.thread.turn
    if turn is not None and not turn.steps:
        _begin(world, happened.thread, turn)


def catch_up(world: World, happened: AgentReplied | BotSpoke | Resolved, changes: Changes) -> None:
    """What was due before this stopped the clocks has fired, however late the clockwork looks."""
    turn = happened.thread.turn
    while turn is not None and (due := next_at(turn)) is not None and due < changes.at:
        _pass(world, happened.thread, turn, due, changes)


def strike(world: World, key: str, changes: Changes) -> None:
    """The clock of clockwork.py: a conversation's next step is due, or was before the turn ended or changed."""
    thread = world.threads.get(key)
    if thread is None or (turn := thread.turn) is None:
        return
    while (due := next_at(turn)) is not None and due <= changes.at:
        _pass(world, thread, turn, due, changes)
    _set(world, thread, turn)


def restore(world: World, fired: Iterable[TierMark]) -> None:
    """After a restart: set the clocks of the turns anew; what has fired is known from its rows."""
    for thread in world.threads.values():
        if thread.turn is not None:
            _begin(world, thread, thread.turn)
    for mark in fired:
        turn = world.threads[mark.conversation_id].turn
        if turn is not None and turn.seq == mark.seq:
            fires = [(step.tier, step.stage) for step in turn.steps]
            turn.passed = max(turn.passed, fires.index((mark.tier, mark.stage)) + 1)


def _begin(world: World, thread: Thread, turn: Turn) -> None:
    turn.steps = plan(configuring.setting(world.floor_of(thread), ResponseTiers))
    turn.speed = world.speed
    _set(world, thread, turn)


def _set(world: World, thread: Thread, turn: Turn) -> None:
    # A clock of an earlier turn is left to strike: it comes first, does nothing and sets the next. So a conversation
    # has one entry in the agenda, however many messages it has.
    if (due := next_at(turn)) is not None:
        world.agenda.bring_forward(CLOCK, thread.conversation.id, due)


def _pass(world: World, thread: Thread, turn: Turn, at: float, changes: Changes) -> None:
    step = turn.steps[turn.passed]
    turn.passed += 1
    if step.tier == "instant" and turn.heard:
        return
    conversation, floor = thread.conversation, world.floor_of(thread)
    changes.keep(
        TierMark(
            shop_id=conversation.shop_id,
            conversation_id=conversation.id,
            seq=turn.seq,
            tier=step.tier,
            stage=step.stage,
            at=at,
            agent_id=conversation.agent_id,
        )
    )
    told = TierBreached if step.stage == "breached" else TierWarning
    for desk in floor.desks.values():
        leads = step.stage == "breached" and desk.person.role == "supervisor"
        if leads or desk.person.id == conversation.agent_id:
            tell(desk, told(conversation.id, step.tier, turn.seq, turn.since, at), changes)
    if step.stage == "breached":
        changes.tell(happenings.TierBreached(thread, step.tier, turn.seq, at))

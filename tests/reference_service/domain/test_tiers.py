"""TIER-1: 30 s, 3 min and 5 min fire once each, in order, never early; only a person's reply stops the last two."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_service.domain import speaking, tiers
from reference_service.domain.changes import Changes
from reference_service.domain.reactions import settle
from reference_service.domain.tiers import ResponseTiers, Step, TierMark

ALL = [("instant", 30.0), ("professional", 180.0), ("human", 300.0)]


def say(stage: Any, scene: str, customer: str = "c") -> None:
    changes = Changes(at=stage.now)
    speaking.say(stage.world, stage.thread(customer), "您好", scene, changes)
    settle(stage.world, changes)
    stage.all.append(changes)


def fired(stage: Any, kind: str = "breached") -> list[tuple[int, str, float]]:
    """The clocks that fired, in order of their rows: the turn's seq, the tier, the moment."""
    rows = [row for changes in stage.all for record, row in changes.rows if record is TierMark]
    marks = [msgspec.convert(row, TierMark) for row in rows]
    return [(mark.seq, mark.tier, mark.at) for mark in marks if mark.stage == kind]


def test_the_plan_of_a_turn() -> None:
    assert tiers.plan(ResponseTiers()) == (
        Step(24.0, "instant", "warning"),
        Step(30.0, "instant", "breached"),
        Step(144.0, "professional", "warning"),
        Step(180.0, "professional", "breached"),
        Step(240.0, "human", "warning"),
        Step(300.0, "human", "breached"),
    )


@pytest.mark.parametrize("steps", [[86400.0], [1.0] * 400, [29.999, 0.001, 149.999, 0.001, 120.0]])
def test_unanswered_each_fires_once_at_its_moment_and_its_warning_before_it(stage: Any, steps: list[float]) -> None:
    desk, lead = stage.agent(), stage.agent(role="supervisor", device=None)
    stage.write("c", "m1")
    for step in steps:
        stage.wait(step)
    assert fired(stage) == [(1, tier, 1000.0 + after) for tier, after in ALL]
    assert fired(stage, "warning") == [(1, tier, 1000.0 + 0.8 * after) for tier, after in ALL]
    told = {"conversation_id": "cv1", "seq": 1, "since": 1000.0}
    breaches = [("tier.breached", told | {"tier": tier, "at": 1000.0 + after}) for tier, after in ALL]
    warnings = [("tier.warning", told | {"tier": tier, "at": 1000.0 + 0.8 * after}) for tier, after in ALL]
    pairs = zip(warnings, breaches, strict=True)
    assert [event for event in stage.log(desk) if event[0].startswith("tier.")] == [
        one for pair in pairs for one in pair
    ]
    assert stage.log(lead) == breaches


@pytest.mark.parametrize(
    ("replied_after_s", "breached"),
    [
        (29.999, []),
        (30.0, ["instant"]),  # the clock looked first
        (179.999, ["instant"]),
        (299.999, ["instant", "professional"]),
        (300.0, ["instant", "professional", "human"]),
    ],
)
def test_a_persons_reply_stops_what_has_not_run_out(stage: Any, replied_after_s: float, breached: list[str]) -> None:
    desk = stage.agent()
    stage.write("c", "m1")
    stage.wait(replied_after_s)
    stage.reply(desk, stage.thread("c"), "您好", "k1")
    stage.wait(3600.0)
    assert [tier for _, tier, _ in fired(stage)] == breached


@pytest.mark.parametrize("end", ["reply", "say", "resolve"])
@pytest.mark.parametrize(("late_s", "breached"), [(0.0, []), (0.001, [(1, "instant", 1030.0)])])
def test_a_clock_that_ran_out_before_the_end_has_fired_though_nobody_looked(
    stage: Any, late_s: float, breached: list[Any], end: str
) -> None:
    desk = stage.agent()
    stage.write("c", "m1")
    stage.now += 30.0 + late_s  # without the clockwork, which looks five times a second
    if end == "reply":
        stage.reply(desk, stage.thread("c"), "您好", "k1")
    elif end == "say":
        say(stage, "welcome")
    else:
        stage.resolve(stage.thread("c"))
    stage.wait(0.0)
    assert fired(stage) == breached


def test_an_automatic_message_stops_the_instant_clock_only(stage: Any) -> None:
    stage.agent()
    stage.write("c", "m1")
    stage.wait(10.0)
    say(stage, "welcome")
    stage.wait(600.0)
    assert [tier for _, tier, _ in fired(stage)] == ["professional", "human"]
    assert [tier for _, tier, _ in fired(stage, "warning")] == ["professional", "human"]


def test_the_bots_answer_in_its_own_conversation_stops_all(stage: Any) -> None:
    stage.write("c", "m1")
    stage.thread("c").conversation.state = "bot"
    stage.wait(10.0)
    say(stage, "faq")
    stage.wait(600.0)
    assert fired(stage) == []


def test_the_clocks_run_from_the_first_message_and_anew_in_the_next_turn(stage: Any) -> None:
    desk = stage.agent()
    stage.write("c", "m1")
    stage.wait(20.0)
    stage.write("c", "m2")
    stage.wait(5.0)
    stage.reply(desk, stage.thread("c"), "您好", "k1")
    stage.write("c", "m3")
    stage.wait(29.0)
    assert fired(stage) == []
    stage.wait(1.0)
    assert fired(stage) == [(4, "instant", 1055.0)]


def test_who_waits_in_the_queue_is_counted_and_nobody_but_supervisors_told(stage: Any) -> None:
    away, lead = stage.agent(capacity=0), stage.agent(role="supervisor")
    stage.write("c", "m1")
    stage.wait(30.0)
    assert fired(stage) == [(1, "instant", 1030.0)]
    assert (stage.told(away, "tier.breached"), len(stage.told(lead, "tier.breached"))) == ([], 1)


def test_the_business_speed_divides_the_clocks_set_from_then_on(stage: Any) -> None:
    stage.agent()
    stage.write("c", "m1")
    stage.world.speed = 60.0
    stage.write("d", "m2")
    stage.wait(30.0)
    assert [(tier, at) for _, tier, at in fired(stage)] == [
        ("instant", 1000.5),
        ("professional", 1003.0),
        ("human", 1005.0),
        ("instant", 1030.0),
    ]


def test_a_turn_keeps_the_limits_it_began_with(stage: Any) -> None:
    stage.agent()
    stage.write("c", "m1")
    stage.configure(ResponseTiers(instant_s=5.0))
    stage.write("d", "m2")
    stage.wait(29.999)
    assert fired(stage) == [(1, "instant", 1005.0)]


@pytest.mark.parametrize("end", ["resolve", "recall"])
def test_nothing_fires_when_nothing_is_asked_any_more(stage: Any, end: str) -> None:
    stage.agent()
    stage.write("c", "m1")
    stage.wait(10.0)
    if end == "resolve":
        stage.resolve(stage.thread("c"))
    else:
        stage.recall("m1")
    stage.wait(600.0)
    assert fired(stage) == []


def test_taking_back_a_later_message_changes_nothing_and_the_first_begins_another_turn(stage: Any) -> None:
    stage.agent()
    stage.write("c", "m1")
    stage.wait(20.0)
    stage.write("c", "m2")
    stage.write("c", "m3")
    stage.recall("m3")
    stage.wait(10.0)
    assert fired(stage) == [(1, "instant", 1030.0)]
    stage.recall("m1")
    stage.wait(20.0)
    assert fired(stage) == [(1, "instant", 1030.0), (2, "instant", 1050.0)]


@pytest.mark.parametrize(
    "wrong", [{"instant_s": 180}, {"human_s": 180}, {"instant_s": 0}, {"human_s": 86401}, {"warn_share": 1}]
)
def test_limits_that_do_not_rise_are_refused(wrong: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, ResponseTiers)


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["write", "write", "reply", "say", "wait"]),
        st.sampled_from("ab"),
        st.sampled_from([0.0, 0.25, 7.0, 29.75, 30.0, 150.0, 301.0, 5000.0]),
        st.booleans(),  # whether the clockwork looks before
    ),
    max_size=30,
)


class Notebook:
    """The turns of two customers, told apart by a person who watches, and what must have fired in them."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self.turns: list[dict[str, Any]] = []

    def saw(self, move: str, who: str, seq: int, now: float, looked: bool) -> None:
        running = next((turn for turn in self.turns if turn["who"] == who and "end" not in turn), None)
        if move == "write" and running is None:
            self.turns.append({"who": who, "seq": seq, "since": now})
        elif move == "reply" and running:
            running["end"] = (now, looked)
        elif move == "say" and running:
            running.setdefault("heard", (now, looked))

    def breaches(self, now: float) -> list[tuple[str, int, str, float]]:
        return sorted(one for turn in self.turns for one in self._of(turn, now))

    def _of(self, turn: dict[str, Any], now: float) -> Any:
        for tier, after in ALL:
            at = turn["since"] + after / self.speed
            end, looked = turn.get("end", (now, True))
            if tier == "instant" and turn.get("heard", (end, True))[0] <= end:
                end, looked = turn.get("heard", (end, looked))
            if at < end or (at == end and looked):
                yield turn["who"], turn["seq"], tier, at


def _played(stage: Any, desk: Any, move: str, who: str, number: int) -> None:
    known = f"@{who}-s1" in stage.floor.threads
    if move == "write":
        stage.write(who, f"m{number}")
    elif move == "reply" and known:
        stage.reply(desk, stage.thread(who), "您好", f"k{number}")
    elif move == "say" and known:
        say(stage, "welcome", who)


@pytest.mark.thorough
@settings(max_examples=300, deadline=None)
@given(moves=MOVES, speed=st.sampled_from([1.0, 2.0, 64.0]))
def test_clocks_are_never_early_fire_once_and_in_order_whatever_happens(
    new_stage: Any, moves: list[Any], speed: float
) -> None:
    stage, notebook = new_stage(), Notebook(speed)
    stage.world.speed = speed
    desk = stage.agent(capacity=9)
    looked_at = 0.0
    for number, (move, who, wait, looks) in enumerate(moves):
        stage.now += wait
        if looks:
            stage.wait(0.0)
            looked_at = stage.now
        _played(stage, desk, move, who, number)
        thread = stage.floor.threads.get(f"@{who}-s1")
        notebook.saw(move, who, thread.seq if thread else 0, stage.now, looked_at == stage.now)
    stage.wait(0.0)
    names = {stage.thread(who).conversation.id: who for who in "ab" if f"@{who}-s1" in stage.floor.threads}
    marks = [row for c in stage.all for record, row in c.rows if record is TierMark and row[4] == "breached"]
    rows = [(names[conversation], seq, tier, at) for _, conversation, seq, tier, _, at, _ in marks]
    assert sorted(rows) == notebook.breaches(stage.now)
    for who in "ab":
        moments = [at for one, _, _, at in rows if one == who]
        assert moments == sorted(moments)


@settings(max_examples=30, deadline=None)
@given(moves=MOVES, stop=st.integers(0, 29))
def test_a_restart_changes_nothing_of_what_fires_and_when(
    new_stage: Any, tmp_path_factory: Any, moves: list[Any], stop: int
) -> None:
    stages = new_stage(), new_stage()
    for stage, stops in zip(stages, (False, True), strict=True):
        agent = stage.agent(capacity=9).person.id
        for number, (move, who, wait, looks) in enumerate(moves):
            stage.now += wait
            if looks:
                stage.wait(0.0)
            if stops and number == stop % len(moves):
                stage.restart(tmp_path_factory.mktemp("data"))
                stage.on(stage.world.desk(agent))
            _played(stage, stage.world.desk(agent), move, who, number)
        stage.wait(0.0)
    whole, broken = ([row for c in s.all for record, row in c.rows if record is TierMark] for s in stages)
    assert broken == whole

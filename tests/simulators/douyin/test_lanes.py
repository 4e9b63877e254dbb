"""Lanes keep order and bounds under any interleaving."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from simulators.douyin.lanes import Lanes


def test_the_second_of_a_lane_flies_only_after_the_first_is_finished() -> None:
    lanes: Lanes[str, int] = Lanes(10)
    lanes.add("a", 1)
    lanes.add("a", 2)
    lanes.add("b", 3)
    assert [lanes.take(), lanes.take(), lanes.take()] == [("a", 1), ("b", 3), None]
    lanes.finish("a")
    assert lanes.take() == ("a", 2)


def test_a_resting_lane_takes_no_place_and_keeps_its_first() -> None:
    lanes: Lanes[str, int] = Lanes(1)
    lanes.add("a", 1)
    lanes.add("a", 2)
    lanes.add("b", 3)
    lanes.take()
    lanes.rest()
    assert lanes.take() == ("b", 3)
    assert lanes.resume() is False
    lanes.finish("b")
    assert lanes.resume() is True
    lanes.finish("a")
    assert lanes.take() == ("a", 2)


def test_several_lanes_fly_together_up_to_the_room_and_the_first_that_does_not_fit() -> None:
    lanes: Lanes[str, int] = Lanes(10)
    for lane, item in (("a", 1), ("a", 2), ("a", 3), ("b", 4), ("c", 99), ("d", 5)):
        lanes.add(lane, item)
    assert lanes.take() == ("a", 1)
    assert lanes.take_more("a", 3, lambda item: item < 90) == [("a", [2, 3]), ("b", [4])]
    assert lanes.take() == ("c", 99)
    assert lanes.take() == ("d", 5)
    lanes.finish("a", 3)
    lanes.finish("b")
    assert (lanes.waiting, lanes.flying) == (2, 2)


def test_an_idle_lane_costs_nothing() -> None:
    lanes: Lanes[str, int] = Lanes(1)
    lanes.add("a", 1)
    lanes.take()
    lanes.finish("a")
    assert (lanes.waiting, lanes.flying, lanes._lanes) == (0, 0, {})


class AnyInterleaving(RuleBasedStateMachine):
    """Adds, takes, finishes, rests and wakes in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.lanes: Lanes[int, int] = Lanes(3)
        self.added: dict[int, list[int]] = {}
        self.finished: dict[int, list[int]] = {}
        self.flying: dict[int, int] = {}
        self.resting: dict[int, int] = {}
        self.count = 0

    @rule(lane=st.integers(0, 5))
    def add(self, lane: int) -> None:
        self.count += 1
        self.lanes.add(lane, self.count)
        self.added.setdefault(lane, []).append(self.count)

    @rule()
    def take(self) -> None:
        taken = self.lanes.take()
        open_lanes = (
            {lane for lane, items in self.added.items() if len(items) > len(self.finished.get(lane, []))}
            - set(self.flying)
            - set(self.resting)
        )
        assert (taken is not None) == (bool(open_lanes) and len(self.flying) < 3)
        if taken:
            lane, item = taken
            assert lane not in self.flying
            self.flying[lane] = item

    @precondition(lambda self: self.flying)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        lane = data.draw(st.sampled_from(sorted(self.flying)))
        self.finished.setdefault(lane, []).append(self.flying.pop(lane))
        self.lanes.finish(lane)

    @precondition(lambda self: self.flying)
    @rule(data=st.data())
    def rest(self, data: st.DataObject) -> None:
        lane = data.draw(st.sampled_from(sorted(self.flying)))
        self.resting[lane] = self.flying.pop(lane)
        self.lanes.rest()

    @precondition(lambda self: self.resting)
    @rule(data=st.data())
    def wake(self, data: st.DataObject) -> None:
        lane = data.draw(st.sampled_from(sorted(self.resting)))
        flies = len(self.flying) < 3
        assert self.lanes.resume() == flies
        if flies:
            self.flying[lane] = self.resting.pop(lane)

    @invariant()
    def each_lane_is_finished_in_the_order_it_was_added(self) -> None:
        for lane, items in self.finished.items():
            assert items == self.added[lane][: len(items)]

    @invariant()
    def what_waits_is_what_was_added_and_not_finished(self) -> None:
        done = sum(map(len, self.finished.values()))
        assert self.lanes.waiting == self.count - done
        assert self.lanes.flying == len(self.flying) <= 3


TestAnyInterleaving = AnyInterleaving.TestCase

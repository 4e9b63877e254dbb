"""A clock that jumps does what one that ticks does."""

import pytest

from reference_service.domain import clockwork
from reference_service.domain.changes import Changes
from reference_service.domain.world import World


@pytest.fixture
def struck(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When a clock struck that sets itself again every ten seconds."""
    moments: list[float] = []

    def strike(world: World, key: str, changes: Changes) -> None:
        moments.append(changes.at)
        world.agenda.set("ten", key, changes.at + 10.0)

    monkeypatch.setitem(clockwork.CLOCKS, "ten", strike)
    return moments


@pytest.mark.parametrize("steps", [[40.0], [1.0] * 40, [15.0, 0.0, 25.0]])
def test_every_moment_that_was_due_is_carried_out_as_of_itself(struck: list[float], steps: list[float]) -> None:
    world, now = World(), 100.0
    world.agenda.set("ten", "k", 110.0)
    for step in steps:
        now += step
        changes = Changes(at=now)
        clockwork.run(world, now, changes)
        assert changes.at == now
    assert struck == [110.0, 120.0, 130.0, 140.0]

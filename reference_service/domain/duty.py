"""What the clock and the shop's rules answer by themselves, after a restart: known from the rows, set anew."""

from collections.abc import Iterable

from reference_service.domain import auto_replies, overload, reminders, silence, tiers, turns
from reference_service.domain.overload import Overload
from reference_service.domain.reminders import Reminded
from reference_service.domain.tiers import TierMark
from reference_service.domain.world import World


def restore(
    world: World, fired: Iterable[TierMark], reminded: Iterable[Reminded], overloads: Iterable[Overload], now: float
) -> None:
    """Turns and what was said in them, from the messages of the visits that are not over; and the clocks."""
    for thread in world.threads.values():
        turns.restore(thread)
        auto_replies.restore(thread)
    tiers.restore(world, fired)
    reminders.restore(world, reminded)
    silence.restore(world, now)
    overload.restore(world, overloads)

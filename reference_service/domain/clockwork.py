"""What time alone brings: the features' clocks, carried out in the order and as of the moment they were due."""

from collections.abc import Callable
from typing import Final

from reference_service.domain import (
    announcing,
    big_sale,
    bot_visits,
    complaint_clock,
    emergency,
    incidents,
    reminders,
    retention,
    shifts,
    silence,
    snoozing,
    tiers,
    trials,
    waiting,
)
from reference_service.domain.changes import Changes
from reference_service.domain.reactions import settle
from reference_service.domain.world import World

Strike = Callable[[World, str, Changes], None]  # the world, the clock's key; changes.at is the moment it was set for

CLOCKS: Final[dict[str, Strike]] = {
    big_sale.CLOCK: big_sale.strike,
    bot_visits.CLOCK: bot_visits.strike,
    snoozing.CLOCK: snoozing.strike,
    waiting.CLOCK: waiting.strike,
    shifts.CLOCK: shifts.strike,
    complaint_clock.CLOCK: complaint_clock.strike,
    tiers.CLOCK: tiers.strike,
    emergency.CLOCK: emergency.strike,
    incidents.CLOCK: incidents.strike,
    retention.CLOCK: retention.strike,
    trials.CLOCK: trials.strike,
    reminders.CLOCK: reminders.strike,
    reminders.CUSTOMERS: reminders.strike_customers,
    announcing.CLOCK: announcing.strike,
    silence.CLOCK: silence.strike,
}


def run(world: World, now: float, changes: Changes) -> None:
    """Carry out everything due by now; what that sets for a moment before now is carried out, too.

    A clock that jumped by days therefore does the same as one that ticked through them.
    """
    while due := world.agenda.next(now):
        changes.at = due.at
        CLOCKS[due.kind](world, due.key, changes)
        settle(world, changes)
    changes.at = now

"""Which feature reacts to what happened: one table, read from top to bottom.

A command changes the state and tells what happened; `settle` lets every feature react, in the table's order. A reaction
may make more happen: that is reacted to after it.
"""

from collections.abc import Callable
from typing import Any, Final

from reference_service.domain import (
    announcing,
    auto_replies,
    big_sale,
    bot_visits,
    chronicle,
    complaints,
    coupons,
    customers,
    emergency,
    escalation,
    happenings,
    labelling,
    overload,
    reminders,
    shelves,
    silence,
    tiers,
    trials,
    turns,
    waiting,
)
from reference_service.domain.changes import Changes
from reference_service.domain.world import World

Reaction = Callable[[World, Any, Changes], None]

REACTIONS: Final[dict[type, tuple[Reaction, ...]]] = {
    happenings.Opened: (turns.opened, auto_replies.greet, coupons.opened),
    happenings.CustomerWrote: (
        turns.asked,
        tiers.watch,
        reminders.wrote,
        auto_replies.leave_word,
        complaints.suggest,
        emergency.answer,
        bot_visits.hear,
    ),
    happenings.MessageRecalled: (turns.recalled, tiers.watch, reminders.read, silence.watch, trials.recalled),
    happenings.AgentReplied: (
        tiers.catch_up,
        turns.answered,
        reminders.replied,
        silence.watch,
        bot_visits.person_replied,
        trials.replied,
    ),
    happenings.BotSpoke: (tiers.catch_up, turns.heard, silence.watch),
    happenings.HandedOver: (turns.handed_over, auto_replies.hand_over),
    happenings.Queued: (waiting.queued, auto_replies.queue, overload.queued),
    happenings.Assigned: (customers.served, reminders.given, silence.watch, overload.left),
    happenings.TierBreached: (escalation.breached,),
    happenings.Woke: (silence.watch,),
    happenings.Resolved: (tiers.catch_up, turns.over, reminders.over, customers.left, bot_visits.over, overload.left),
    happenings.Rated: (trials.rated,),
    happenings.CustomerDescribed: (labelling.described,),
    happenings.ReplySettled: (complaints.contact, coupons.settled, trials.settled),
    happenings.AgentRead: (reminders.read,),
    happenings.CustomerRead: (reminders.seen,),
    happenings.Released: (reminders.over,),
    happenings.Forgotten: (customers.forgotten, shelves.forgotten),
    happenings.Labelled: (waiting.labelled,),
    happenings.OrderMoved: (waiting.ordered, labelling.order_moved, coupons.ordered),
    happenings.SettingPut: (waiting.ruled, big_sale.put, silence.configured),
}


def settle(world: World, changes: Changes) -> None:
    """Write down, announce and react to everything that happened since, until nothing more happens."""
    chronicle.write(changes)
    while changes.settled < len(changes.happened):
        happening = changes.happened[changes.settled]
        changes.settled += 1
        announcing.announce(world, happening, changes)
        for react in REACTIONS.get(type(happening), ()):
            react(world, happening, changes)
            if changes.written < len(changes.happened):
                chronicle.write(changes)

"""What follows when no person has replied within five minutes (R3.1: handed over to a human in 5 min).

The guide's third tier is a hand-over. The bot hands over what it cannot answer within half a minute (bot_visits.py),
and who waits in the queue rises in it (ROUTE-4). Left is an agent who has the conversation and does not reply:
supervisors are told by `tier.breached` and may take it; where the shop wants it so (`hand_on`), it goes to a colleague
who is able. By default it does not: the agent may be typing.
"""

from reference_service.domain import configuring, handing, routing
from reference_service.domain.changes import Changes
from reference_service.domain.happenings import TierBreached
from reference_service.domain.tiers import ResponseTiers
from reference_service.domain.world import World


def breached(world: World, breach: TierBreached, changes: Changes) -> None:
    """Hand on what its agent has left unanswered, to whom the rules choose among the others; else it stays."""
    thread, floor = breach.thread, world.floor_of(breach.thread)
    waits = thread.turn is not None and not thread.turn.answered  # a late reply may have been quicker than the clock
    if breach.tier != "human" or not waits or thread.conversation.state != "open":
        return
    colleague = routing.pick(floor, thread, floor.desks[thread.conversation.agent_id or ""])
    if colleague is not None and configuring.setting(floor, ResponseTiers).hand_on:
        handing.pass_on(floor, thread, colleague, "unanswered", "", changes)

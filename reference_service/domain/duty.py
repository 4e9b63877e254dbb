"""What the clock and the shop's rules answer by themselves, after a restart: known from the rows, set anew."""

from reference_service.domain import auto_replies, turns
from reference_service.domain.world import World


def restore(world: World) -> None:
    """Turns and what was said in them, from the messages of the visits that are not over."""
    for thread in world.threads.values():
        turns.restore(thread)
        auto_replies.restore(thread)

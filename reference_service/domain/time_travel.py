"""The test hooks' jump of the clock: what belongs to the wire and not to the business moves along, so it stays real."""

from reference_service.domain.world import World


def move_along(world: World, seconds: float) -> None:
    """After a jump, waits of the outbox and the resume windows end when they would have ended without it."""
    for thread in world.waiting.values():
        thread.outbox[0].due += seconds
    for floor in world.floors.values():
        for desk in floor.desks.values():
            if desk.gone_since is not None:
                desk.gone_since += seconds
            desk.left = {device: at + seconds for device, at in desk.left.items()}
    world.recovered_at += seconds

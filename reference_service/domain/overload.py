"""Overload is told, never hidden: after refused pushes the shop's people see how many there were (OVERLOAD-1)."""

from collections.abc import Hashable, Mapping
from typing import cast

from reference_service.domain.changes import Changes
from reference_service.domain.dispatching import NoticeOverload, tell
from reference_service.domain.events import Account
from reference_service.domain.world import World


def notice(world: World, refused: Mapping[Hashable, int], changes: Changes) -> None:
    """Tell the connected people of each shop whose pushes were refused; the platform pushes them again."""
    for account, number in refused.items():
        platform, open_id, _ = cast(Account, account)
        floor = world.accounts.get((platform, open_id))
        for desk in floor.desks.values() if floor else ():
            if desk.devices:
                tell(desk, NoticeOverload(number, changes.at), changes)

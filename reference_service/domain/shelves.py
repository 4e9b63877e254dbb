"""A shop's records that are few enough to be all in memory, by shape and key; register.py lists the shapes."""

from typing import TypeVar, cast

from reference_service.domain.changes import Changes
from reference_service.domain.happenings import Forgotten
from reference_service.domain.records import Record
from reference_service.domain.world import ShopFloor, World

R = TypeVar("R", bound=Record)


def shelf(floor: ShopFloor, shape: type[R]) -> dict[str, R]:
    """The shop's records of this shape by their key without the shop: to read, and to change in place before `put`."""
    return cast(dict[str, R], floor.shelves.setdefault(shape, {}))


def put(floor: ShopFloor, record: Record, changes: Changes) -> None:
    """Keep a record, new or changed."""
    place(floor, record)
    changes.keep(record)


def take_away(floor: ShopFloor, record: Record, changes: Changes) -> None:
    """Remove a record."""
    del shelf(floor, type(record))[key_of(record)]
    changes.remove(record)


def place(floor: ShopFloor, record: Record) -> None:
    """Put a kept record back."""
    shelf(floor, type(record))[key_of(record)] = record


def forgotten(world: World, happened: Forgotten, _: Changes) -> None:
    """What hangs on a purged conversation goes from the shelves; its rows go with the conversation's."""
    conversation = happened.thread.conversation
    for shape, records in world.floors[conversation.shop_id].shelves.items():
        if "conversation_id" in shape.__struct_fields__:
            for key in [key for key, one in records.items() if getattr(one, "conversation_id", "") == conversation.id]:
                del records[key]


def key_of(record: Record) -> str:
    """What tells a record from the others of its shape in its shop; "" where there is only one."""
    return "/".join(str(getattr(record, name)) for name in record.KEY if name != "shop_id")

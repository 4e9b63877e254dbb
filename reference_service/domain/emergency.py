"""Scripts that are on: customers who write are told at once what is going on, until a moment (R9.5, INCIDENT-1)."""

from typing import ClassVar, Final

from reference_service.domain.changes import Changes
from reference_service.domain.emergency_scripts import EmergencyScript
from reference_service.domain.happenings import CustomerWrote
from reference_service.domain.records import Record
from reference_service.domain.shelves import put, shelf, take_away
from reference_service.domain.speaking import say
from reference_service.domain.world import ShopFloor, Thread, World

CLOCK: Final = "emergency"
SCENE: Final = "emergency"


class Activation(Record, kw_only=True):
    """A script that a shop has on. `incident_id` is "" where it belongs to none."""

    KEY: ClassVar[tuple[str, ...]] = ("shop_id", "script_id")

    shop_id: str
    script_id: str
    text: str
    incident_id: str
    by: str
    at: float
    until: float


def activate(
    world: World,
    floor: ShopFloor,
    script: EmergencyScript,
    text: str,
    until: float,
    incident_id: str,
    by: str,
    changes: Changes,
) -> Activation:
    """Switch a script on, or on anew, from the next customer's message on; its clock switches it off."""
    activation = Activation(
        shop_id=floor.shop.id,
        script_id=script.id,
        text=text,
        incident_id=incident_id,
        by=by,
        at=changes.at,
        until=until,
    )
    put(floor, activation, changes)
    world.agenda.set(CLOCK, f"{floor.shop.id}/{script.id}", until)
    return activation


def deactivate(floor: ShopFloor, activation: Activation, changes: Changes) -> None:
    """Switch a script off; a clock that is still set finds it off."""
    take_away(floor, activation, changes)


def strike(world: World, key: str, changes: Changes) -> None:
    """The moment until which a script was to be on."""
    shop_id, _, script_id = key.partition("/")
    floor = world.floors.get(shop_id)
    activation = shelf(floor, Activation).get(script_id) if floor else None
    if floor and activation:
        deactivate(floor, activation, changes)


def answer(world: World, wrote: CustomerWrote, changes: Changes) -> None:
    """Tell the customer, once a visit and script, one script a message, the newest first."""
    floor = world.floor_of(wrote.thread)
    on = shelf(floor, Activation)
    if on:
        for activation in sorted(on.values(), key=lambda one: (-one.at, one.script_id)):
            if changes.at < activation.until and not _said(wrote.thread, activation.text):
                say(world, wrote.thread, activation.text, SCENE, changes)
                return


def restore(world: World, floor: ShopFloor) -> None:
    """After a restart: what is on goes off when it would have."""
    for activation in shelf(floor, Activation).values():
        world.agenda.set(CLOCK, f"{floor.shop.id}/{activation.script_id}", activation.until)


def _said(thread: Thread, text: str) -> bool:
    return any(message.scene == SCENE and message.text == text for message in thread.visit)

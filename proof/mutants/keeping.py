"""Sins of what leaves the service, and of what it keeps: outbound events, replays, retention, test data."""

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from proof.mutant import instead, mutant, ran
from reference_service.api import history, operator
from reference_service.domain import announcing, retention
from reference_service.domain.changes import Changes
from reference_service.domain.chronicle import Happened
from reference_service.domain.records import Message
from reference_service.domain.world import ShopFloor, Thread
from reference_service.shell import courier
from reference_service.shell.engine import Engine


@mutant("EVENTS-1", suite="contract")
def drops_what_it_could_not_deliver() -> None:
    """Writes no dead letter."""
    honest = announcing.failed

    def failed(
        floor: ShopFloor, delivery: announcing.Delivery, why: str, now: float, plan: Sequence[float], changes: Changes
    ) -> announcing.DeadLetter | None:
        letter = honest(floor, delivery, why, now, plan, changes)
        if letter is not None:
            ran()
            changes.remove(letter)
        return letter

    instead(announcing, "failed", failed)


@mutant("EVENTS-1", suite="contract")
def sends_a_new_id_each_time() -> None:
    """Names each attempt anew, so that nobody can tell a second from a further event."""
    honest, turn = courier.Courier._attempt, count(1)

    async def attempt(self: courier.Courier, webhook: announcing.Webhook, delivery: announcing.Delivery) -> str:
        if delivery.attempt:
            ran()
            delivery = type(delivery)(
                **{name: getattr(delivery, name) for name in delivery.__struct_fields__}
                | {"event": f"{delivery.event}-{next(turn)}"}
            )
        return await honest(self, webhook, delivery)

    instead(courier.Courier, "_attempt", attempt)


@mutant("RECORD-1", suite="contract")
def leaves_notes_out_of_the_replay() -> None:
    """Shows a trainee only what the customer has seen."""
    honest = history.in_order

    def in_order(messages: list[Message], happened: list[Happened]) -> list[Message | Happened]:
        if any(message.private for message in messages):
            ran()
        return honest([message for message in messages if not message.private], happened)

    instead(history, "in_order", in_order)


@mutant("RETAIN-1", suite="contract")
def purges_what_is_held() -> None:
    """Knows no legal hold of a conversation."""
    honest = retention.is_due

    def is_due(thread: Thread, moment: float) -> bool:
        held, thread.conversation.legal_hold = thread.conversation.legal_hold, False
        due = honest(thread, moment)
        thread.conversation.legal_hold = held
        if held and due:
            ran()
        return due

    instead(retention, "is_due", is_due)


@mutant("TESTDATA-1", suite="contract")
def removes_every_shop() -> None:
    """Removes, with the test data, everything else."""
    honest = operator.remove

    async def remove(engine: Engine, floors: Iterable[ShopFloor]) -> Any:
        chosen = list(floors)
        if chosen and all(floor.shop.test for floor in chosen):
            ran()
            chosen = list(engine.world.floors.values())
        return await honest(engine, chosen)

    instead(operator, "remove", remove)

"""Sins against delivery, order and synchronisation that the contract suite sees."""

from proof.mutant import mutant, ran
from reference_service.domain import outbox
from reference_service.domain.changes import Changes
from reference_service.domain.records import Message
from reference_service.domain.world import Thread


@mutant("DELIVERY-2", suite="contract")
def sends_nothing() -> None:
    """Says that a reply was sent and sends none."""

    def enqueue(thread: Thread, message: Message, changes: Changes) -> None:  # noqa: ARG001
        ran()
        message.status = "sent"
        changes.keep(message)

    outbox.enqueue = enqueue

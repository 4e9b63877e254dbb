"""How what happens to an agent becomes rows of the run's history."""

from history.writer import Writer
from targets.interface import Event, Sent


class Ledger:
    """One agent's rows: shop and actor filled in, kinds of history/events.py."""

    def __init__(self, writer: Writer, shop: str, agent: str, capacity: int) -> None:
        self._add = writer.add
        self._shop = shop
        self._agent = agent
        self._capacity = capacity

    def device_on(self, device: str, resumed: bool) -> None:
        """A device's connection is ready."""
        self._row("device_on", device=device, note="resumed" if resumed else "fresh")

    def device_off(self, device: str, why: str) -> None:
        """A device's connection ended."""
        self._row("device_off", device=device, note=why)

    def availability(self, device: str, to: str) -> None:
        """The target took the agent's availability."""
        self._row("availability", device=device, n=self._capacity, note=to)

    def customer_wrote(self, device: str, event: Event, listed: str) -> None:
        """A customer's message, or what the filter left of it, appeared on a device."""
        self._row(
            "withheld" if event.kind == "withheld" else "shown",
            device=device,
            conversation=event.conversation,
            message=event.platform_id or "",
            ref=event.target_id,
            n=event.seq or 0,
            note="listed" if listed else "",
        )

    def told(self, device: str, event: Event) -> None:
        """Assignment and the later fate of replies, as the target told it; a reply's client id is its token."""
        match event.kind:
            case "assigned":
                self._row("assigned", device=device, conversation=event.conversation, n=self._capacity, note=event.note)
            case "message":
                self._row(
                    "auto_shown",
                    device=device,
                    conversation=event.conversation,
                    ref=event.target_id,
                    n=event.seq or 0,
                )
            case "tier" | "complaint":
                self._row(
                    event.kind,
                    device=device,
                    conversation=event.conversation,
                    message=event.target_id,
                    note=event.note,
                )
            case "csat":
                self._row("csat", device=device, conversation=event.conversation, n=event.seq or 0)
            case "released":
                self._row("released", device=device, conversation=event.conversation, note=event.note)
            case "reply_failed" | "in_doubt":
                self._row(
                    event.kind,
                    device=device,
                    conversation=event.conversation,
                    message=event.client_id or "",
                    note=event.note,
                )

    def answered(self, device: str, conversation: str, token: str, answers: str, listed: bool) -> None:
        """The agent presses send now."""
        self._row(
            "answered",
            device=device,
            conversation=conversation,
            message=token,
            ref=answers,
            note="listed" if listed else "",
        )

    def complained(self, conversation: str, complaint: str, note: str) -> None:
        """The agent opened or closed a complaint, or could not."""
        self._row("complaint", device="", conversation=conversation, message=complaint, note=note)

    def replied(self, device: str, conversation: str, token: str, sent: Sent) -> None:
        """The target's answer to a reply, or that there was none."""
        note = f"failed:{sent.code}" if sent.outcome == "failed" else sent.outcome
        self._row("replied", device=device, conversation=conversation, message=token, ref=sent.target_id, note=note)

    def _row(
        self,
        kind: str,
        *,
        device: str,
        conversation: str = "",
        message: str = "",
        ref: str = "",
        n: int = 0,
        note: str = "",
    ) -> None:
        self._add(
            kind,
            shop=self._shop,
            actor=self._agent,
            device=device,
            conversation=conversation,
            message=message,
            ref=ref,
            n=n,
            note=note,
        )

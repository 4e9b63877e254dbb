"""Sends pushes that the platform never made, to see whether the target looks at signatures (GATEWAY-1)."""

from dataclasses import dataclass
from random import Random

import msgspec

from history.run import App
from simulators.faults.fault import Plan
from targets.platform import Message

TEXT = "这条消息不是平台发出的"


@dataclass(frozen=True)
class Forge:
    """Before `share` of all pushes goes an invented one."""

    share: float

    def touch(self, plan: Plan, rng: Random) -> Plan:
        """The plan, with a forgery before it or not."""
        return plan._replace(forged=True) if rng.random() < self.share else plan


def invented(message: Message, fresh_id: str) -> Message:
    """A message that no customer sent, in the conversation and at the place of a real one."""
    return message._replace(server_message_id=fresh_id, text=TEXT)


def forger(app: App) -> App:
    """The same app with another secret: whatever the profile, its signature is well formed and wrong."""
    return msgspec.structs.replace(app, client_secret=f"not {app.client_secret}")

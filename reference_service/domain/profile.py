"""What a shop says of itself before it goes live: categories, policy, promises, reminders, size (R1.1 - R1.3, R2.1)."""

from typing import Annotated

import msgspec

from reference_service.domain.qualification import Category

Promise = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Categories = Annotated[tuple[Category, ...], msgspec.Meta(max_length=10)]
Policy = Annotated[str, msgspec.Meta(max_length=5000)]
Promises = Annotated[tuple[Promise, ...], msgspec.Meta(max_length=20)]
Concurrent = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class Reminders(msgspec.Struct, frozen=True):
    """How agents are reminded of new messages (消息提醒): by sound, on the desktop, and again after some seconds."""

    sound: bool = False
    desktop: bool = False
    again_after_s: Annotated[int, msgspec.Meta(ge=5, le=3600)] = 60

    @property
    def on(self) -> bool:
        """Whether anything reminds at all."""
        return self.sound or self.desktop


class ShopProfile(msgspec.Struct, frozen=True):
    """A setting like others, changed piece by piece by PATCH /shop."""

    categories: Categories = ()
    after_sale_policy: Policy = ""
    service_promises: Promises = ()
    reminders: Reminders = Reminders()
    expected_concurrent: Concurrent = 0  # consultations at one time, by the shop's own estimate

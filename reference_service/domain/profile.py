"""What a shop says of itself before it goes live: categories, policy, promises, size (R1.1 - R1.3)."""

from typing import Annotated

import msgspec

from reference_service.domain.qualification import Category

Promise = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Categories = Annotated[tuple[Category, ...], msgspec.Meta(max_length=10)]
Policy = Annotated[str, msgspec.Meta(max_length=5000)]
Promises = Annotated[tuple[Promise, ...], msgspec.Meta(max_length=20)]
Concurrent = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class ShopProfile(msgspec.Struct, frozen=True):
    """A setting like others, changed piece by piece by PATCH /shop."""

    categories: Categories = ()
    after_sale_policy: Policy = ""
    service_promises: Promises = ()
    expected_concurrent: Concurrent = 0  # consultations at one time, by the shop's own estimate

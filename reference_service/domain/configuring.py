"""A shop's settings: typed values with defaults, each one row that is replaced as a whole, with a version (R2.1).

A setting is a msgspec struct with a default for every field; register.py lists them all.
"""

from functools import cache
from typing import TypeVar, cast

import msgspec

from reference_service.domain.changes import Changes
from reference_service.domain.happenings import SettingPut
from reference_service.domain.records import Setting
from reference_service.domain.world import ShopFloor

S = TypeVar("S", bound=msgspec.Struct)


def setting(floor: ShopFloor, shape: type[S]) -> S:
    """The setting of this shape in force."""
    return cast(S, floor.settings.get(shape) or _default(shape))


def version(floor: ShopFloor, shape: type[msgspec.Struct]) -> int:
    """How often the setting was changed."""
    return floor.versions.get(shape, 0)


def put(floor: ShopFloor, value: msgspec.Struct, changes: Changes) -> int:
    """Replace a setting; its new version."""
    shape = type(value)
    floor.settings[shape] = value
    floor.versions[shape] = number = version(floor, shape) + 1
    text = msgspec.json.encode(value).decode()
    changes.keep(Setting(shop_id=floor.shop.id, name=shape.__name__, version=number, value=text))
    changes.tell(SettingPut(floor, shape))
    return number


def place(floor: ShopFloor, kept: Setting, shape: type[msgspec.Struct]) -> None:
    """Put a kept setting back."""
    floor.settings[shape] = msgspec.json.decode(kept.value, type=shape)
    floor.versions[shape] = kept.version


@cache
def _default(shape: type[msgspec.Struct]) -> msgspec.Struct:
    return shape()

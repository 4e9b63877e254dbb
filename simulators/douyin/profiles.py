"""The platform profiles the gateway speaks, by name."""

from collections.abc import Callable
from typing import Final

from simulators.douyin.open_im import OpenIm
from targets.platform import Platform

PROFILES: Final[dict[str, Callable[[], Platform]]] = {"open-im": OpenIm}


def profile(name: str) -> Platform:
    """The profile of that name; KeyError says which names there are."""
    try:
        return PROFILES[name]()
    except KeyError:
        raise KeyError(f"no platform profile {name!r}; there is {', '.join(sorted(PROFILES))}") from None

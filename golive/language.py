"""Chinese or English for what a person reads in the terminal, by GOLIVE_LANG, LC_ALL, LC_MESSAGES or LANG."""

import os
from collections.abc import Mapping


def chinese(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this person reads Chinese, as the first of those variables that is set says."""
    for name in ("GOLIVE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return value.lower().startswith("zh")
    return False


def say(zh: str, en: str) -> str:
    """The one of two texts that this person reads."""
    return zh if chinese() else en

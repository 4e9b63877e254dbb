"""Decodes JSON that somebody else wrote: whatever is wrong with it is one kind of error."""

from typing import TypeVar

import msgspec

T = TypeVar("T")
MAX_WHY = 300  # characters: an error text may quote what was sent


class Malformed(ValueError):
    """The text is no JSON, too deep, not Unicode, or not of the shape wanted; the message says which."""


def decode(decoder: msgspec.json.Decoder[T], data: bytes | str) -> T:
    """The value in a JSON text; raises Malformed."""
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Malformed(str(error)[:MAX_WHY]) from error

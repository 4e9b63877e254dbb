"""What may be done to the bytes of one push request, whatever messages it carries."""

from random import Random
from typing import NamedTuple

from history.scenario import Faults

_ESCAPES = ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026"))


class Guise(NamedTuple):
    """How one request looks."""

    bad_item: bool = False  # one item more that no receiver can understand; batches only
    html_escaped: bool = False  # < > & as \u003c \u003e \u0026, as Go writes JSON unless told otherwise


PLAIN = Guise()


class RequestFaults:
    """Draws the guise of each request; both shares draw once, so that one does not move the other."""

    def __init__(self, faults: Faults, rng: Random) -> None:
        self._bad_item, self._html_escaped, self._rng = faults.bad_item, faults.html_escaped, rng
        self._idle = not (self._bad_item or self._html_escaped)

    def next(self) -> Guise:
        """The guise of the next request."""
        if self._idle:
            return PLAIN
        return Guise(self._rng.random() < self._bad_item, self._rng.random() < self._html_escaped)


def html_escaped(body: bytes) -> bytes:
    """The same JSON in other bytes: in JSON these characters stand inside strings only."""
    for plain, escape in _ESCAPES:
        body = body.replace(plain, escape)
    return body

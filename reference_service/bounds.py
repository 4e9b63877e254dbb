"""The bounds that many inputs share: every number a caller sends fits a row, every name a line (LIMIT-1)."""

from typing import Annotated, Final

import msgspec

MOST: Final = 2**53 - 1  # what every JSON reader can hold
Id = Annotated[str, msgspec.Meta(max_length=64)]
Version = Annotated[int, msgspec.Meta(ge=0, le=MOST)]
Moment = Annotated[float, msgspec.Meta(ge=0, le=253402300799)]  # Unix seconds, to the end of the year 9999
Secret = Annotated[str, msgspec.Meta(max_length=1024)]  # a token or session id

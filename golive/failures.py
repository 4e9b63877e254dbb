"""How golive says that something is wrong, and the exit codes it ends with (design: gates, verdict, exit codes)."""

from typing import Final

GO: Final = 0
NO_GO: Final = 1
USAGE: Final = 2
INVALID: Final = 3
HARNESS: Final = 4


class Failure(Exception):
    """Something a person must know: what, where, and what to do about it. `code` is the exit code."""

    def __init__(self, text: str, code: int = HARNESS) -> None:
        super().__init__(text)
        self.code = code


class Usage(Failure):
    """The command or a file it names is wrong."""

    def __init__(self, text: str) -> None:
        super().__init__(text, USAGE)

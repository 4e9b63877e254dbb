"""`golive adapter check`: started as a process of its own, which is ended where it hangs."""

import contextlib
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

from golive.failures import HARNESS, Failure

MOST_S: Final = 900.0  # every line's own limit is far below
PROGRAM: Final = ("-m", "suites.binding")
_GOODBYE_S: Final = 15.0


def check(words: Sequence[str], program: Sequence[str] = PROGRAM, most_s: float = MOST_S) -> int:
    """The check's exit code: 0 bound, 1 not bound, 2 usage, 4 anything else. Raises Failure where it never ends."""
    process = subprocess.Popen([sys.executable, *program, *words], stdin=subprocess.DEVNULL)
    try:
        code = process.wait(most_s)
    except subprocess.TimeoutExpired:
        raise Failure(
            f"the check did not end within {most_s:g} s: does the adapter's file hang when it is imported?"
        ) from None
    except KeyboardInterrupt:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GOODBYE_S)  # it was interrupted, too, and removes its test data
        raise
    finally:
        process.kill()
        process.wait()
    return code if 0 <= code <= HARNESS else HARNESS

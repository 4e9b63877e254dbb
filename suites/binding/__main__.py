"""`python -m suites.binding --target NAME`: what `golive adapter check` starts."""

import argparse
import asyncio
import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from random import SystemRandom
from typing import Final

from rich.cells import set_cell_size
from rich.console import Console
from rich.text import Text

from golive.failures import GO, HARNESS, NO_GO, Failure, Usage
from golive.language import say
from simulators.douyin.profiles import ProfileError, absolute
from suites.binding.bench import PATIENCE_S, Bench
from suites.binding.blocked import watched
from suites.binding.checklist import gone_through
from suites.binding.line import MARKS, Line, explained, hidden, verdict
from suites.opening import open_lab
from suites.setting import Setting, setting

OPENING: Final = 9  # times the patience, for open() and the start of what is hosted
STANDSTILL: Final = 3
_COLOURS: Final = {"ok": "green", "wrong": "red", "left": "yellow"}
_REACH: Final = ("连接", "reach")
_LOOP: Final = ("事件循环", "event loop")


def main(words: Sequence[str], console: Console) -> int:
    """The exit code: 0 bound, 1 not bound, 2 usage, 4 the harness failed."""
    parser = argparse.ArgumentParser(prog="golive adapter check")
    parser.add_argument("--target", required=True)
    parser.add_argument("--golive-toml", type=Path, default=Path("golive.toml"))
    parser.add_argument("--sample", type=Path, default=Path("samples/push.json"))
    parser.add_argument("--platform", default="")
    parser.add_argument("--patience", type=float, default=PATIENCE_S)
    asked = parser.parse_args(words)
    try:
        to = setting(asked.target, asked.golive_toml, patience_s=asked.patience)
        platform = asked.platform and absolute(asked.platform, Path())
        with tempfile.TemporaryDirectory(prefix="golive-check-") as folder:
            return asyncio.run(check(to, Path(folder), asked.sample, console, platform))
    except KeyboardInterrupt:
        return HARNESS
    except (Failure, ProfileError) as failure:
        console.print(Text(f"golive: {failure}", style="red"), soft_wrap=True)
        return failure.code if isinstance(failure, Failure) else Usage("").code
    except Exception:  # golive's own error: no line of the check
        traceback.print_exc()
        return HARNESS


async def check(to: Setting, folder: Path, sample: Path, console: Console, platform: str = "") -> int:
    """Open a lab on the target, go through the list, and print each line as it is known. Raises Failure."""
    shown: list[Line] = []

    def show(line: Line) -> None:
        shown.append(line)
        for text in told(line):
            console.print(Text(hidden(str(text), to.secrets.values()), style=text.style), soft_wrap=True)

    def blocked(where: str) -> None:
        show(Line("loop", _LOOP, "wrong", f"everything stands still at {where}", "await it, or asyncio.to_thread(...)"))
        code = concluded(shown, console)
        sys.stdout.flush()
        os._exit(code)  # the loop will never hear of anything

    with watched(blocked, STANDSTILL * to.patience_s):
        await _checked(to, folder, sample, show, platform)
    return concluded(shown, console)


async def _checked(to: Setting, folder: Path, sample: Path, show: Callable[[Line], None], platform: str) -> None:
    within_s = OPENING * to.patience_s
    opening = asyncio.timeout(within_s)
    try:
        async with opening, open_lab(to, folder, name="check", platform=platform) as lab:
            opening.reschedule(None)
            offers = ", ".join(sorted(lab.offers)) or "nothing more"
            show(Line("reach", _REACH, "ok", f"{' '.join(lab.version)} over {lab.spec.platform_name}; offers {offers}"))
            async for line in gone_through(Bench(lab, sample, SystemRandom())):
                show(line)
    except (Failure, ProfileError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise Usage(f"the gateway cannot listen ({error}): free that port, or change gateway_port") from error
        hung = f"open() did not end within {within_s:g} s", "give every call of the adapter a timeout"
        seen, do = hung if opening.expired() else explained(error)
        show(Line("reach", _REACH, "wrong", seen, do))


def told(line: Line) -> list[Text]:
    """A line for the terminal, and what to do below it."""
    title = set_cell_size(say(*line.title), 24)
    texts = [Text(f"{MARKS[line.state]} {title} {line.seen}", style=_COLOURS[line.state])]
    return [*texts, Text(f"    → {line.do}", style="bold")] if line.do else texts


def concluded(lines: Sequence[Line], console: Console) -> int:
    """The last line, and the exit code."""
    wrong, left = (sum(line.state == state for line in lines) for state in ("wrong", "left"))
    if verdict(lines) == "ok":
        console.print(say(f"适配器可用;{left} 项未验证。", f"The adapter is bound; {left} lines are not verified."))
        return GO
    console.print(say(f"适配器还不可用:{wrong} 处不对。", f"The adapter is not bound yet: {wrong} wrong."))
    return NO_GO if wrong else HARNESS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Console(highlight=False)))

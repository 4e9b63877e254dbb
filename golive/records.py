"""The records that workers on other hosts bring to the gateway when the customers have left."""

import time
from pathlib import Path

from golive.crowd import Crowd
from golive.language import say

RECORDS_S = 30.0  # so long the gateway stays up for them
LOOK_S = 0.1


def owed(crowd: Crowd, history: Path) -> list[str]:
    """The streams that have not come."""
    return [name for name in crowd.streams() if not (history / f"{name}.arrows").exists()]


def wait_for(crowd: Crowd, history: Path, run: str) -> str:
    """Wait until every host has brought its record; what to tell a person where one does not, else ""."""
    deadline = time.monotonic() + RECORDS_S
    while (late := owed(crowd, history)) and time.monotonic() < deadline:
        time.sleep(LOOK_S)
    if not late:
        return ""
    names, command = ", ".join(late), f"golive gather runs/{run} FILE…"
    return say(
        f"没有收到 {names} 的记录。若它还在那台主机上:  {command}",
        f"no record came from {names}. If it is on its host still:  {command}",
    )

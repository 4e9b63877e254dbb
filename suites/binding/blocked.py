"""Notices an adapter that blocks the event loop: then no timeout can end anything, and a thread must say so."""

import asyncio
import sys
import sysconfig
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_LIBRARIES: Final = (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), "<frozen")


@contextmanager
def watched(blocked: Callable[[str], None], patience_s: float) -> Iterator[None]:
    """Inside the block, `blocked` is called from a thread with the line that the loop has stood at for so long."""
    loop, done, here = asyncio.get_running_loop(), threading.Event(), threading.get_ident()

    def watch() -> None:
        while not done.is_set():
            beat = threading.Event()
            loop.call_soon_threadsafe(beat.set)
            if not beat.wait(patience_s) and not done.is_set():
                blocked(_where(here))
                return
            done.wait(patience_s / 10)

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        done.set()


def _where(thread: int) -> str:
    """The innermost line that is nobody's library: the adapter's, most likely."""
    frames = traceback.extract_stack(sys._current_frames()[thread])
    own = [frame for frame in frames if not frame.filename.startswith(_LIBRARIES)] or list(frames)
    return f"{own[-1].filename}:{own[-1].lineno} ({own[-1].line})" if own else "an unknown line"

"""What a running rehearsal looks like so far: one incremental join over the growing streams.

For the eye only: verdicts come from reports/, after the drain.
"""

from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa

from history.clock import identity
from history.reader import BadStream, Tail

WINDOW_NS = 10_000_000_000


class Samples:
    """Latencies (ns) of the last ten seconds, for p50 and p99."""

    def __init__(self) -> None:
        self._items: deque[tuple[int, int]] = deque()

    def add(self, t: int, latency: int) -> None:
        """One sample that ended at t."""
        self._items.append((t, latency))

    def quantiles(self, now: int, enough: int = 1) -> tuple[float, float] | None:
        """(p50, p99) in seconds over the window, None with fewer samples than `enough`."""
        while self._items and self._items[0][0] < now - WINDOW_NS:
            self._items.popleft()
        if len(self._items) < enough:
            return None
        ordered = sorted(latency for _, latency in self._items)
        return ordered[len(ordered) // 2] / 1e9, ordered[int((len(ordered) - 1) * 0.99)] / 1e9


class Live:
    """The join. Feed it rows in any stream order; a row that comes before its partner waits for it."""

    def __init__(self) -> None:
        self.deaths: list[str] = []  # what other processes than golive told of the dead
        self.sent = self.taken = self.shown = self.replies = self.dropped = self.listed_seen = self.gave_up = 0
        self.phase = ""
        self.phases: dict[str, int] = {}
        self.open: dict[str, None] = {}
        self.to_agent, self.to_customer = Samples(), Samples()
        self.lags: dict[str, deque[int]] = {}
        self.recent: deque[tuple[int, int]] = deque()
        self._pushed: dict[str, int] = {}
        self._seen: set[str] = set()
        self._acknowledged: set[str] = set()
        self._early: dict[str, int] = {}  # shown, as far as read, before it was pushed
        self._answered: dict[str, int] = {}
        self._received: dict[str, int] = {}
        self._handlers: dict[str, Callable[[int, str, str, str], None]] = {
            "sent": self._sent,
            "accepted": self._taken,
            "died": self._died,
            "pushed": self._push,
            "acknowledged": self._acknowledge,
            "shown": self._shown,
            "withheld": self._shown,
            "assigned": self._assigned,
            "released": self._released,
            "answered": self._answer,
            "received": self._receive,
            "dropped": self._dropped,
            "undelivered": self._gave_up,
            "phase": self._phase,
        }

    @property
    def messages(self) -> int:
        """What customers sent, or, where their hosts bring their records only at the end, what the gateway took."""
        return max(self.sent, self.taken)

    @property
    def unaccounted(self) -> int:
        """Messages acknowledged by the target that no agent has seen yet."""
        return len(self._acknowledged)

    def feed(self, stream: str, rows: Iterator[tuple[int, str, str, str, int, str]]) -> None:
        """Take rows (t, kind, conversation, message, n, note) of one stream."""
        lags = self.lags.setdefault(stream, deque(maxlen=200))
        for t, kind, conversation, message, n, note in rows:
            if kind == "lag":
                lags.append(n)
            elif handler := self._handlers.get(kind):
                handler(t, conversation, message, note)

    def _phase(self, t: int, _conversation: str, _message: str, note: str) -> None:
        self.phase = note
        self.phases.setdefault(note, t)

    def _sent(self, _t: int, _conversation: str, _message: str, _note: str) -> None:
        self.sent += 1

    def _taken(self, _t: int, _conversation: str, _message: str, _note: str) -> None:
        self.taken += 1

    def _died(self, _t: int, _conversation: str, _message: str, note: str) -> None:
        if not note.startswith("exit "):
            self.deaths.append(note)

    def _dropped(self, _t: int, _conversation: str, _message: str, _note: str) -> None:
        self.dropped += 1

    def _gave_up(self, _t: int, _conversation: str, _message: str, _note: str) -> None:
        self.gave_up += 1

    def _acknowledge(self, _t: int, _conversation: str, message: str, _note: str) -> None:
        if message not in self._seen:
            self._acknowledged.add(message)

    def _assigned(self, _t: int, conversation: str, _message: str, _note: str) -> None:
        self.open[conversation] = None

    def _released(self, _t: int, conversation: str, _message: str, note: str) -> None:
        if note.startswith("resolved"):
            self.open.pop(conversation, None)

    def _push(self, t: int, _conversation: str, message: str, _note: str) -> None:
        if message in self._early:
            self.to_agent.add(self._early[message], self._early.pop(message) - t)
        elif message not in self._seen:
            self._pushed.setdefault(message, t)

    def _shown(self, t: int, conversation: str, message: str, note: str) -> None:
        self.open[conversation] = None
        self.listed_seen += note == "listed"
        self._acknowledged.discard(message)
        if message in self._seen:
            return
        self._seen.add(message)
        self.shown += 1
        if message in self._pushed:
            self.to_agent.add(t, t - self._pushed.pop(message))
        else:
            self._early[message] = t

    def _answer(self, t: int, _conversation: str, message: str, _note: str) -> None:
        if message in self._received:
            self.to_customer.add(self._received[message], self._received.pop(message) - t)
        else:
            self._answered[message] = t

    def _receive(self, t: int, _conversation: str, message: str, note: str) -> None:
        self.replies += 1
        self.listed_seen += note == "listed"
        if message in self._answered:
            self.to_customer.add(t, t - self._answered.pop(message))
        elif message:
            self._received[message] = t

    def rate(self, now: int) -> float:
        """Customer messages a second over the last few polls."""
        self.recent.append((now, self.messages))
        while len(self.recent) > 2 and self.recent[0][0] < now - WINDOW_NS // 2:
            self.recent.popleft()
        (t0, n0), (t1, n1) = self.recent[0], self.recent[-1]
        return (n1 - n0) / ((t1 - t0) / 1e9) if t1 > t0 else 0.0

    def worst_lag_s(self) -> float:
        """The largest p99 of loop lag of any harness process, over its last ten seconds."""
        worst = 0
        for samples in filter(None, self.lags.values()):
            ordered = sorted(samples)
            worst = max(worst, ordered[int((len(ordered) - 1) * 0.99)])
        return worst / 1e6


class Follower:
    """Tails every stream of a history folder into a Live."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.live = Live()
        self._tails: dict[Path, Tail] = {}
        self._ahead: dict[str, int] = {}  # ns to add to another host's times

    def poll(self) -> Live:
        """Take in what has been written since; streams may appear at any time."""
        for path in sorted(self.folder.glob("*.arrows")):
            tail = self._tails.setdefault(path, Tail(path))
            try:
                for batch in tail.poll():
                    self._feed(path.stem, tail, batch)
            except (BadStream, OSError):  # judged, and said, after the run
                continue
        return self.live

    def _feed(self, stream: str, tail: Tail, batch: pa.RecordBatch) -> None:
        """Another host's times are moved by what its clock was found to be off; until that is known, none is shown."""
        rows = list(_rows(batch))
        if tail.header and tail.header.clock != identity():
            self._ahead.update((stream, row[4]) for row in rows if row[1] == "clock")
            if tail.header.clock and stream not in self._ahead:
                return
            ahead = self._ahead.get(stream, 0)
            rows = [(row[0] + ahead, *row[1:]) for row in rows]
        self.live.feed(stream, iter(rows))


def _rows(batch: pa.RecordBatch) -> Iterator[tuple[int, str, str, str, int, str]]:
    columns = [batch[name].to_pylist() for name in ("t", "kind", "conversation", "message", "n", "note")]
    return zip(*columns, strict=True)

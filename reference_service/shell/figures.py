"""What happens often is counted where it happens, in plain counters: a third of a microsecond each."""

from collections import Counter

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Figures:
    """`commit` and `lag` observe seconds; the counters count by outcome."""

    def __init__(self) -> None:
        self.taken = Counter[str]()
        self.calls = Counter[str]()
        self.deliveries = Counter[str]()
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.commit = self._histogram("golive_commit_seconds", "From a group commit's begin to its end")
        self.lag = self._histogram("golive_loop_lag_seconds", "How late the event loop was, five times a second")

    def _histogram(self, name: str, words: str) -> Histogram:
        return Histogram(name, words, buckets=SECONDS, registry=self.registry)

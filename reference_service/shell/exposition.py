"""What Prometheus may read of this process: figures without the name of a shop, a person or a customer.

What was counted where it happened (figures.py), and what can be seen in the state when somebody asks.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from reference_service.shell.engine import Engine


def text(engine: Engine) -> bytes:
    """All of it now, in Prometheus' text format."""
    return generate_latest(_All(engine.figures.registry, engine))


class _All:
    def __init__(self, registry: CollectorRegistry, engine: Engine) -> None:
        self._registry, self._engine = registry, engine

    def collect(self) -> Iterator[Metric]:
        yield from self._registry.collect()
        yield from counted(self._engine)
        yield from seen(self._engine)


def counted(engine: Engine) -> Iterator[Metric]:
    """What was counted since the start."""
    figures = engine.figures
    yield _family("golive_messages", "Events of the platforms, by what became of them", "outcome", figures.taken)
    yield _family("golive_platform_calls", "Attempts to send a reply, by outcome", "outcome", figures.calls)
    yield _family("golive_event_attempts", "Attempts to deliver an outbound event", "outcome", figures.deliveries)
    yield _family("golive_limit_hits", "Refusals, by the limit that was reached", "limit", engine.limits.hits)


def seen(engine: Engine) -> Iterator[Metric]:
    """What the state shows."""
    world, states, steps = engine.world, Counter[str](), Counter[str]()
    for thread in world.threads.values():
        states[thread.conversation.state] += 1
        steps.update(message.step for message in thread.outbox)
    yield _gauges("golive_conversations", "Conversations, by state", "state", states)
    yield _gauges("golive_outbox", "Replies on their way to the platform, by step", "step", steps)
    floors = world.floors.values()
    yield GaugeMetricFamily(
        "golive_queue_length", "Conversations that wait for an agent", sum(len(f.queue) for f in floors)
    )
    yield GaugeMetricFamily("golive_devices", "Connected devices", len(engine.hub.all()))
    yield GaugeMetricFamily("golive_inbox", "Webhooks that wait for their commit", engine.inbox.waiting)
    waiting = sum(sum(floor.undelivered.values()) for floor in floors)
    yield GaugeMetricFamily("golive_events_waiting", "Outbound events to be delivered", waiting)


def _family(name: str, words: str, label: str, counts: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, words, labels=[label])
    for value, number in counts.items():
        family.add_metric([value], number)
    return family


def _gauges(name: str, words: str, label: str, counts: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, number in counts.items():
        family.add_metric([value], number)
    return family

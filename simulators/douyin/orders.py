"""The story of a customer's order, told step by step while they chat. Pure."""

from random import Random
from typing import Final, NamedTuple

from targets.platform import Order, OrderStep

ORDER: Final = 4_712_345_680_779_000_000  # ids count from here: beyond 2^53, so that neighbours are one as a float
STORIES: Final[tuple[tuple[OrderStep, ...], ...]] = (
    ("created", "paid", "shipped", "finished"),
    ("created", "cancelled"),
    ("created", "paid", "shipped", "refund_asked", "refund_agreed", "refund_done"),
    ("created", "paid", "shipped", "refund_asked", "refund_refused", "finished"),
)


class Step(NamedTuple):
    """One step, so many seconds after the story began."""

    after_s: float
    order: Order


def story(order: int, step_s: float, rng: Random) -> list[Step]:
    """The steps of an order with that id, `step_s` seconds apart on average; a refund has the next id for its own."""
    at, steps = 0.0, []
    for step in rng.choice(STORIES):
        at += rng.uniform(0.5, 1.5) * step_s
        steps.append(Step(at, Order(step, order, order + 1 if step.startswith("refund") else 0)))
    return steps

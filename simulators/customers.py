"""One customer's mind: what they write next, how a reply leaves them, the stars they give. Pure; rng is an argument.

The people are simulated (模拟): satisfaction figures that follow from this module say nothing about real customers.
"""

from collections.abc import Mapping
from random import Random
from typing import NamedTuple

from fixtures.dialogues import CLOSING, Intent
from fixtures.evasions import hide
from fixtures.people import Order, nickname, order
from fixtures.script import BUNDLED, Script
from history.scenario import Customers
from history.tokens import find, is_automatic

BURST = (2, 5)  # messages of a burst, each count equally likely
BURST_S = 1.0  # they all come within this time
READ_SHARE = 0.1  # of replies that are confirmed by a read receipt; the platform sends only the newest anyway
PATIENCE_S = 60.0  # a longer wait for a reply annoys (R5.1)


class Customer(NamedTuple):
    """Who writes; the same seed and number make the same person."""

    id: str
    shop: str
    nick: str
    vip: bool
    order: Order


class Memory(NamedTuple):
    """What a customer saw so far. `mood` is 0 (furious) to 1 (delighted)."""

    intent: str = ""  # of the newest turn
    replies: int = 0
    helped: bool = False  # the newest reply fitted the newest turn
    mood: float = 0.8


class Turn(NamedTuple):
    """What is written now: one text, or a burst."""

    intent: str
    texts: tuple[str, ...]


def customer(seed: int, number: int, shop: str, vip_share: float) -> Customer:
    """The customer of this number in a shop; about `vip_share` of them are VIP (repeat buyers, R3.2)."""
    vip = Random(f"{seed}/vip/{number}").random() < vip_share
    return Customer(f"c{number:05d}", shop, nickname(seed, number, vip), vip, order(seed, number))


def burst(share: float, rng: Random) -> tuple[float, ...]:
    """When the messages of one turn come, seconds after its first: one message, or with `share` a burst of 2-5."""
    if rng.random() >= share:
        return (0.0,)
    rest = (rng.uniform(0.0, BURST_S) for _ in range(rng.randint(*BURST) - 1))
    return (0.0, *sorted(rest))


def messages_per_turn(share: float) -> float:
    """The mean length of `burst(share, …)`."""
    return 1.0 - share + share * sum(BURST) / 2


def speak(
    who: Customer, memory: Memory, habits: Customers, size: int, last: bool, rng: Random, script: Script = BUNDLED
) -> Turn:
    """The next turn, of `size` messages; the `last` of a visit says goodbye."""
    intents = script.dialogues.intents
    intent = CLOSING if last else _next_intent(memory, intents, rng)
    lines = (line.format_map(who.order._asdict()) for line in intents[intent].draw(size, rng))
    return Turn(intent, tuple(_worded(line, habits, script, rng) for line in lines))


def react(memory: Memory, reply: str, waited_s: float, script: Script = BUNDLED) -> Memory:
    """The memory after a reply that came `waited_s` (business seconds) after the question.

    A greeting, or another text the target sends by itself, is no answer, and annoys nobody.
    """
    fitting = script.dialogues.intents[memory.intent].agent if memory.intent else ("",)
    helped = any(line in reply for line in fitting)
    if not helped and is_automatic(find(reply)):
        return memory
    change = (0.05 if helped else -0.2) - (0.2 if waited_s > PATIENCE_S else 0.0)
    return Memory(memory.intent, memory.replies + 1, helped, min(1.0, max(0.0, memory.mood + change)))


def remember(memory: Memory, turn: Turn) -> Memory:
    """The memory after having written a turn."""
    return memory._replace(intent=turn.intent, helped=False)


def stars(memory: Memory, rng: Random) -> int:
    """1 to 5 stars by mood, one star of chance; nobody who was never answered is satisfied."""
    if memory.replies == 0:
        return rng.choice((1, 2, 3))
    return min(5, max(1, round(1 + 4 * memory.mood + rng.uniform(-0.5, 0.9))))


def _next_intent(memory: Memory, intents: Mapping[str, Intent], rng: Random) -> str:
    """By the fixtures' weights, with thanks likelier after help, complaints and calls for a human likelier without."""
    weights = {name: intent.weight for name, intent in intents.items()}
    if not memory.intent:
        likelier = {"thanks": 0.0}
    elif memory.helped:
        likelier = {"thanks": 3.0}
    else:
        likelier = {"complaint": 4.0, "human": 4.0} if memory.mood < 0.5 else {}
    for name in likelier.keys() & weights.keys():
        weights[name] *= likelier[name]
    if not any(weights.values()):  # a shop whose customers only ever give thanks
        return next(name for name, intent in intents.items() if intent.weight)
    return rng.choices(tuple(weights), tuple(weights.values()))[0]


def _worded(line: str, habits: Customers, script: Script, rng: Random) -> str:
    """The clean line, or with `listed_share` the line and one listed word behind it, hidden somehow."""
    return f"{line}，{hide(rng.choice(script.words.words), rng)}" if rng.random() < habits.listed_share else line

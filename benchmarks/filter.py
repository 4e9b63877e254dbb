"""What the sensitive-word filter costs: `python -m benchmarks.filter [--seconds S]`, in this process, on one core.

Clean Chinese messages of 50 characters, cut from the bundled dialogues, are judged against 10,000 words of two to four
characters, none of which stands in them: plain, and with all normalising on (pinyin, initials and an alias for every
word, Latin words with look-alikes, an allow list, contacts). Messages that hold a disguised word are judged beside. The
time of texts four times as long is compared with that of the short ones, on texts made to be slow; compiling is timed,
and how long the event loop waits for it. CPU time, the best of several rounds: the machine's other work counts as
little as may be. Exit code 1 when a target of docs/performance.md is missed.
"""

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Callable, Sequence

from fixtures.dialogues import BUNDLED
from reference_service.filtering import judging
from reference_service.filtering.contacts import ContactRule
from reference_service.filtering.sounds import is_chinese
from reference_service.filtering.words import Contacts, Word, WordFilter

TARGETS = {"plain_per_s": 60_000.0, "all_per_s": 15_000.0, "growth": 8.0, "stall_ms": 100.0}
WORDS, MESSAGES, LENGTH = 10_000, 3_000, 50
EVERY = Contacts(ContactRule(), ContactRule(), ContactRule(), ContactRule())
SLOW = {  # texts that keep every automaton and rule busy
    "one listed character": "甲",
    "listed and allowed, each cut by the next": "乙丙",
    "separators": "甲.",
    "repeats": "丁丁戊",
    "look-alikes": "ѵх",
    "pinyin": "jia3 yi",
    "digits": "1-3 8.",
    "dots": "a.b-",
    "marks": "甲\u20dd\u200b",
    "mail": "a.a@",
}
HOSTILE = WordFilter(
    [Word("甲乙", pinyin=True), Word("甲"), Word("乙丙", boundary=False), Word("丁戊丁"), Word("vx", repeats=True)],
    ["乙丙乙", "甲甲"],
    contacts=EVERY,
)


def messages(rng: random.Random) -> list[str]:
    """Messages of 50 characters, as customers and agents write them."""
    lines = [line for intent in BUNDLED.intents.values() for line in (*intent.customer, *intent.agent)]
    whole = [line for line in lines if "{" not in line]
    return ["".join(rng.choices(whole, k=20))[:LENGTH] for _ in range(MESSAGES)]


def listed(rng: random.Random, count: int, texts: Sequence[str]) -> list[str]:
    """Different words of the characters that the texts have; none is found in one of them."""
    characters = sorted(filter(is_chinese, set("".join(texts))))
    words: dict[str, None] = {}
    while len(words) < count * 2:
        words["".join(rng.choices(characters, k=rng.choice((2, 3, 3, 4))))] = None
    every = WordFilter([Word(word) for word in words])
    found = {hit.word.word for text in texts for hit in every.find(text)}
    return [word for word in words if word not in found][:count]


def cpu_of(work: Callable[[], object], seconds: float) -> float:
    """Seconds of CPU that work takes, the best of as many rounds as fit, three at least."""
    times: list[float] = []
    until = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < until:
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def judged_per_s(words: WordFilter, texts: Sequence[str], seconds: float) -> float:
    """Messages judged in a second of CPU."""
    return len(texts) / cpu_of(lambda: [judging.check(words, text, "to_agent") for text in texts], seconds)


def growth(seconds: float) -> tuple[float, str]:
    """How many times as long the worst kind of text takes when it is four times as long; which kind that is."""

    def cost(unit: str, length: int) -> float:
        text = (unit * length)[:length]
        return cpu_of(lambda: judging.check(HOSTILE, text, "to_agent"), seconds / len(SLOW) / 2)

    return max((cost(unit, 10_000) / cost(unit, 2_500), name) for name, unit in SLOW.items())


async def stall(words: Sequence[Word]) -> tuple[float, float]:
    """Seconds of CPU that compiling takes in a thread, and the most it took while the event loop waited for a turn."""
    begun = last = time.process_time()
    compiling = asyncio.create_task(asyncio.to_thread(WordFilter, words))
    worst = 0.0
    while not compiling.done():
        await asyncio.sleep(0.001)
        now = time.process_time()
        worst, last = max(worst, now - last), now
    return last - begun, worst


def main() -> int:
    """Every figure; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each figure")
    seconds = parser.parse_args().seconds
    rng = random.Random(618)
    texts = messages(rng)
    words = listed(rng, WORDS, texts)
    plain = WordFilter([Word(word) for word in words])
    sounded = [Word(word, pinyin=True, initials=True, aliases=(f"{word}甲",)) for word in words]
    latin = [Word(word) for word in ("vx", "wechat", "telegram")]
    everything = WordFilter([*sounded, *latin], ["微信支付"], contacts=EVERY)
    assert not any(words.find(text) for words in (plain, everything) for text in texts)
    hiding = [f"{text[:20]}{word[0]}. {word[1:]}{text[20:]}" for text, word in zip(texts, words, strict=False)]
    factor, slowest = growth(seconds)
    many = [f"{word}{words[(at + shift) % WORDS]}" for shift in range(5) for at, word in enumerate(words)]
    took, worst = asyncio.run(stall([Word(word) for word in many]))
    result = {
        "plain_per_s": judged_per_s(plain, texts, seconds),
        "all_per_s": judged_per_s(everything, texts, seconds),
        "plain_with_a_word_per_s": judged_per_s(plain, hiding, seconds),
        "growth": factor,
        "stall_ms": worst * 1000,
        "compile_50000_s": took,
    }
    print("  ".join(f"{name} {value:,.1f}" for name, value in result.items()), f"(slowest: {slowest})")
    missed = [name for name in ("plain_per_s", "all_per_s") if result[name] < TARGETS[name]]
    missed += [name for name in ("growth", "stall_ms") if result[name] > TARGETS[name]]
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())

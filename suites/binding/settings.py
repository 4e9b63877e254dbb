"""What a shop may be set to, tried once each: filter, words, hours, automatic texts."""

from typing import Any, Final

from fixtures.automatic import automatic as texts_of
from fixtures.script import BUNDLED
from history.scenario import Business
from suites.binding.bench import Bench
from suites.binding.line import Wrong
from targets.interface import FilterVerdict, Hours, WordRule, Words

_OWN_WORD: Final = "天王盖地虎"
_CLEAN: Final = "您好，请问什么时候发货"


async def filter_(bench: Bench) -> str:
    """A clean text passes both ways, a word of the run's list does not reach the customer."""
    for to in ("customer", "agent"):
        (clean,) = await _verdicts(bench, [_CLEAN], to)
        if (clean.action, clean.text) != ("pass", _CLEAN):
            raise Wrong(f"{_CLEAN!r} to the {to}: {clean}", "a clean text passes as it is")
    listed = f"请加{bench.lab.run.words[0].word}谢谢"
    (verdict,) = await _verdicts(bench, [listed], "customer")
    if verdict.action not in ("mask", "block") or not verdict.hits:
        raise Wrong(f"{listed!r} to the customer: {verdict}", "give the target's filter the list run.words (rule 8)")
    spans = [listed[hit.start : hit.end] for hit in verdict.hits]
    if bench.lab.run.words[0].word not in spans:
        raise Wrong(f"the hits cover {spans}", "offsets are code points of the text, the end exclusive")
    return f"clean text passes, a listed word is {verdict.action}ed"


async def words(bench: Bench) -> str:
    """A word put on the list does not reach the customer from then on; then the run's own list is set again."""
    target, shop = _target(bench), bench.shop.target
    own = tuple(WordRule(each.word) for each in bench.lab.run.words)
    await target.configure(shop, Words((*own, WordRule(_OWN_WORD))))
    sent = await bench.desk.reply(bench.conversation, f"暗号{_OWN_WORD}")
    leaked = bench.desk.last_text
    await target.configure(shop, Words(own))
    await bench.desk.reply(bench.conversation, "好的呢")
    await bench.customer.receives(bench.desk.last_text)
    if any(_OWN_WORD in each.text for each in bench.customer.received):
        raise Wrong(
            f"{leaked!r} reached the customer ({sent.outcome})", "configure() returns once the list is in force"
        )
    return f"a reply with a new word: {sent.outcome} {sent.code}".strip()


async def hours(bench: Bench) -> str:
    """In a week without hours the text is said; then the shop is open all day, every day."""
    target, shop = _target(bench), bench.shop.target
    text = f"现在是休息时间 {bench.lab.mark()}"
    await target.configure(shop, Hours(days=dict.fromkeys(Hours().week()), off_text=text))
    customer, _ = await bench.talk("几点上班")
    await customer.receives(text)
    await target.configure(shop, Hours("00:00", "24:00"))
    return "outside the hours the customer was told so"


async def automatic(bench: Bench) -> str:
    """A visit is greeted word for word."""
    texts = texts_of(bench.lab.spec.number, BUNDLED, Business(automatic=True, complaints=True))
    await _target(bench).automatic(bench.shop.target, texts)
    customer, _ = await bench.talk("你好")
    got = await customer.receives(texts.welcome.rpartition(" ")[2])
    if got.text != texts.welcome:
        raise Wrong(f"greeted with {got.text!r}, asked for was {texts.welcome!r}", "say the texts word for word")
    return "a new customer was greeted, word for word"


async def _verdicts(bench: Bench, texts: list[str], to: str) -> list[FilterVerdict]:
    told = await _target(bench).check_texts(bench.shop.target, texts, to)
    if len(told) != len(texts) or not all(isinstance(each, FilterVerdict) for each in told):
        raise Wrong(f"check_texts() of {len(texts)} gave {told!r}", "give one FilterVerdict a text, in order")
    return list(told)


def _target(bench: Bench) -> Any:
    return bench.lab.target

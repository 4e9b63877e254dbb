"""What the bot does with what a customer asks: answer, hand over to a person, or keep silent; pure (R3.1, BOT-1).

mode     a visit begins with   the knowledge base covers it        doubt
off      a person              silent, but to promoted questions   silent
assist   a person              answered, beside the person         silent: a person has it already
first    the bot               answered                            handed over to a person

Doubt is: a person is wanted, a complaint, the same again, too many answers already, no text, several answers, none.
Once a person has replied in a visit the assisting bot answers only what is asked word for word, and a bot that has
handed a visit over is silent in it: the person knows more. A mere greeting or thanks is answered by nobody.
"""

from collections.abc import Sequence
from typing import Annotated, Final, Literal, NamedTuple

import msgspec

from reference_service.domain.articles import Article, Knowledge
from reference_service.domain.questions import asks, is_small_talk, likeness, normal, plain, words

Why = Literal[
    "requested", "complaint", "repeated", "enough", "not_text", "not_covered", "unsure", "listed", "failed", "busy",
    "silence", "off", "person", "declined",
]  # fmt: skip
Scene = Literal["bot", "faq"]
Phrase = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
Phrases = Annotated[tuple[Phrase, ...], msgspec.Meta(max_length=100)]
CLOSE: Final = 0.1  # two articles whose confidence differs by less, and whose answers differ, leave the bot unsure


class Bot(msgspec.Struct, frozen=True):
    """A shop's bot: from what likeness (`confidence`) a wording fits, how long a customer waits for it, and so on."""

    mode: Literal["off", "assist", "first"] = "off"
    promoted: bool = True  # answer promoted questions also when off
    confidence: Annotated[float, msgspec.Meta(ge=0.5, le=1)] = 0.75
    answers: Annotated[int, msgspec.Meta(ge=1, le=20)] = 3  # of a visit, then a person is fetched
    patience_s: Annotated[float, msgspec.Meta(ge=1, le=30)] = 20.0
    hand_over_words: Phrases = ("转人工", "人工", "真人", "找客服", "转客服", "活人")
    complaint_words: Phrases = ("投诉", "举报", "差评", "曝光", "消协", "12315", "骗子", "假货", "起诉", "维权")


class Asked(NamedTuple):
    """What a customer said since the last answer. `alone`: the conversation is the bot's; `person`: one has replied."""

    seqs: tuple[int, ...]
    texts: tuple[str, ...]  # greetings and thanks left out where there is more
    alone: bool = False
    person: bool = False
    wordless: bool = False  # a picture or card is part of it
    several: bool = False  # more than one of its messages is a question
    answered: int = 0  # so many answers of the bot in this visit
    last: str = ""  # what it answered last

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.texts)

    @property
    def asks(self) -> bool:
        """Whether it is a question: only then it is worth a search, which costs a hundred times a look-up."""
        return asks(self.text)


class Candidate(NamedTuple):
    """An article that may answer, and how like one of its wordings is to what was asked, 0 to 1."""

    article: Article
    confidence: float


class Answer(NamedTuple):
    """Say this."""

    text: str
    scene: Scene = "bot"


class HandOver(NamedTuple):
    """Let a person do it."""

    why: Why


class Silent(NamedTuple):
    """Say nothing."""


Decision = Answer | HandOver | Silent


def word_for_word(asked: Asked, knowledge: Knowledge, at: float) -> list[Article]:
    """The articles asked for word for word: by all that was said, else by one of its messages.

    Where the bot is alone, two questions in one are not answered by half.
    """
    found = knowledge.exact(normal(asked.text), at)
    if found or (asked.alone and asked.several):
        return found
    return [article for text in asked.texts for article in knowledge.exact(normal(text), at)]


def decide(asked: Asked, candidates: Sequence[Candidate], settings: Bot) -> Decision:
    """What to do, knowing which articles come near; exact ones have confidence 1."""
    exact = [one.article for one in candidates if one.confidence == 1]
    if (decision := at_once(asked, exact, settings)) is not None:
        return decision
    if asked.several:
        return HandOver("unsure") if asked.alone else Silent()
    able = sorted((one for one in candidates if one.confidence >= settings.confidence), key=lambda one: -one.confidence)
    return _answer(asked, [one.article for one in able if able[0].confidence - one.confidence < CLOSE], "not_covered")


def at_once(asked: Asked, exact: Sequence[Article], settings: Bot) -> Decision | None:
    """What can be decided without a search, knowing the articles asked for word for word; None where it cannot."""
    if (why := doubt(asked, settings)) is not None:
        return HandOver(why) if asked.alone else Silent()
    if is_small_talk(asked.text):
        return Silent()
    if exact := [one for one in exact if settings.mode != "off" or (settings.promoted and one.promoted)]:
        return _answer(asked, exact, "unsure")
    return Silent() if asked.person or settings.mode == "off" else None


def doubt(asked: Asked, settings: Bot) -> Why | None:
    """Why a person must do it whatever the knowledge base has."""
    text = plain(asked.text)
    if asked.alone and settings.mode == "off":
        return "off"
    if any(plain(word) in text for word in settings.hand_over_words):
        return "requested"
    if any(plain(word) in text for word in settings.complaint_words):
        return "complaint"
    if asked.wordless:
        return "not_text"
    return "enough" if asked.alone and asked.answered >= settings.answers and not is_small_talk(asked.text) else None


def candidate(article: Article, text: str) -> Candidate:
    """How near an article comes to a text."""
    asked = set(words(normal(text)))
    return Candidate(article, max(likeness(asked, set(words(normal(wording)))) for wording in article.wordings()))


def _answer(asked: Asked, articles: Sequence[Article], none: Why) -> Decision:
    answers = {article.answer for article in articles}
    if answers == {asked.last}:
        none, answers = "repeated", set()
    if len(answers) == 1:
        return Answer(articles[0].answer, "faq" if articles[0].promoted else "bot")
    return HandOver("unsure" if answers else none) if asked.alone else Silent()

"""The week's most asked questions, by a rule that anybody can apply to the history again; pure (R5.4, KNOW-1).

A customer's message counts when it was not blocked or taken back, is a text, and asks something (questions.asks) or is
an article's wording. Messages of one article, and otherwise of one normal form, are one question.
"""

import datetime
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from reference_service.domain.questions import asks, is_small_talk, normal

TOP: Final = 5
WEEK_S: Final = 7 * 86400.0
_CHINA: Final = datetime.timezone(datetime.timedelta(hours=8))


class Wording(NamedTuple):
    """A text that customers wrote in a week: how often, how often the bot answered it, and one message with it."""

    text: str
    times: int
    by_bot: int
    message_id: str


class TopQuestion(NamedTuple):
    """One question: its most frequent wording, and the same counts. `message_id` is one message with that wording."""

    text: str
    message_id: str
    article_id: str | None
    times: int
    by_bot: int


def monday(at: float) -> float:
    """The beginning of a moment's week, Monday 00:00 in Shanghai, Unix seconds; the week ends before the next."""
    day = datetime.datetime.fromtimestamp(at, _CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    return (day - datetime.timedelta(days=day.weekday())).timestamp()


def noon(date: str) -> float:
    """A moment of a day YYYY-MM-DD in Shanghai. Raises ValueError."""
    return datetime.datetime.combine(datetime.date.fromisoformat(date), datetime.time(12), _CHINA).timestamp()


def rank(wordings: Iterable[Wording], articles: Mapping[str, str]) -> list[TopQuestion]:
    """All questions, the most asked first; `articles` are the ids by normal form."""
    groups: dict[tuple[str, bool], list[Wording]] = {}
    for wording in wordings:
        form = normal(wording.text)
        if form in articles:
            groups.setdefault((articles[form], True), []).append(wording)
        elif asks(wording.text) and not is_small_talk(wording.text):
            groups.setdefault((form, False), []).append(wording)
    questions = [_question(key if known else None, group) for (key, known), group in groups.items()]
    return sorted(questions, key=lambda one: (-one.times, one.text))


def _question(article_id: str | None, group: list[Wording]) -> TopQuestion:
    common = min(group, key=lambda one: (-one.times, one.text))
    times, by_bot = sum(one.times for one in group), sum(one.by_bot for one in group)
    return TopQuestion(common.text, common.message_id, article_id, times, by_bot)

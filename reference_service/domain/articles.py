"""A shop's knowledge base in memory: its articles, by id and by each question they answer word for word."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from reference_service.domain.questions import normal
from reference_service.domain.records import Record

Kind = Literal["faq", "product", "promotion", "policy"]
_texts = msgspec.json.Decoder(list[str])


class Article(Record, kw_only=True):
    """One article, never changed in place; `questions` and `tags` are JSON lists. Times are Unix seconds."""

    id: str
    number: int
    shop_id: str
    kind: Kind
    title: str
    questions: str
    answer: str
    tags: str
    valid_from: float | None
    valid_until: float | None
    promoted: bool  # made from a top question: answered automatically (FAQ-1)
    version: int
    created_at: float
    updated_at: float

    def wordings(self) -> list[str]:
        """How customers ask for it: its title and questions."""
        return [self.title, *_texts.decode(self.questions)]

    def tagged(self) -> list[str]:
        """Its tags."""
        return _texts.decode(self.tags)

    def valid(self, at: float) -> bool:
        """Whether a promotion runs at this moment, its start inclusive, its end exclusive; others always do."""
        return (self.valid_from is None or self.valid_from <= at) and (
            self.valid_until is None or at < self.valid_until
        )


@dataclass(slots=True, eq=False, weakref_slot=True)
class Knowledge:
    """All articles of a shop. `news` is what the search index has not seen yet: by number, None where removed."""

    articles: dict[str, Article] = field(default_factory=dict)
    news: dict[int, Article | None] = field(default_factory=dict)
    promoted: int = 0  # so many are
    _asked: dict[str, list[str]] = field(default_factory=dict)  # normal form: ids

    def put(self, article: Article) -> None:
        """Add or replace."""
        self.drop(article.id)
        self.articles[article.id] = self.news[article.number] = article
        self.promoted += article.promoted
        for form in _forms(article):
            self._asked.setdefault(form, []).append(article.id)

    def drop(self, article_id: str) -> None:
        """Forget, where it is there."""
        article = self.articles.pop(article_id, None)
        if article is None:
            return
        self.news[article.number] = None
        self.promoted -= article.promoted
        for form in _forms(article):
            self._asked[form].remove(article_id)
            if not self._asked[form]:
                del self._asked[form]

    def exact(self, form: str, at: float) -> list[Article]:
        """The articles valid now with a wording of this normal form; promoted ones alone where there are some."""
        found = [article for name in self._asked.get(form, ()) if (article := self.articles[name]).valid(at)]
        return [article for article in found if article.promoted] or found

    def forms(self, at: float) -> dict[str, str]:
        """The normal forms of the articles valid at a moment, each with the id of the first article that has it."""
        return {form: found[0].id for form in self._asked if (found := self.exact(form, at))}


def _forms(article: Article) -> Iterable[str]:
    return {form for wording in article.wordings() if (form := normal(wording))}

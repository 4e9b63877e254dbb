"""Full-text search in a shop's knowledge base, in a thread of its own so that no search delays a message (KNOW-1).

The index is SQLite's FTS5 in memory over words that rjieba has cut, one for each shop: another shop's articles change
no rank (TENANT-1). It is built from the articles, which recovery reads from the rows, so the two never disagree.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

import apsw

from reference_service.domain.articles import Article, Kind, Knowledge
from reference_service.domain.bot import Candidate, candidate
from reference_service.domain.questions import words

FEWEST_WORDS, MOST_WORDS = 2, 6  # of a query are searched for
COMMON = 0.1  # words in more than this share of the articles tell little
MOST_WAITING = 256
TABLE: Final = (
    "CREATE VIRTUAL TABLE found USING fts5(wordings, tags, answer, "
    "tokenize='unicode61', prefix='1 2', content='', contentless_delete=1)"
)
WEIGHTS: Final = "bm25(4.0, 2.0, 1.0)"  # what is asked counts more than what is answered
ADD: Final = "INSERT INTO found(rowid, wordings, tags, answer) VALUES (?, ?, ?, ?)"
BEST: Final = "SELECT rowid, rank FROM found WHERE found MATCH ? ORDER BY rank"


class Found(NamedTuple):
    """An article and how well it fits: more is better; comparable within one search only."""

    article: Article
    score: float


class Busy(Exception):
    """Too many searches wait."""


class Index:
    """One shop's index; for one thread."""

    def __init__(self) -> None:
        self._table = apsw.Connection(":memory:")
        self._table.execute(TABLE)
        self._table.execute("INSERT INTO found(found, rank) VALUES ('rank', ?)", (WEIGHTS,))
        self._articles: dict[int, Article] = {}
        self._spread = Counter[str]()  # word: in how many articles it stands

    def take(self, news: Mapping[int, Article | None]) -> None:
        """Follow the articles: by number, None where removed."""
        with self._table:
            for number, article in news.items():
                if older := self._articles.pop(number, None):
                    self._table.execute("DELETE FROM found WHERE rowid = ?", (number,))
                    self._spread.subtract(_distinct(older))
                if article is not None:
                    self._articles[number] = article
                    self._table.execute(ADD, (number, *(" ".join(column) for column in _columns(article))))
                    self._spread.update(_distinct(article))

    def find(self, query: str, limit: int, at: float, kind: Kind | None = None) -> list[Found]:
        """The articles valid at this moment with any of the query's words, the best first; never fails.

        The last word may be the beginning of one, as somebody types.
        """
        asked = [word.replace('"', "") for word in words(query)]
        if not asked:
            return []
        match = " OR ".join([*(f'"{word}"' for word in self._telling(asked)), f'"{asked[-1]}"*'])
        found: list[Found] = []
        for number, rank in self._table.execute(BEST, (match,)):
            article = self._articles[int(number)]
            if article.valid(at) and kind in (None, article.kind):
                found.append(Found(article, -float(rank)))
                if len(found) == limit:
                    break
        return found

    def _telling(self, asked: list[str]) -> list[str]:
        # The rarest words decide, and each word more costs as much as all the articles it stands in.
        known = sorted((word for word in asked if self._spread[word]), key=self._spread.__getitem__)
        most = len(self._articles) * COMMON
        return known[:FEWEST_WORDS] + [word for word in known[FEWEST_WORDS:MOST_WORDS] if self._spread[word] <= most]


def _columns(article: Article) -> Iterator[list[str]]:
    return map(words, (" ".join(article.wordings()), " ".join(article.tagged()), article.answer))


def _distinct(article: Article) -> set[str]:
    return set(chain.from_iterable(_columns(article)))


class Search:
    """The searching thread and every shop's index."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "search")
        self._indexes: WeakKeyDictionary[Knowledge, Index] = WeakKeyDictionary()
        self._waiting = 0

    def follow(self, knowledge: Knowledge) -> None:
        """Let the index know what has changed; later searches see it."""
        if knowledge.news:
            news, knowledge.news = knowledge.news, {}
            self._thread.submit(self._take, knowledge, news)

    async def find(
        self, knowledge: Knowledge, query: str, limit: int, at: float, kind: Kind | None = None
    ) -> list[Found]:
        """Search a shop's articles as they are now. Raises Busy."""
        if self._waiting >= MOST_WAITING:
            raise Busy
        self.follow(knowledge)
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, self._find, knowledge, query, limit, at, kind)
        finally:
            self._waiting -= 1

    async def candidates(self, knowledge: Knowledge, text: str, limit: int, at: float) -> list[Candidate]:
        """The articles found for a text, each with its likeness to it. Raises Busy."""
        found = await self.find(knowledge, text, limit, at)
        return await asyncio.get_running_loop().run_in_executor(self._thread, _likened, found, text)

    def close(self) -> None:
        """End the thread; what waits is dropped."""
        self._thread.shutdown(cancel_futures=True)

    def _take(self, knowledge: Knowledge, news: Mapping[int, Article | None]) -> None:
        index = self._indexes.get(knowledge)
        if index is None:
            self._indexes[knowledge] = index = Index()
        index.take(news)

    def _find(self, knowledge: Knowledge, query: str, limit: int, at: float, kind: Kind | None) -> list[Found]:
        index = self._indexes.get(knowledge)
        return index.find(query, limit, at, kind) if index else []


def _likened(found: list[Found], text: str) -> list[Candidate]:
    return [candidate(one.article, text) for one in found]

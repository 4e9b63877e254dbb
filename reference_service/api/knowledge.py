"""The shop's knowledge base: written by administrators and supervisors, searched by everybody (R7.2)."""

from typing import cast, get_args

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.problems import Problem
from reference_service.api.requests import answer, floor_of, number, read, signed_in
from reference_service.domain import articles, knowledge
from reference_service.domain.records import Person
from reference_service.shell.engine import Engine
from reference_service.storage.search import Busy

MOST = 2**53 - 1
MAX_QUERY = 500


class Article(msgspec.Struct):
    """As openapi.yaml says."""

    id: str
    kind: articles.Kind
    title: str
    questions: list[str]
    answer: str
    tags: list[str]
    valid_from: float | None
    valid_until: float | None
    promoted: bool
    version: int
    created_at: float
    updated_at: float
    stale: bool


class ArticlePage(msgspec.Struct):
    """As openapi.yaml says."""

    items: list[Article]
    next: str | None


class FoundArticle(msgspec.Struct):
    """As openapi.yaml says."""

    article: Article
    score: float


class FoundArticles(msgspec.Struct):
    """As openapi.yaml says."""

    items: list[FoundArticle]


async def list_articles(request: Request) -> Response:
    """One page, in order of creation."""
    engine, person = signed_in(request)
    kind, after, limit = _kind(request), number(request, "after", 0, 0, MOST), number(request, "limit", 100, 1, 1000)
    now, stale = engine.clock.now(), request.query_params.get("stale", "")
    if stale not in ("", "true", "false"):
        raise Problem(422, "malformed", "stale must be true or false")
    chosen = [
        article
        for article in floor_of(engine, person).knowledge.articles.values()
        if article.number > after
        and kind in (None, article.kind)
        and stale in ("", "true" if knowledge.is_stale(article, now) else "false")
    ]
    page = sorted(chosen, key=lambda article: article.number)[: limit + 1]
    following = str(page[limit - 1].number) if len(page) > limit else None
    await engine.settled()
    return answer(ArticlePage([view(article, now) for article in page[:limit]], following))


async def get_article(request: Request) -> Response:
    """One article."""
    engine, person = signed_in(request)
    seen = view(_article(engine, person, request), engine.clock.now())
    await engine.settled()
    return answer(seen)


async def create_article(request: Request) -> Response:
    """Write an article."""
    engine, person = signed_in(request)
    new = await read(request, knowledge.NewArticle)
    changes = engine.begin()
    made = knowledge.add(engine.world, floor_of(engine, person), new, changes)
    await engine.keep(changes)
    return answer(view(made, changes.at), 201)


async def change_article(request: Request) -> Response:
    """Change an article, or confirm it."""
    engine, person = signed_in(request)
    patch = await read(request, knowledge.ArticlePatch)
    changes = engine.begin()
    article = _article(engine, person, request)
    changed = knowledge.change(floor_of(engine, person), article, patch, changes)
    await engine.keep(changes)
    return answer(view(changed, changes.at))


async def delete_article(request: Request) -> Response:
    """Take an article away."""
    engine, person = signed_in(request)
    changes = engine.begin()
    knowledge.remove(floor_of(engine, person), _article(engine, person, request), changes)
    await engine.keep(changes)
    return Response(status_code=204)


async def search(request: Request) -> Response:
    """The articles that fit a question, the best first; none where nothing does."""
    engine, person = signed_in(request)
    query = request.query_params.get("q")
    if query is None or len(query) > MAX_QUERY:
        raise Problem(422, "malformed", f"q must be given, with at most {MAX_QUERY} characters")
    kind, limit, now = _kind(request), number(request, "limit", 10, 1, 50), engine.clock.now()
    try:
        found = await engine.search.find(floor_of(engine, person).knowledge, query, limit, now, kind)
    except Busy:
        raise Problem(429, "overloaded", retry_after_s=1) from None
    await engine.settled()
    return answer(FoundArticles([FoundArticle(view(one.article, now), one.score) for one in found]))


def view(article: articles.Article, now: float) -> Article:
    """An article as openapi.yaml shows one."""
    said = msgspec.structs.asdict(knowledge.content(article))
    stale = knowledge.is_stale(article, now)
    about = {name: getattr(article, name) for name in ("id", "version", "created_at", "updated_at")}
    return Article(**said, **about, stale=stale)


def _article(engine: Engine, person: Person, request: Request) -> articles.Article:
    article = floor_of(engine, person).knowledge.articles.get(request.path_params["article_id"])
    if article is None:
        raise Problem(404, "not_found")  # another shop's looks like none (TENANT-1)
    return article


def _kind(request: Request) -> articles.Kind | None:
    kind = request.query_params.get("kind")
    if kind not in (None, *get_args(articles.Kind)):
        raise Problem(422, "malformed", f"kind must be one of {', '.join(get_args(articles.Kind))}")
    return cast("articles.Kind | None", kind)


_PATH = "/api/v1/knowledge"
ROUTES = [
    Route(_PATH, list_articles),
    Route(_PATH, create_article, methods=["POST"]),
    Route(f"{_PATH}/search", search),
    Route(f"{_PATH}/{{article_id}}", get_article),
    Route(f"{_PATH}/{{article_id}}", change_article, methods=["PATCH"]),
    Route(f"{_PATH}/{{article_id}}", delete_article, methods=["DELETE"]),
]

"""The knowledge base's commands: articles written, changed, removed, and made from a top question (R7.2, R5.4)."""

from typing import Annotated

import msgspec

from reference_service.bounds import Moment, Version
from reference_service.domain.articles import Article, Kind
from reference_service.domain.changes import Changes
from reference_service.domain.questions import normal
from reference_service.domain.refusal import Refusal
from reference_service.domain.world import ShopFloor, World
from reference_service.filtering import judging

STALE_AFTER_S = 30 * 86400.0  # R7.2: updated monthly
MOST = 20_000  # articles of a shop

MAX_TITLE = 200
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TITLE)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
Questions = Annotated[list[Title], msgspec.Meta(max_length=20)]
Tags = Annotated[list[Annotated[str, msgspec.Meta(min_length=1, max_length=64)]], msgspec.Meta(max_length=20)]


class NewArticle(msgspec.Struct):
    """What an article says. Only a promotion is valid from a moment or until one. Promoted: answered automatically."""

    kind: Kind
    title: Title
    answer: Text
    questions: Questions = []
    tags: Tags = []
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    promoted: bool = False


class ArticlePatch(msgspec.Struct):
    """What is to be different; with nothing it confirms that the article still holds."""

    version: Version | None = None
    kind: Kind | msgspec.UnsetType = msgspec.UNSET
    title: Title | msgspec.UnsetType = msgspec.UNSET
    answer: Text | msgspec.UnsetType = msgspec.UNSET
    questions: Questions | msgspec.UnsetType = msgspec.UNSET
    tags: Tags | msgspec.UnsetType = msgspec.UNSET
    valid_from: Moment | msgspec.UnsetType | None = msgspec.UNSET
    valid_until: Moment | msgspec.UnsetType | None = msgspec.UNSET
    promoted: bool | msgspec.UnsetType = msgspec.UNSET


def add(world: World, floor: ShopFloor, new: NewArticle, changes: Changes) -> Article:
    """Write an article. Raises Refusal too_many, validity, blocked: a ready-made answer with a hole helps nobody."""
    if len(floor.knowledge.articles) >= MOST:
        raise Refusal("too_many", f"a shop has at most {MOST} articles")
    _check(floor, new)
    number = world.next_number("articles", changes)
    article = Article(
        id=f"k{number}",
        number=number,
        shop_id=floor.shop.id,
        kind=new.kind,
        title=new.title,
        questions=_json(new.questions),
        answer=new.answer,
        tags=_json(new.tags),
        valid_from=new.valid_from,
        valid_until=new.valid_until,
        promoted=new.promoted,
        version=1,
        created_at=changes.at,
        updated_at=changes.at,
    )
    return _keep(floor, article, changes)


def change(floor: ShopFloor, article: Article, patch: ArticlePatch, changes: Changes) -> Article:
    """Change an article. Raises Refusal version_is_old where somebody else did since; others as `add`."""
    if patch.version not in (None, article.version):
        raise Refusal("version_is_old", f"the current version is {article.version}")
    given = {name: value for name, value in msgspec.structs.asdict(patch).items() if value is not msgspec.UNSET}
    given.pop("version")
    new = msgspec.structs.replace(content(article), **given)
    _check(floor, new)
    said = msgspec.structs.asdict(new) | {"questions": _json(new.questions), "tags": _json(new.tags)}
    changed = msgspec.structs.replace(article, **said, version=article.version + 1, updated_at=changes.at)
    return _keep(floor, changed, changes)


def remove(floor: ShopFloor, article: Article, changes: Changes) -> None:
    """Take an article away."""
    floor.knowledge.drop(article.id)
    changes.remove(article)


def promote(world: World, floor: ShopFloor, question: str, answer: str, changes: Changes) -> Article:
    """From now on this question is answered automatically (FAQ-1); promoted again, its answer is replaced.

    Raises Refusal no_question for a mere greeting; others as `add`.
    """
    if not (form := normal(question)):
        raise Refusal("no_question")
    there = [article for article in floor.knowledge.exact(form, changes.at) if article.promoted]
    if there:
        return change(floor, there[0], ArticlePatch(answer=answer), changes)
    return add(world, floor, NewArticle("faq", question, answer, promoted=True), changes)


def content(article: Article) -> NewArticle:
    """What an article says."""
    title, *questions = article.wordings()
    validity = article.valid_from, article.valid_until
    return NewArticle(article.kind, title, article.answer, questions, article.tagged(), *validity, article.promoted)


def is_stale(article: Article, now: float) -> bool:
    """Not written, changed or confirmed for more than 30 days (R7.2)."""
    return now - article.updated_at > STALE_AFTER_S


def _check(floor: ShopFloor, new: NewArticle) -> None:
    begin, end = new.valid_from, new.valid_until
    if new.kind != "promotion" and (begin is not None or end is not None):
        raise Refusal("validity", "only a promotion is valid from a moment or until one")
    if begin is not None and end is not None and begin >= end:
        raise Refusal("validity", "it ends before it begins")
    if judging.check(floor.words, new.answer, "to_customer").action != "pass":
        raise Refusal("blocked", "the answer does not pass the shop's filter")


def _keep(floor: ShopFloor, article: Article, changes: Changes) -> Article:
    floor.knowledge.put(article)
    changes.keep(article)
    return article


def _json(texts: list[str]) -> str:
    return msgspec.json.encode(texts).decode()

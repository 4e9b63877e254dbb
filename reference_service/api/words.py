"""The shop's sensitive words: read, replace at once, try out."""

from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from reference_service.api.problems import Problem
from reference_service.api.requests import answer, floor_of, read, signed_in
from reference_service.domain import shops
from reference_service.filtering import judging
from reference_service.filtering.words import Direction, Word, WordFilter, WordListError


class NewWordList(msgspec.Struct):
    """As openapi.yaml says."""

    words: Annotated[list[Word], msgspec.Meta(max_length=50_000)]
    allow: Annotated[list[str], msgspec.Meta(max_length=50_000)] = []
    version: int | None = None


class Check(msgspec.Struct):
    """As openapi.yaml says."""

    texts: Annotated[list[Annotated[str, msgspec.Meta(max_length=10_000)]], msgspec.Meta(max_length=1000)]
    direction: Direction = "to_customer"


async def get_words(request: Request) -> Response:
    """The list in force."""
    engine, person = signed_in(request)
    words = floor_of(engine, person).words
    await engine.settled()
    return answer(view(words))


async def put_words(request: Request) -> Response:
    """Replace the list, for every message from now on."""
    engine, person = signed_in(request)
    new = await read(request, NewWordList, engine.settings.max_word_list)
    floor = floor_of(engine, person)
    if new.version not in (None, floor.words.version):
        raise Problem(409, "version_is_old", f"the current version is {floor.words.version}")
    changes = engine.begin()
    try:
        words = shops.set_words(floor, new.words, new.allow, changes)
    except WordListError as error:
        raise Problem(422, "unusable_word", str(error)) from None
    await engine.keep(changes)
    return answer(view(words))


async def check_words(request: Request) -> Response:
    """What the filter would do with each text."""
    engine, person = signed_in(request)
    asked = await read(request, Check, engine.settings.max_word_list)
    words = floor_of(engine, person).words
    results = [_result(judging.check(words, text, asked.direction)) for text in asked.texts]
    return answer({"version": words.version, "results": results})


def view(words: WordFilter) -> dict[str, object]:
    """A list as openapi.yaml shows one."""
    return {"version": words.version, "words": words.words, "allow": words.allow}


def _result(judged: judging.Judged) -> dict[str, object]:
    hits = [{"start": hit.start, "end": hit.end, "word": hit.word.word} for hit in judged.hits]
    return {"action": judged.action, "text": judged.text, "hits": hits}

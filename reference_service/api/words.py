"""The shop's sensitive words: read, replace at once, try out."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Annotated, Final, ParamSpec, TypeVar

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from reference_service.api.problems import Problem
from reference_service.api.requests import answer, body_of, decode, floor_of, signed_in
from reference_service.bounds import Version
from reference_service.domain import shops
from reference_service.filtering import judging
from reference_service.filtering.claims import CLAIMS, NOT_CLAIMED
from reference_service.filtering.listing import unusable
from reference_service.filtering.words import Contacts, Direction, Hit, Word, WordFilter

P = ParamSpec("P")
T = TypeVar("T")

MAX_HITS: Final = 200  # told of one text: of short words a long text may have ten thousand
SMALL: Final = 2048  # bytes of texts that are judged at once
# One thread, however many ask: each busy thread makes the event loop wait for its turn, 5 ms at a time.
_WORKER: Final = ThreadPoolExecutor(1, "words")


class NewWordList(msgspec.Struct):
    """As openapi.yaml says."""

    words: Annotated[list[Word], Meta(max_length=50_000)]
    allow: Annotated[list[str], Meta(max_length=50_000)] = []
    contacts: Contacts = Contacts()
    version: Version | None = None


class Check(msgspec.Struct):
    """As openapi.yaml says."""

    texts: Annotated[list[Annotated[str, Meta(max_length=10_000)]], Meta(max_length=1000)]
    direction: Direction = "to_customer"


async def get_words(request: Request) -> Response:
    """The list in force."""
    engine, person = signed_in(request)
    words = floor_of(engine, person).words
    await engine.settled()
    return answer(view(words))


async def put_words(request: Request) -> Response:
    """Replace the list, for every message from now on; it is compiled beside the event loop."""
    engine, person = signed_in(request)
    body = await body_of(request, engine.settings.max_word_list)
    given, words = await _aside(_compiled, body)
    floor = engine.world.floors.get(person.shop_id)
    if floor is None:  # removed meanwhile
        raise Problem(401, "token_needed", "sign in again")
    if given not in (None, floor.words.version):
        raise Problem(409, "version_is_old", f"the current version is {floor.words.version}")
    changes = engine.begin()
    words = shops.set_words(floor, words, changes)
    await engine.keep(changes)
    return answer(view(words))


async def check_words(request: Request) -> Response:
    """What the filter would do with each text; many or long ones are judged beside the event loop."""
    engine, person = signed_in(request)
    body = await body_of(request, engine.settings.max_word_list)
    words = floor_of(engine, person).words
    return answer(_checked(words, body) if len(body) <= SMALL else await _aside(_checked, words, body))


def view(words: WordFilter) -> dict[str, object]:
    """A list as openapi.yaml shows one."""
    return {
        "version": words.version,
        "words": words.words,
        "allow": words.allow,
        "contacts": words.contacts,
        "claims": CLAIMS,
        "not_claimed": NOT_CLAIMED,
    }


async def _aside(work: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
    return await asyncio.get_running_loop().run_in_executor(_WORKER, partial(work, *args, **more))


def _compiled(body: bytes) -> tuple[int | None, WordFilter]:
    new = decode(body, NewWordList)
    if fault := unusable(new.words, new.allow):
        raise Problem(422, "unusable_word", f"{fault.where}: {fault.why}")
    return new.version, WordFilter(new.words, new.allow, contacts=new.contacts)


def _checked(words: WordFilter, body: bytes) -> dict[str, object]:
    asked = decode(body, Check)
    results = [_result(judging.check(words, text, asked.direction)) for text in asked.texts]
    return {"version": words.version, "results": results}


def _result(judged: judging.Judged) -> dict[str, object]:
    return {"action": judged.action, "text": judged.text, "hits": [_hit(hit) for hit in judged.hits[:MAX_HITS]]}


def _hit(hit: Hit) -> dict[str, object]:
    word = hit.word
    return {"start": hit.start, "end": hit.end, "word": word.word, "category": word.category, "via": hit.via}

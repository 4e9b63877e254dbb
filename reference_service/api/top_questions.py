"""The week's top questions, and turning one into an automatic answer (R5.4, FAQ-1)."""

import asyncio
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.jobs import alone
from reference_service.api.knowledge import view
from reference_service.api.problems import Problem
from reference_service.api.requests import answer, floor_of, read, signed_in
from reference_service.domain import knowledge, top_questions
from reference_service.domain.knowledge import Text, Title
from reference_service.domain.records import Message, Person
from reference_service.domain.top_questions import TOP, WEEK_S, rank
from reference_service.domain.world import ShopFloor
from reference_service.filtering import judging
from reference_service.shell.engine import Engine
from reference_service.storage.asked import asked

FORMULAS: Final = {
    "count": "messages_of_one_question",
    "answered_by_bot": "bot_answer_follows_directly",
    "agent_reply_s": "mean_wait_for_agent_reply_that_follows_directly",
    "would_have_taken_s": "answered_by_bot_x_agent_reply_s",
}


class TopQuestion(msgspec.Struct):
    """As openapi.yaml says."""

    question_id: str
    text: str
    article_id: str | None
    count: int
    answered_by_bot: int
    would_have_taken_s: float | None


class TopQuestions(msgspec.Struct):
    """As openapi.yaml says."""

    begin: float
    end: float
    items: list[TopQuestion]
    agent_reply_s: float | None
    formulas: dict[str, str]


class PromotedQuestion(msgspec.Struct):
    """As openapi.yaml says."""

    answer: Text
    text: Title | None = None
    question_id: Title | None = None


async def top(request: Request) -> Response:
    """The five most asked questions of a week."""
    engine, person = signed_in(request)
    floor, now = floor_of(engine, person), engine.clock.now()
    begin = top_questions.monday(_moment(request, now))
    forms = floor.knowledge.forms(now)
    await engine.settled()

    def count() -> tuple[list[top_questions.TopQuestion], float | None]:
        wordings, reply_s = asked(engine.path, floor.shop.id, begin, begin + WEEK_S)
        ranked = (one for one in rank(wordings, forms) if _may_be_seen(floor, one.text))
        return [one for one, _ in zip(ranked, range(TOP), strict=False)], reply_s

    ranked, reply_s = await alone(engine, f"top-questions {floor.shop.id}", lambda: asyncio.to_thread(count))
    items = [_view(one, reply_s) for one in ranked]
    return answer(TopQuestions(begin, begin + WEEK_S, items, reply_s, FORMULAS))


async def promote(request: Request) -> Response:
    """From now on answer a question automatically."""
    engine, person = signed_in(request)
    wanted = await read(request, PromotedQuestion)
    if (wanted.text is None) == (wanted.question_id is None):
        raise Problem(422, "malformed", "either text or question_id")
    text = wanted.text or _text_of(engine, person, wanted.question_id or "")
    changes = engine.begin()
    article = knowledge.promote(engine.world, floor_of(engine, person), text, wanted.answer, changes)
    await engine.keep(changes)
    return answer(view(article, changes.at))


ROUTES: Final = (
    Route("/api/v1/knowledge/top-questions", top),
    Route("/api/v1/knowledge/promote-question", promote, methods=["POST"]),
)


def _moment(request: Request, now: float) -> float:
    try:
        return top_questions.noon(request.query_params["week"]) if "week" in request.query_params else now
    except ValueError:
        raise Problem(422, "malformed", "week must be a day of it, YYYY-MM-DD") from None


def _may_be_seen(floor: ShopFloor, text: str) -> bool:
    # It was let pass when it came; the list may be stricter now (FILTER-5).
    return judging.check(floor.words, text, "to_agent").text is not None


def _text_of(engine: Engine, person: Person, message_id: str) -> str:
    """What a message of the caller's shop asked. Raises Problem 404 for what may not be seen, 422 for a long one."""
    name, _, seq = message_id.rpartition("-")
    thread = engine.world.threads.get(name)
    if thread is None or thread.conversation.shop_id != person.shop_id or not (seq.isascii() and seq.isdecimal()):
        raise Problem(404, "not_found")
    where = "WHERE conversation_id = ? AND seq = ? AND sender = 'customer' AND shown IS NOT NULL AND kind = 'text'"
    found = engine.reader.rows(Message, where, (name, int(seq[:18])))
    if not found or not found[0].shown or not _may_be_seen(floor_of(engine, person), found[0].shown):
        raise Problem(404, "not_found")
    if len(found[0].shown) > knowledge.MAX_TITLE:
        raise Problem(422, "too_long", f"a question has at most {knowledge.MAX_TITLE} characters")
    return found[0].shown


def _view(one: top_questions.TopQuestion, reply_s: float | None) -> TopQuestion:
    spared = None if reply_s is None else one.by_bot * reply_s
    return TopQuestion(one.message_id, one.text, one.article_id, one.times, one.by_bot, spared)

"""An AI agent in the bot's place: what it is asked, and what its answer means; pure (R10.1, BOT-1)."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal

import msgspec

from reference_service.domain.articles import Knowledge
from reference_service.domain.bot import Answer, Asked, Bot, Candidate, Decision, HandOver, Silent
from reference_service.domain.records import Sender, State
from reference_service.domain.replies import MAX_TEXT
from reference_service.domain.world import Thread

HISTORY: Final = 50  # messages
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class ExternalBot(msgspec.Struct, frozen=True):
    """A shop's AI agent: "" is none. `secret` signs what it is asked, as Standard Webhooks do, and is never shown."""

    url: Annotated[str, msgspec.Meta(max_length=500)] = ""
    secret: Annotated[str, msgspec.Meta(max_length=100)] = ""
    timeout_s: Annotated[float, msgspec.Meta(ge=0.1, le=15)] = 5.0


class AskedConversation(msgspec.Struct):
    """Where it is asked."""

    id: str
    shop_id: str
    state: State


class AskedMessage(msgspec.Struct):
    """What is asked: all that the customer said since the last answer."""

    id: str
    text: str


class PastMessage(msgspec.Struct):
    """What was said in the visit, as both sides may see it."""

    sender: Sender
    text: str
    at: float


class NearArticle(msgspec.Struct):
    """An article that comes near."""

    id: str
    title: str
    answer: str
    confidence: float


class ExternalQuestion(msgspec.Struct):
    """As openapi.yaml says."""

    conversation: AskedConversation
    message: AskedMessage
    history: list[PastMessage]
    candidates: list[NearArticle]


class ExternalAnswer(msgspec.Struct):
    """As openapi.yaml says."""

    action: Literal["reply", "handover", "silent"]
    text: str | None = None
    article_id: str | None = None
    confidence: Share = 1.0


def question(thread: Thread, asked: Asked, candidates: Sequence[Candidate]) -> ExternalQuestion:
    """What to ask; nothing blocked, taken back or private is in it (FILTER-5)."""
    conversation = thread.conversation
    seen = [m for m in thread.visit[-HISTORY - len(asked.seqs) :] if m.shown is not None and not m.private]
    return ExternalQuestion(
        AskedConversation(conversation.id, conversation.shop_id, conversation.state),
        AskedMessage(f"{conversation.id}-{asked.seqs[-1]}", asked.text),
        [PastMessage(m.sender, m.shown or "", m.created_at) for m in seen if m.seq not in asked.seqs][-HISTORY:],
        [NearArticle(one.id, one.title, one.answer, confidence) for one, confidence in candidates],
    )


def decision(answer: ExternalAnswer, knowledge: Knowledge, settings: Bot, at: float) -> Decision:
    """What its answer means; one that cannot be said is a doubt."""
    if answer.action == "silent":
        return Silent()
    if answer.action == "handover":
        return HandOver("declined")
    article = knowledge.articles.get(answer.article_id or "")
    if answer.article_id is not None and (article is None or not article.valid(at)):
        return HandOver("failed")
    text = answer.text or (article.answer if article else "")
    if not text.strip() or len(text) > MAX_TEXT:
        return HandOver("failed")
    return Answer(text) if answer.confidence >= settings.confidence else HandOver("unsure")

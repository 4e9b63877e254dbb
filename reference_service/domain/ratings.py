"""What customers say of a visit, 1 to 5 stars, once a visit (R5.2, CSAT)."""

from typing import ClassVar

from reference_service.domain.changes import Changes
from reference_service.domain.dispatches import CsatSubmitted
from reference_service.domain.dispatching import tell
from reference_service.domain.happenings import Rated
from reference_service.domain.records import Record
from reference_service.domain.world import Thread, World

SATISFIED = 4  # stars and more, as the platform's satisfaction_percentage counts


class Rating(Record, kw_only=True):
    """A visit's rating. `agent_id` held the visit last; None where nobody did."""

    KEY: ClassVar[tuple[str, ...]] = ("conversation_id", "visit_from")

    conversation_id: str
    visit_from: int
    shop_id: str
    stars: int
    agent_id: str | None
    at: float

    @property
    def satisfied(self) -> bool:
        """4 and 5 stars are."""
        return self.stars >= SATISFIED


def rate(world: World, thread: Thread, stars: int, changes: Changes) -> Rating | None:
    """Take the rating of a conversation's newest visit, over or not; None where it was rated before."""
    conversation = thread.conversation
    if thread.rated == conversation.visit_from:
        return None
    thread.rated = conversation.visit_from
    rating = Rating(
        conversation_id=conversation.id,
        visit_from=conversation.visit_from,
        shop_id=conversation.shop_id,
        stars=stars,
        agent_id=server(thread),
        at=changes.at,
    )
    changes.keep(rating)
    desk = world.desk(rating.agent_id or "")
    if desk is not None:
        event = CsatSubmitted(conversation.id, desk.person.id, rating.visit_from, stars, rating.at)
        tell(desk, event, changes)
    changes.tell(Rated(thread, rating))
    return rating


def server(thread: Thread) -> str | None:
    """The agent who has the newest visit, or had it last; None where it never left bot and queue."""
    conversation = thread.conversation
    last = conversation.last_agent_id
    return conversation.agent_id or (last if thread.told.get(last, 0) >= conversation.visit_from else None)

"""What the clock and the shop's rules answer by themselves: their settings."""

from starlette.routing import Route

from reference_service.api.problems import Problem
from reference_service.api.settings import reads, replaces
from reference_service.domain import auto_replies, big_sale
from reference_service.domain.auto_replies import AutoReplies
from reference_service.domain.big_sale import BigSale
from reference_service.domain.hours import BusinessHours, next_opening, open_at
from reference_service.domain.reminders import UnreadReminders
from reference_service.domain.silence import AutoClose
from reference_service.domain.tiers import ResponseTiers
from reference_service.domain.world import ShopFloor


def now(_: ShopFloor, hours: BusinessHours, at: float) -> dict[str, object]:
    """Whether the shop is open, and when it is next."""
    return {"open": open_at(hours, at), "next_opening": next_opening(hours, at)}


def sayable(floor: ShopFloor, replies: AutoReplies) -> None:
    """Raises Problem 422 where the shop's own filter would block a scene (FILTER-1)."""
    if names := auto_replies.blocked(floor, replies):
        raise Problem(422, "blocked", f"the shop's own filter blocks {', '.join(names)}")


def sale_now(floor: ShopFloor, sale: BigSale, at: float) -> dict[str, object]:
    """Whether the sale is on, and how many spare agents there are and should be (R9.1)."""
    counts = {"spares": big_sale.have(floor), "spares_wanted": big_sale.wanted(floor)}
    return {"active": big_sale.active(sale, at), **counts}


ROUTES = (
    Route("/api/v1/business-hours", reads(BusinessHours, more=now)),
    Route("/api/v1/business-hours", replaces(BusinessHours, more=now), methods=["PUT"]),
    Route("/api/v1/big-sale", reads(BigSale, more=sale_now)),
    Route("/api/v1/big-sale", replaces(BigSale, more=sale_now), methods=["PUT"]),
    Route("/api/v1/auto-replies", reads(AutoReplies)),
    Route("/api/v1/auto-replies", replaces(AutoReplies, check=sayable), methods=["PUT"]),
    Route("/api/v1/response-tiers", reads(ResponseTiers)),
    Route("/api/v1/response-tiers", replaces(ResponseTiers), methods=["PUT"]),
    Route("/api/v1/unread-reminders", reads(UnreadReminders)),
    Route("/api/v1/unread-reminders", replaces(UnreadReminders), methods=["PUT"]),
    Route("/api/v1/auto-close", reads(AutoClose)),
    Route("/api/v1/auto-close", replaces(AutoClose), methods=["PUT"]),
)

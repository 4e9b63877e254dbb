"""What the clock and the shop's rules answer by themselves: their settings."""

from starlette.routing import Route

from reference_service.api.settings import reads, replaces
from reference_service.domain.hours import BusinessHours, next_opening, open_at
from reference_service.domain.world import ShopFloor


def now(_: ShopFloor, hours: BusinessHours, at: float) -> dict[str, object]:
    """Whether the shop is open, and when it is next."""
    return {"open": open_at(hours, at), "next_opening": next_opening(hours, at)}


ROUTES = (
    Route("/api/v1/business-hours", reads(BusinessHours, more=now)),
    Route("/api/v1/business-hours", replaces(BusinessHours, "admin", more=now), methods=["PUT"]),
)

"""A shop's rules of routing, as data: ordered, and total because the last one takes everybody (R7.1, ROUTE-3)."""

from typing import Annotated, Literal

import msgspec

from reference_service.domain.grades import Grade, Profile

To = Literal["dedicated", "last_agent", "trainee", "regular", "senior", "anybody"]


class RoutingRule(msgspec.Struct, omit_defaults=True):
    """For whom it is (everything that is named must hold), and to whom it leads: as openapi.yaml says."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    to: To
    grade: Grade | None = None
    high_spender: bool | None = None
    tag: Annotated[str, msgspec.Meta(min_length=1, max_length=32)] | None = None

    def differs(self, profile: Profile) -> str:
        """What in a profile this rule is not for, "" when it is for it."""
        if self.grade not in (None, profile.grade):
            return f"for {self.grade}, the customer is {profile.grade}"
        if self.high_spender not in (None, profile.high_spender):
            return "for high spenders" if self.high_spender else "not for high spenders"
        return f"for the tag {self.tag}" if self.tag is not None and self.tag not in profile.tags else ""

    def is_fallback(self) -> bool:
        """For everybody, to anybody."""
        return (self.to, self.grade, self.high_spender, self.tag) == ("anybody", None, None, None)


PRECEDENCE: tuple[RoutingRule, ...] = (
    RoutingRule("dedicated", "dedicated", grade="vip"),
    RoutingRule("last agent", "last_agent"),
    RoutingRule("senior", "senior", high_spender=True),
    RoutingRule("trainee", "trainee", grade="new"),
    RoutingRule("fallback", "anybody"),
)


class RoutingRules(msgspec.Struct):
    """As openapi.yaml says. Money is in fen. Raises ValueError where not every profile meets one of the rules."""

    rules: Annotated[list[RoutingRule], msgspec.Meta(max_length=50)] = msgspec.field(
        default_factory=lambda: list(PRECEDENCE)
    )
    high_spender_fen: Annotated[int, msgspec.Meta(ge=1, le=10**12)] = 100_000
    age_s: Annotated[float, msgspec.Meta(ge=1, le=86400)] = 120.0  # a wait this long rises one tier (ROUTE-4)

    def __post_init__(self) -> None:
        """Raise ValueError for rules that are not total, or have one that nobody could ever reach."""
        fallbacks = [rule.is_fallback() for rule in self.rules]
        if not fallbacks or not fallbacks[-1]:
            raise ValueError("the last rule must be for everybody and lead to anybody")
        if sum(fallbacks) > 1:
            raise ValueError("a rule after one for everybody to anybody is never reached")
        if len({rule.name for rule in self.rules}) < len(self.rules):
            raise ValueError("two rules have one name")

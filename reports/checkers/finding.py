"""From counts to a verdict: the one place where `holds` is said."""

from collections.abc import Mapping

from reports.model import State, Step, Verdict

NO_OPPORTUNITY = "there was no opportunity to see it kept or broken"


def upper_bound(opportunities: int) -> float | None:
    """The 95 % bound of the true share where none of n was a violation: 3/n (the rule of three), at most 1."""
    return min(1.0, 3 / opportunities) if opportunities > 0 else None


def state(opportunities: int, violations: int, unknown: int) -> State:
    """One violation is enough for `broken`; `holds` needs an opportunity, and nothing left open."""
    if violations:
        return "broken"
    return "unknown" if unknown or not opportunities else "holds"


def finding(
    promise: str,
    checker: str,
    *,
    opportunities: int,
    violations: int,
    metrics: Mapping[str, int],
    unknown: int = 0,
    reason: str = "",
    example: tuple[Step, ...] = (),
) -> Verdict:
    """A checker's verdict. `reason` explains what is open or was set apart; `example` is told only where broken."""
    if not opportunities and not violations and not unknown:
        reason = "; ".join(filter(None, (NO_OPPORTUNITY, reason)))
    return Verdict(
        promise=promise,
        checker=checker,
        state=state(opportunities, violations, unknown),
        opportunities=opportunities,
        violations=violations,
        unknown=unknown,
        upper_bound=upper_bound(opportunities) if not violations and not unknown else None,
        reason=reason,
        metrics=dict(metrics),
        example=example if violations else (),
    )


def counted(*parts: tuple[int, str]) -> str:
    """One sentence of the parts that are not zero: '3 were …; 1 was …'."""
    return "; ".join(f"{n} {what}" for n, what in parts if n)

"""The verdict on a trial run: fast enough and satisfying enough, or why not (TRIAL-1, R2.2, R5.1, R5.2); pure."""

from typing import Final, Literal, NamedTuple

HOURS_48: Final = 48 * 3600.0
AVERAGE_S: Final = 60  # the average response must be below this
SATISFIED_PERCENT: Final = 95  # and more than this of the ratings satisfied
FEWEST: Final = 30  # answered rounds, and ratings: below this nothing can be said

Reason = Literal["too_few_rounds", "too_slow", "too_few_ratings", "not_satisfied"]
WHY: Final[dict[Reason, tuple[str, str]]] = {
    "too_few_rounds": (
        f"样本不足，无法判断：已回复的咨询轮次少于 {FEWEST}",
        f"too few to judge: fewer than {FEWEST} answered rounds",
    ),
    "too_slow": (
        f"平均响应时间未低于 {AVERAGE_S} 秒",
        f"the average response time is not below {AVERAGE_S} s",
    ),
    "too_few_ratings": (
        f"样本不足，无法判断：评价少于 {FEWEST} 条",
        f"too few to judge: fewer than {FEWEST} ratings",
    ),
    "not_satisfied": (
        f"满意率未高于 {SATISFIED_PERCENT}%",
        f"satisfaction is not above {SATISFIED_PERCENT} %",
    ),
}


class Figures(NamedTuple):
    """What a trial counted: answered rounds and their waits in microseconds, ratings and the satisfied among them."""

    rounds: int = 0
    wait_us: int = 0
    ratings: int = 0
    satisfied: int = 0

    @property
    def average_s(self) -> float | None:
        """The average response in seconds."""
        return self.wait_us / self.rounds / 1e6 if self.rounds else None

    @property
    def csat(self) -> float | None:
        """The share of the ratings that are satisfied."""
        return self.satisfied / self.ratings if self.ratings else None


def judge(figures: Figures, speed: float = 1.0) -> list[Reason]:
    """Why a trial fails; nothing when it passes. At a business speed people answer faster, so less wait is allowed."""
    reasons: list[Reason] = []
    if figures.rounds < FEWEST:
        reasons.append("too_few_rounds")
    elif figures.wait_us * speed >= AVERAGE_S * 1_000_000 * figures.rounds:
        reasons.append("too_slow")
    if figures.ratings < FEWEST:
        reasons.append("too_few_ratings")
    elif figures.satisfied * 100 <= SATISFIED_PERCENT * figures.ratings:
        reasons.append("not_satisfied")
    return reasons

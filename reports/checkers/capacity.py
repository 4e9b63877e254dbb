"""ROUTE-2: an agent never holds more conversations than their capacity."""

from reports.checkers.finding import counted, finding
from reports.example import absence
from reports.model import Step, Verdict
from reports.record import History
from reports.staffing import Excess

NAME = "capacity"
PROMISE = "ROUTE-2"
METRICS = ("over_capacity",)


def check(history: History) -> Verdict:
    """Opportunities are the assignments told to devices; a violation is a conversation beyond its agent's capacity."""
    staff = history.staff
    bad = {(excess.agent, excess.place): excess for excess in reversed(staff.excesses)}
    return finding(
        PROMISE,
        NAME,
        opportunities=staff.told - staff.unlimited,
        violations=len(bad),
        unknown=staff.unlimited,
        metrics={"over_capacity": len(bad)},
        reason=counted((staff.unlimited, "assignments were to agents whose capacity is not known")),
        example=_example(history, min(bad.values(), key=lambda e: (e.capacity, e.t))) if bad else (),
    )


def _example(history: History, excess: Excess) -> tuple[Step, ...]:
    """What the agent held, and the one too many."""
    held = sorted(
        (hold.begin, hold.place)
        for hold in history.staff.holds
        if hold.agent == excess.agent and hold.begin <= excess.t < hold.end and hold.place != excess.place
    )
    shown = [
        Step(t_s=history.seconds(t), who="target", to=excess.device, what=f"assigns {place}") for t, place in held[-5:]
    ]
    what = f"assigns {excess.place}: {excess.load} of {excess.capacity}"
    return (*shown, absence(history, excess.t, "target", what, excess.device))

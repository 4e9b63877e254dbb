"""What the clocks owe, read slowly from the contract: response tiers, unread reminders, complaints, a big sale's edges.

One conversation's clocks are a Watch. All that is due by a moment is found by looking at every clock again.
"""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

LIMITS: Final = (("instant", 30.0), ("professional", 180.0), ("human", 300.0))  # R3.1
WARN_SHARE: Final = 0.8
UNREAD_S: Final = 60.0
COMPLAINT_S: Final = 48 * 3600.0  # R6.3
RISES: Final = ((0.5, "supervisor"), (0.75, "admin"))


class Fired(NamedTuple):
    """One thing a clock did: for which message of which customer, and the moment it was due."""

    promise: str
    customer: str
    what: str  # instant warning … human breached, unread, supervisor, admin, breached
    seq: int  # of the turn's, or the unread, first message; 0 of a complaint
    at: float
    told: frozenset[str]  # the agents told; LEADS are the supervisors


LEADS: Final = "supervisors"
STEPS: Final = tuple(
    sorted(
        [(limit, f"{tier} breached") for tier, limit in LIMITS]
        + [(limit * WARN_SHARE, f"{tier} warning") for tier, limit in LIMITS]
    )
)


@dataclass
class Turn:
    """From the first message nobody has answered to a person's reply. `heard`: something automatic was said."""

    seq: int
    since: float
    heard: bool = False
    fired: int = 0  # so many of STEPS are behind it


@dataclass
class Unread:
    """The first message an agent has neither read nor answered."""

    seq: int
    due: float
    fired: bool = False


@dataclass
class Complaint:
    """One complaint, open or closed; `fired` are the steps of its clock that are behind it."""

    id: str
    opened_at: float
    closed: bool = False
    contacted: bool = False
    fired: int = 0

    def steps(self) -> list[tuple[float, str]]:
        """What its clock does, and when."""
        rises = [(self.opened_at + share * COMPLAINT_S, level) for share, level in RISES]
        return [*rises, (self.opened_at + COMPLAINT_S, "breached")]

    @property
    def level(self) -> str:
        """Whose it is."""
        return ("agent", "supervisor", "admin", "admin")[self.fired]


@dataclass
class Watch:
    """The clocks of one customer's conversation, and what its agent has not read."""

    customer: str
    agent: str = ""
    last: str = ""  # who has it, or had it last
    turn: Turn | None = None
    unread: Unread | None = None
    complaint: Complaint | None = None
    unseen: list[tuple[int, float]] = field(default_factory=list)  # the customer's messages nobody has read or answered

    def writes(self, seq: int, at: float, heard: bool) -> None:
        """The customer writes; `heard`: the shop answered this at once by itself."""
        self.turn = self.turn or Turn(seq, at)
        self.turn.heard |= heard
        self.unseen.append((seq, at))
        if self.agent and self.unread is None:
            self.unread = Unread(seq, at + UNREAD_S)

    def hears(self) -> None:
        """The shop says something by itself."""
        if self.turn is not None:
            self.turn.heard = True

    def replied(self) -> None:
        """A person answered: nothing waits, and nothing is unread."""
        self.turn, self.unread = None, None
        self.unseen.clear()

    def read(self, seq: int) -> None:
        """Its agent has read up to here; what is left is counted from its own arrival."""
        self.unseen = [one for one in self.unseen if one[0] > seq]
        self.unread = Unread(self.unseen[0][0], self.unseen[0][1] + UNREAD_S) if self.unseen else None

    def given(self, agent: str, at: float) -> None:
        """Another agent has it ("": nobody), and what they have not read is counted from here."""
        self.agent, self.unread = agent, None
        self.last = agent or self.last
        if agent and self.unseen:
            seq, came = self.unseen[0]
            self.unread = Unread(seq, max(came, at) + UNREAD_S)

    def resolved(self) -> None:
        """The visit is over; a complaint goes on."""
        self.turn, self.unread, self.agent = None, None, ""
        self.unseen.clear()

    def next_at(self) -> float | None:
        """When the next of these clocks strikes."""
        dues = [self._turn_due(), self._complaint_due()]
        if self.unread is not None and not self.unread.fired:
            dues.append(self.unread.due)
        return min((due for due in dues if due is not None), default=None)

    def strike(self, at: float) -> list[Fired]:
        """What fires at this moment; what was due before it must have been struck already."""
        fired: list[Fired] = []
        told = frozenset({self.agent} - {""})
        if (due := self._turn_due()) is not None and due <= at:
            assert self.turn is not None
            what = STEPS[self.turn.fired][1]
            self.turn.fired += 1
            if not (self.turn.heard and what.startswith("instant")):
                leads = frozenset({LEADS} if what.endswith("breached") else ())
                fired.append(Fired("TIER-1", self.customer, what, self.turn.seq, due, told | leads))
        if self.unread is not None and not self.unread.fired and self.unread.due <= at:
            self.unread.fired = True
            fired.append(Fired("UNREAD-1", self.customer, "unread", self.unread.seq, self.unread.due, told))
        if (due := self._complaint_due()) is not None and due <= at:
            assert self.complaint is not None
            what = self.complaint.steps()[self.complaint.fired][1]
            self.complaint.fired += 1
            whose = frozenset({self.last} - {""}) | {LEADS}
            fired.append(Fired("COMPLAINT-1", self.customer, what, 0, due, whose))
        return fired

    def _turn_due(self) -> float | None:
        if self.turn is None or self.turn.fired == len(STEPS):
            return None
        return self.turn.since + STEPS[self.turn.fired][0]

    def _complaint_due(self) -> float | None:
        one = self.complaint
        return None if one is None or one.closed or one.fired == 3 else one.steps()[one.fired][0]

"""What customers do, and what is done about them."""

from collections.abc import Sequence
from typing import Final

from security_tests.routing.hours import clock
from security_tests.routing.judging import Fault
from security_tests.routing.oracle import GREETING
from security_tests.routing.stage import NEAR_S, Stage

BEFORE_S: Final = 0.06  # two or three messages take about so long


class CustomersActs(Stage):
    """Writing, leaving, buying; being urgent, and having somebody named for them."""

    def write(self, name: str, how: str = "asks") -> None:
        """A customer writes: asks, greets, or wishes for a person."""
        self._write(name, how)

    def write_at_the_edge(self, names: Sequence[str]) -> None:
        """These write, one right after the other, while the business hours begin or end: the target's own date of each
        message says on which side it is, to the millisecond.
        """
        now = self.floor.now()
        edge = next((edge for edge in self.oracle.plan.edges(now) if edge > now + 2 * NEAR_S), None)
        others = (self.oracle.next_due(), *self.oracle.rises())
        if edge is None or any(other is not None and abs(other - edge) < 2 * NEAR_S for other in others):
            return
        self.story.tell(f"it is almost {clock(edge)} in China, an edge of the business hours")
        self.floor.jump(edge - BEFORE_S - self.floor.now())
        self.oracle.advance(self.floor.now())
        for name in names:
            self._write(name)

    def _write(self, name: str, how: str = "asks") -> None:
        written = self.floor.writes(name, how)
        self.oracle.advance(written.at)
        night = self.oracle.writes(name, written.seq, written.at, how)
        self._replies[name] = 0
        if how == GREETING:
            self.story.tell(f"{name} greets")
        if how == "wishes":
            self.story.tell(f"{name} wants a person")
        self.story.writes(self.oracle, name, night)
        if how != GREETING and self.oracle.bot and not self.floor.leaves_the_bot(name):
            self._fail(Fault("BOT-1", f"{name} asks what the bot cannot answer, and it hands over to nobody"))
        self.counts["HOURS-1"] += 1
        self._compare(lambda: _scenes(written.scenes, night, written.at))

    def resolve(self, name: str) -> None:
        """A visit ends."""
        if name in self.those("open", "queued", "snoozed", "bot"):
            self._do(f"{name}'s visit is resolved", lambda: self.floor.resolves(name))
            self.oracle.resolves(name, self.floor.now())
            self._compare()

    def fetch_a_person(self, name: str) -> None:
        """Somebody takes a conversation from the bot and gives it to a person."""
        if name in self.those("bot"):
            self._do(f"a person is fetched for {name}", lambda: self.floor.hands_over(name))
            self.oracle.hands_over(name, self.floor.now())
            self._compare()

    def order(self, name: str, fen: int) -> None:
        """A customer pays for an order."""
        self._do("", lambda: self.floor.orders(name, fen))
        self.oracle.routing.order(name, fen)
        self.story.tell(f"{name} pays for an order of {fen / 100:g} yuan: {self._customer(name).describe()}")
        self._compare()

    def urge(self, name: str) -> None:
        """A conversation is urgent."""
        if name in self.those("queued", "open", "resolved"):
            self._do(f"{name}'s conversation is urgent", lambda: self.floor.urges(name))
            self._customer(name).urgent = True
            self._compare()

    def name_for(self, name: str, who: str) -> None:
        """An agent is named for a customer."""
        if name in self.those("queued", "open", "resolved"):
            self._do(f"{who} is named for {name}", lambda: self.floor.names(name, who))
            self._customer(name).named = who
            self._compare()


def _scenes(scenes: tuple[str, ...], night: bool, at: float) -> Fault | None:
    expected = ("off_hours",) if night else ()
    if scenes == expected:
        return None
    when = f"written at {clock(at)} in China, when the shop is {'closed' if night else 'open or had said so'}"
    return Fault("HOURS-1", f"{when}: expected automatic {expected or 'silence'}, seen {scenes or 'silence'}")

"""Complaints, opened and closed (COMPLAINT-1)."""

from security_tests.routing.judging import Fault
from security_tests.routing.stage import Stage


class Complaining(Stage):
    """What people do about complaints."""

    def complain(self, name: str) -> None:
        """A complaint is opened, the first of this conversation."""
        if name in self.those("open", "queued") and not self.oracle.watches[name].complaint:
            self.story.tell(f"a complaint is opened for {name}")
            complaint, at = self.floor.complains(name)
            self.oracle.advance(at)
            self.oracle.complains(name, complaint, at)
            self._compare()

    def close_complaint(self, name: str, by_agent: bool) -> None:
        """Somebody closes a complaint, or may not."""
        complaint = self.oracle.watches[name].complaint
        who = self._customer(name).agent if by_agent else "admin"
        if complaint is None or not who:
            return
        expected = self.oracle.refusals(name, by_agent)
        self.story.tell(f"{who} closes {name}'s complaint")
        got = self.floor.closes(complaint.id, who)
        if got not in (expected or {""}):
            said = " or ".join(sorted(expected)) or "that it is closed"
            self._fail(Fault("COMPLAINT-1", f"expected {said}, got {got or 'closed'}"))
        if not expected:
            self.oracle.closes(name)
        self.counts["COMPLAINT-1"] += 1
        self._compare(lambda: self._complaint(name))

    def _complaint(self, name: str) -> Fault | None:
        complaint = self.oracle.watches[name].complaint
        if complaint is None:
            return None
        state = "closed" if complaint.closed else "open"
        found, due = self.floor.complaint(complaint.id), complaint.opened_at + 48 * 3600
        expected = (state, complaint.level, due, due if complaint.fired == 3 else None)
        seen = tuple(found[key] for key in ("state", "level", "due_at", "breached_at"))
        return None if seen == expected else Fault("COMPLAINT-1", f"expected {expected}, seen {seen}")

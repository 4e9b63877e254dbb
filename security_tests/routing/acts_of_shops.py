"""What a shop sets, the time that passes in it, and its neighbours."""

from security_tests.routing.hours import Plan
from security_tests.routing.stage import Stage


class ShopsActs(Stage):
    """Sales, business hours, the bot, and clocks that strike."""

    def sell(self, on: bool, begins: float | None, lasts: float | None) -> None:
        """A big sale from `begins` s on (None: now) and `lasts` s long (None: on and on), or none."""
        now = self.floor.now()
        since = None if begins is None else now + begins
        until = None if lasts is None else (since or now) + lasts
        when = f"from {'now' if begins is None else f'in {begins:g} s'} {f'for {lasts:g} s' if lasts else 'on'}"
        self._do(f"big sale {when if on else 'off'}", lambda: self.floor.sells(on, since, until))
        if on:
            self.oracle.sells(self.floor.now(), since, until)
        else:
            self.oracle.ends_sale(self.floor.now())
        self._compare()

    def open_or_close(self, closes: bool, in_s: float) -> None:
        """The business hours end, or begin, in so many seconds."""
        plan = Plan.changing(self.floor.now() + in_s, closes) if in_s else Plan({}) if closes else Plan.always()
        when = f"in {in_s:g} s" if in_s else "now"
        self._do(f"the shop {'closes' if closes else 'opens'} {when}", lambda: self.floor.opens_at(plan))
        self.oracle.plan = plan
        self._compare()

    def let_the_bot(self, on: bool) -> None:
        """Visits begin with the bot from now on, or no more; what it has then no sentence of the contract says."""
        if on or not self.those("bot"):
            self._do(f"visits begin with {'the bot' if on else 'a person'} from now on", lambda: self.floor.bot(on))
            self.oracle.bot = on
            self._compare()

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self._do(f"{seconds:g} s pass", lambda: self.floor.jump(seconds))
        self._compare()

    def strike(self) -> None:
        """Two seconds before the next clock strikes nothing may have happened, and right after it all of it."""
        due = self.oracle.next_due()
        if due is None:
            return
        for sentence, moment in (("it is almost time", due - 2.0), ("the next clock strikes", due + 0.5)):
            seconds = moment - self.floor.now()
            if seconds > 0.0:
                self.story.tell(f"{sentence} ({seconds:.1f} s later)")
                self.floor.jump(seconds)
                self._compare()

    def neighbours(self) -> None:
        """Another shop is busy."""
        self._do("another shop is busy", self._neighbours)
        self._compare()

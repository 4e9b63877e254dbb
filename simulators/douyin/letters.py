"""The requests that pushes become: written and signed by the profile, and in the guise the faults want."""

from collections.abc import Callable, Sequence
from random import Random

from history.run import App, RunSpec
from simulators.douyin.flight import Flight, Push
from simulators.faults.conflict import conflicting
from simulators.faults.forge import forger, invented
from simulators.faults.request import PLAIN, Guise, RequestFaults, html_escaped
from targets.platform import Message, Platform, Request


class Letters:
    """Writes each request once: all attempts send the same bytes."""

    def __init__(self, spec: RunSpec, platform: Platform, fresh_id: Callable[[], str]) -> None:
        self._platform, self._app, self._forger = platform, spec.app, forger(spec.app)
        self._fresh_id = fresh_id
        self._faults = RequestFaults(spec.scenario.faults, Random(f"{spec.seed}/requests"))

    def request(self, flight: Flight) -> Request:
        """The request of a flight."""
        guise = flight.first.plan.guise
        if guise is PLAIN:
            guise = self._faults.next()
        messages = [push.message for push in flight.pushes]
        if guise.bad_item and self._platform.batches:
            messages.append(messages[0]._replace(event="unheard", server_message_id=self._fresh_id()))
        return self._write(messages, self._app, guise)

    def conflicting(self, push: Push) -> Request:
        """Another text under the ids of a push."""
        return self._write((conflicting(push.message),), self._app, PLAIN)

    def forged(self, push: Push) -> tuple[str, Request]:
        """A message nobody wrote, in the place of a push, wrongly signed; its id comes first."""
        forged_id = self._fresh_id()
        return forged_id, self._write((invented(push.message, forged_id),), self._forger, PLAIN)

    def _write(self, messages: Sequence[Message], app: App, guise: Guise) -> Request:
        body = self._platform.write(messages, app)
        return self._platform.sign(html_escaped(body) if guise.html_escaped else body, messages, app)

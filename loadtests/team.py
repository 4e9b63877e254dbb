"""Locust's master and workers as one team: who is there, which rank each has, and what the master tells them.

Only processes that were there when a test began take part in it. A rank is given once, by the master, to whoever has
said that it is ready: a worker that comes late gets none, and one that falls silent is missed, not replaced, because
its customers cannot be somebody else's.
"""

import contextlib
import logging
from collections.abc import Callable
from typing import Any

import gevent
from locust.dispatch import UsersDispatcher
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

HERE = "golive-here"  # a worker to its master: its run is read, its clock compared, its handlers are in place
START = "golive-start"  # the master to its workers: {"t0": ns of the gateway's clock, "ranks": {worker: rank}}
LEAVE = "golive-leave"  # … and: leave now, one after the other
ASSEMBLE_S = 60.0  # connected workers get so long to say that they are here

_log = logging.getLogger("golive.customers")


class SettledDispatcher(UsersDispatcher):
    """Hands users to those who were there at the start: Locust would move customers to a late worker."""

    def add_worker(self, worker_node: Any) -> None:
        """A late worker gets none."""


class Team:
    """This process's place among the processes of the test; a Locust without workers is a team of one."""

    def __init__(self, environment: Environment) -> None:
        self.rank = 0
        self.size = 1
        self.ranks: dict[str, int] = {}  # the master's: who takes part in the test under way
        self._runner = environment.runner
        self._here: set[str] = set()
        self._t0: int | None = None
        environment.dispatcher_class = SettledDispatcher

    @property
    def leads(self) -> bool:
        """Whether this process is the master."""
        return isinstance(self._runner, MasterRunner)

    @property
    def follows(self) -> bool:
        """Whether this process is a worker."""
        return isinstance(self._runner, WorkerRunner)

    def join(self, start: Callable[[int], None], leave: Callable[[], None], late: Callable[[], None]) -> None:
        """Be one of the team from now on; `start` is told t0 (ns, gateway's clock) when a test begins.

        `late` is called where a test is under way without this process.
        """

        def told(data: dict[str, Any]) -> None:
            if self._runner.client_id not in data["ranks"]:  # type: ignore[union-attr]  # a worker's runner has one
                late()
                return
            self.rank, self.size = data["ranks"][self._runner.client_id], len(data["ranks"])  # type: ignore[union-attr]
            start(data["t0"])

        if isinstance(self._runner, WorkerRunner):
            self._runner.register_message(START, lambda msg, **_: told(msg.data))
            self._runner.register_message(LEAVE, lambda **_: leave())
            self._runner.send_message(HERE)
        elif isinstance(self._runner, MasterRunner):
            self._runner.register_message(HERE, lambda msg, **_: self._came(msg.node_id))

    def assemble(self) -> None:
        """The master, before a test: wait until all connected workers are here, and give them their ranks."""
        if not isinstance(self._runner, MasterRunner):
            return
        with contextlib.suppress(gevent.Timeout), gevent.Timeout(ASSEMBLE_S):
            while not self._connected() or not self._connected() <= self._here:
                gevent.sleep(0.02)
        self.ranks = {worker: rank for rank, worker in enumerate(sorted(self._connected() & self._here))}
        self.size = max(1, len(self.ranks))

    def begin(self, t0: int) -> None:
        """The master: tell every worker when the run starts (ns, gateway's clock)."""
        self._t0 = t0
        self._tell(START, {"t0": t0, "ranks": self.ranks})

    def dismiss(self) -> None:
        """The master: tell all to leave."""
        if self.leads:
            self._tell(LEAVE)

    def end(self) -> None:
        """The test is over; another may follow."""
        self._t0, self.ranks = None, {}

    def missing(self) -> list[str]:
        """The master: workers of the test under way that are not heard from any more, by name of their stream."""
        there = self._connected() if self.ranks else set()
        return [f"customers-{rank} ({worker})" for worker, rank in self.ranks.items() if worker not in there]

    def _came(self, worker: str) -> None:
        self._here.add(worker)
        if self._t0 is not None:
            self._tell(START, {"t0": self._t0, "ranks": self.ranks}, worker)

    def _connected(self) -> set[str]:
        assert isinstance(self._runner, MasterRunner)
        nodes = self._runner.clients
        return {node.id for node in [*nodes.ready, *nodes.spawning, *nodes.running]}

    def _tell(self, what: str, data: dict[str, Any] | None = None, worker: str | None = None) -> None:
        assert self._runner
        self._runner.send_message(what, data, client_id=worker)

"""Binds Locust's events to this process's part in the run, and adds our command-line argument."""

import os
import signal
import sys
from typing import Any

import gevent
from locust.env import Environment
from locust.runners import WorkerRunner

from loadtests.assignment import UsageError, assignment
from loadtests.process import LEAVE, START, LoadProcess


def install(events: Any) -> None:
    """Bind Locust's events to this process; called once, when a locustfile imports the customer."""
    events.init_command_line_parser.add_listener(_arguments)
    events.init.add_listener(_init)
    events.quitting.add_listener(_quitting)


def _arguments(parser: Any) -> None:
    parser.add_argument(
        "--scenario",
        default="launch",
        env_var="GOLIVE_SCENARIO",
        help="a scenario's name (loadtests/scenarios/) or its .toml file; without meaning where GOLIVE_RUN names a run",
    )


def _init(environment: Environment, **_: Any) -> None:
    options = environment.parsed_options
    try:
        task = assignment(os.environ, environment.host, getattr(options, "scenario", "launch"))
    except UsageError as error:
        print(error, file=sys.stderr, flush=True)
        sys.exit(2)
    process = LoadProcess(environment, task)
    environment.golive = process  # type: ignore[attr-defined]  # Locust's own way to give users something
    events: Any = environment.events
    events.test_start.add_listener(lambda **_: process.begin())
    events.test_stopping.add_listener(lambda **_: process.ending())
    events.test_stop.add_listener(lambda **_: process.end())
    if isinstance(environment.runner, WorkerRunner):
        environment.runner.register_message(START, lambda msg, **_: process.told(msg.data))
        environment.runner.register_message(LEAVE, lambda **_: process.leave())
    events.worker_connect.add_listener(lambda **_: process.tell_workers())
    gevent.signal_handler(signal.SIGTERM, setattr, process, "stopping", True)


def _quitting(environment: Environment, **_: Any) -> None:
    """Failed requests are the judge's business: this process did its work where it could write its history."""
    if environment.process_exit_code is None:
        environment.process_exit_code = 0

"""Binds Locust's events to this process's part in the run, and adds our command-line argument."""

import os
import signal
import sys
from typing import Any, NoReturn

import gevent
import locust.runners
from locust.env import Environment

from loadtests.assignment import UsageError, assignment, prefetch
from loadtests.process import LoadProcess
from simulators.douyin.door_client import DoorError

MASTER_GONE_S = 15  # a worker that hears nothing from its master for so long ends (Locust's own patience is 60 s)


def install(events: Any) -> None:
    """Bind Locust's events to this process; called once, when a locustfile imports the customer."""
    events.init_command_line_parser.add_listener(_arguments)
    events.init.add_listener(_init)
    events.quitting.add_listener(_quitting)
    locust.runners.MASTER_HEARTBEAT_TIMEOUT = MASTER_GONE_S


def _arguments(parser: Any) -> None:
    parser.add_argument(
        "--scenario",
        default="launch",
        env_var="GOLIVE_SCENARIO",
        help="a scenario's name (loadtests/scenarios/) or its .toml file; without meaning where GOLIVE_RUN names a run",
    )
    try:
        prefetch(os.environ)
    except UsageError as error:
        _give_up(error)


def _init(environment: Environment, **_: Any) -> None:
    options = environment.parsed_options
    try:
        task = assignment(os.environ, environment.host, getattr(options, "scenario", "launch"))
        process = LoadProcess(environment, task)
    except (UsageError, DoorError) as error:
        _give_up(error)
    environment.golive = process  # type: ignore[attr-defined]  # Locust's own way to give users something
    events: Any = environment.events
    events.test_start.add_listener(lambda **_: process.begin())
    events.test_stopping.add_listener(lambda **_: process.ending())
    events.test_stop.add_listener(lambda **_: process.end())
    gevent.signal_handler(signal.SIGTERM, setattr, process, "stopping", True)
    process.join()


def _give_up(error: Exception) -> NoReturn:
    print(error, file=sys.stderr, flush=True)
    sys.exit(2)


def _quitting(environment: Environment, **_: Any) -> None:
    """Failed requests are the judge's business: this process did its work where it could write its history."""
    if environment.process_exit_code is None:
        environment.process_exit_code = 0

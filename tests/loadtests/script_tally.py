"""For test_statistics.py: the same requests told to Locust twice, by its own event and by Statistics; prints both.

The clock is a fake one; argv: a JSON list of [seconds to advance, name, ms or null, bytes, failure or null].
"""

import json
import sys
from typing import Any

import locust.stats
from locust.env import Environment

import loadtests.tally
from loadtests.tally import Statistics

now = 1_700_000_000.25
locust.stats.time.time = lambda: now
loadtests.tally.time = lambda: now


def told(environment: Environment) -> dict[str, Any]:
    """Everything that Locust's pages and files show."""
    stats = environment.stats
    entries = {f"{name} {kind}": _plain(entry) for (name, kind), entry in stats.entries.items()}
    errors = {key: error.serialize() for key, error in stats.errors.items()}
    return {"total": _plain(stats.total), "entries": entries, "errors": errors}


def _plain(entry: Any) -> dict[str, Any]:
    shown = {**entry.serialize(), **entry.to_dict()}
    return {key: dict(value) if isinstance(value, dict) else value for key, value in shown.items()}


environments = [Environment(user_classes=[]), Environment(user_classes=[])]
for each in environments:
    each.create_local_runner()
statistics = Statistics(environments[1])
for advance, name, ms, size, failure in json.loads(sys.argv[1]):
    now += advance
    if advance > 1:
        statistics.fold()
    environments[0].events.request.fire(
        request_type="WS", name=name, response_time=ms, response_length=size, exception=failure, context={}
    )
    statistics.add(name, ms, size, failure)
statistics.fold()
print(json.dumps([told(each) for each in environments]))
heard: list[Any] = []
environments[1].events.request.add_listener(lambda **event: heard.append(event))
statistics.add("after", 1.5, 7, None)
print(json.dumps([heard, environments[1].stats.entries["after", "WS"].num_requests]))

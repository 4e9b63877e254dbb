"""`golive serve`: gateway, reference service and agents stay up, for `golive chat`, Locust's UI, or one's own eyes."""

import time
from pathlib import Path

from rich.console import Console

from golive.cast import Cast
from golive.failures import Failure
from golive.language import say
from golive.play import Wish, find_scenario, interruptible, prepare


def serve(scenario: str, platform: str, runs: Path, gateway_port: int, service_port: int, console: Console) -> None:
    """Until Ctrl-C. Raises Failure where a part cannot start or ends."""
    cast = prepare(
        Wish(scenario, runs=runs, gateway_port=gateway_port, service_port=service_port, platform=platform),
        find_scenario(scenario),
    )
    with interruptible():
        try:
            _serve(cast, console)
        except KeyboardInterrupt:
            console.print(say("正在停止…", "stopping …"))
        finally:
            cast.stop_all()


def _serve(cast: Cast, console: Console) -> None:
    gateway = cast.start_gateway()
    service = cast.start_service(gateway)
    cast.start_agents(gateway, service)
    console.print(say(f"网关  {gateway}\n客服系统  {service}", f"gateway  {gateway}\nservice  {service}"))
    console.print(say("另开一个终端:", "In another terminal:"))
    console.print(f"  golive chat --gateway {gateway}")
    console.print(f"  locust -f loadtests/locustfile.py -H {gateway}", highlight=False)
    console.print(say("Ctrl-C 结束", "Ctrl-C ends"))
    while True:
        time.sleep(0.5)
        for part in cast.parts:
            if part.exit is not None:
                raise Failure(f"{part.name} ended (exit {part.exit}):\n{part.last_words()}")

"""`golive serve`: gateway, reference service and agents stay up, for `golive chat`, Locust's UI, or one's own eyes."""

import time
from pathlib import Path

from rich.console import Console
from rich.text import Text

from golive.cast import Cast
from golive.failures import Failure
from golive.language import say
from golive.play import Wish, find_scenario, interruptible, prepare
from golive.reach import Reach, warning


def serve(
    scenario: str, platform: str, runs: Path, gateway_port: int, service_port: int, reach: Reach, console: Console
) -> None:
    """Until Ctrl-C. Raises Failure where a part cannot start or ends."""
    wish = Wish(
        scenario, runs=runs, gateway_port=gateway_port, service_port=service_port, platform=platform, reach=reach
    )
    cast = prepare(wish, find_scenario(scenario))
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
    near, reach = gateway.near, cast.reach
    if aloud := warning(reach, gateway.far):
        console.print(Text(aloud, style="yellow"))
    console.print(say(f"网关  {near}\n客服系统  {service}", f"gateway  {near}\nservice  {service}"))
    console.print(say("另开一个终端:", "In another terminal:"))
    console.print(f"  golive chat --gateway {near}{f' --ca {reach.ca}' if reach.ca else ''}", soft_wrap=True)
    trust = f"GOLIVE_CA={reach.ca} " if reach.ca else ""
    console.print(f"  {trust}locust -f loadtests/locustfile.py -H {near}", highlight=False, soft_wrap=True)
    console.print(say("Ctrl-C 结束", "Ctrl-C ends"))
    while True:
        time.sleep(0.5)
        for part in cast.parts:
            if part.exit is not None:
                raise Failure(f"{part.name} ended (exit {part.exit}):\n{part.last_words()}")

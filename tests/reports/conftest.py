"""Hand-written histories: one line an event, written through the real Writer, read through the real reader.

    0.100 gateway accepted message=@1 ref=c1-1 actor=c1 shop=s1 conversation=@C1 n=1

The first word is seconds, the second the stream (`*` = all three), then the kind and the row's fields. Rows of one
stream stand in the order written. A stream is cut where its lines end, unless an `end` closes it.
"""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from history.run import App, RunFolder, RunSpec, ShopSpec
from history.scenario import Agents, Customers, Faults, Phase, Scenario
from history.writer import Writer
from reports.load import load
from reports.record import History

CLEAN = """
# two agents of two shops; a1 has two devices
0.0 agents device_on actor=a1 device=a1/1 shop=s1 note=fresh
0.0 agents availability actor=a1 device=a1/1 shop=s1 n=2 note=online
0.0 agents device_on actor=a1 device=a1/2 shop=s1 note=fresh
0.0 agents device_on actor=a2 device=a2/1 shop=s2 note=fresh
0.0 agents availability actor=a2 device=a2/1 shop=s2 n=2 note=online
0.1 customers phase note=ramp
0.2 customers joined actor=c1 shop=s1 conversation=@C1
0.2 customers joined actor=c2 shop=s2 conversation=@C2
# c1 writes, both devices show it
1.000 customers intended message=c1-1 actor=c1 shop=s1 conversation=@C1
1.001 customers sent message=c1-1 actor=c1 shop=s1 conversation=@C1
1.002 gateway accepted message=@1 ref=c1-1 actor=c1 shop=s1 conversation=@C1 n=1
1.003 gateway pushed message=@1 actor=c1 shop=s1 conversation=@C1 n=1
1.005 gateway acknowledged message=@1 actor=c1 shop=s1 conversation=@C1 n=1
1.006 agents assigned actor=a1 device=a1/1 shop=s1 conversation=k1 n=2
1.006 agents assigned actor=a1 device=a1/2 shop=s1 conversation=k1 n=2
1.013 agents shown message=@1 actor=a1 device=a1/1 shop=s1 conversation=k1 ref=m1 n=1
1.014 agents shown message=@1 actor=a1 device=a1/2 shop=s1 conversation=k1 ref=m1 n=1
# a1 replies
2.000 agents answered message=r1 ref=@1 actor=a1 device=a1/1 shop=s1 conversation=k1
2.004 agents replied message=r1 actor=a1 device=a1/1 shop=s1 conversation=k1 note=ok
2.006 gateway called message=r1 ref=@2 actor=c1 shop=s1 conversation=@C1 note=ok
2.007 gateway delivered message=r1 ref=@2 actor=c1 shop=s1 conversation=@C1 n=2
2.008 customers received message=r1 ref=@2 actor=c1 shop=s1 conversation=@C1 n=2
# a second message, with a listed word, arrives masked; the second device is away and resumes
3.0 agents device_off actor=a1 device=a1/2 shop=s1 note=cut
3.000 customers intended message=c1-2 actor=c1 shop=s1 conversation=@C1 note=listed
3.001 customers sent message=c1-2 actor=c1 shop=s1 conversation=@C1
3.002 gateway accepted message=@3 ref=c1-2 actor=c1 shop=s1 conversation=@C1 n=3
3.003 gateway pushed message=@3 actor=c1 shop=s1 conversation=@C1 n=1
3.005 gateway acknowledged message=@3 actor=c1 shop=s1 conversation=@C1 n=1
3.013 agents shown message=@3 actor=a1 device=a1/1 shop=s1 conversation=k1 ref=m3 n=3
4.0 agents device_on actor=a1 device=a1/2 shop=s1 note=resumed
4.001 agents shown message=@3 actor=a1 device=a1/2 shop=s1 conversation=k1 ref=m3 n=3
# a reply with a listed word is refused; a decent one arrives
5.000 agents answered message=r2 ref=@3 actor=a1 device=a1/1 shop=s1 conversation=k1 note=listed
5.004 agents replied message=r2 actor=a1 device=a1/1 shop=s1 conversation=k1 note=failed:blocked
5.100 agents answered message=r3 ref=@3 actor=a1 device=a1/1 shop=s1 conversation=k1
5.104 agents replied message=r3 actor=a1 device=a1/1 shop=s1 conversation=k1 note=ok
5.106 gateway called message=r3 ref=@4 actor=c1 shop=s1 conversation=@C1 note=ok
5.107 gateway delivered message=r3 ref=@4 actor=c1 shop=s1 conversation=@C1 n=4
5.108 customers received message=r3 ref=@4 actor=c1 shop=s1 conversation=@C1 n=4
# the other shop
5.2 customers phase note=steady
6.000 customers intended message=c2-1 actor=c2 shop=s2 conversation=@C2
6.001 customers sent message=c2-1 actor=c2 shop=s2 conversation=@C2
6.002 gateway accepted message=@5 ref=c2-1 actor=c2 shop=s2 conversation=@C2 n=1
6.003 gateway pushed message=@5 actor=c2 shop=s2 conversation=@C2 n=1
6.005 gateway acknowledged message=@5 actor=c2 shop=s2 conversation=@C2 n=1
6.006 agents assigned actor=a2 device=a2/1 shop=s2 conversation=k2 n=2
6.013 agents shown message=@5 actor=a2 device=a2/1 shop=s2 conversation=k2 ref=m5 n=1
# a forged push is refused
7.0 gateway forged message=@6 actor=c2 shop=s2 conversation=@C2
"""

PARTS = ("customers", "gateway", "agents")
Tell = Callable[..., History]


def write(folder: Path, text: str) -> None:
    """Write the streams that a hand-written history tells of."""
    clock = [0]
    writers: dict[str, Writer] = {}
    last: dict[str, int] = {}  # of the streams that have no end
    for line in filter(None, (raw.partition("#")[0].strip() for raw in text.splitlines())):
        seconds, where, kind, *fields = shlex.split(line)
        clock[0] = round(float(seconds) * 1e9)
        for stream in PARTS if where == "*" else (where,):
            if stream not in writers:
                writers[stream] = Writer(folder, stream, "test", lambda: clock[0])
            last[stream] = clock[0]
            if kind == "end":
                writers[stream].close()
                del last[stream]
            elif kind != "watermark":
                values: dict[str, Any] = dict(field.split("=", 1) for field in fields)
                writers[stream].add(kind, **{**values, **({"n": int(values["n"])} if "n" in values else {})})
    for stream, t in last.items():
        clock[0] = t
        writers[stream].flush()
        writers[stream]._file.close()  # as a kill would


def shop(name: str, capacity: int = 15) -> ShopSpec:
    """A shop of a test's run."""
    return ShopSpec(
        id=name, name=name, open_id=f"o-{name}", customers=10, agents=2, capacity=capacity, authorization_code="x"
    )


def specification(**changes: Any) -> RunSpec:
    """run.json of a test's run: two shops, one phase of load, faults of every kind."""
    scenario = Scenario(
        name="hand",
        title_zh="手写",
        title_en="by hand",
        customers=Customers(concurrency=10),
        phases=(Phase(name="ramp", seconds=5, rate=1), Phase(name="steady", seconds=5, rate=1)),
        gates=("lost = 0",),
        agents=Agents(),
        faults=Faults(duplicate_push=0.1, forge_push=0.1, device_drop_per_minute=0.1),
    )
    known: dict[str, Any] = {
        "id": "20261123-180000-hand",
        "number": 1,
        "scenario": scenario,
        "target": "reference",
        "app": App(client_key="k", client_secret="s"),
        "shops": (shop("s1"), shop("s2")),
        "seed": 1,
    }
    return RunSpec(**{**known, **changes})


@pytest.fixture
def clean() -> str:
    """A small run in which every promise is kept, each with an opportunity."""
    return CLEAN


@pytest.fixture
def spec() -> Callable[..., RunSpec]:
    """Makes run.json of a test's run; see specification."""
    return specification


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    """Tell a history by hand; several calls in one test make several runs."""
    count = iter(range(1000))

    def told(text: str, spec: RunSpec | None = None, end: float | None = 60) -> History:
        text = text if end is None else f"{text}\n{end} * end"
        folder = tmp_path / f"run{next(count)}"
        if spec is not None:
            RunFolder(folder).write_spec(spec)
        write(folder / "history", text)
        return load(folder)

    return told


@pytest.fixture
def tell_text(tell: Tell) -> Tell:
    """`tell` under another name, for tests of functions called tell."""
    return tell

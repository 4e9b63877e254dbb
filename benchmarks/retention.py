"""A purge among the traffic: `python -m benchmarks.retention [--messages N]`.

A database of N messages, all older than 180 days, is made with its audit chain. The service opens it, pinned to the
last CPU, and takes webhooks at a steady rate from this client on the first: before the purge, while
`POST /retention/run` purges everything, and while the audit chain is verified then. Exit code 1 when a bound is missed.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

import aiohttp
import uvloop

from benchmarks.service import CPUS, KEY, SECRET, SHOPS, TEXT, Bench, OpenIm, Platform, paced
from reference_service.domain.changes import Changes
from reference_service.domain.records import Conversation, Counter, Logged, Message, Person, Shop, Taken
from reference_service.storage import connections
from reference_service.storage.journal import commit
from reference_service.storage.opening import audit_key, open_database

A_CONVERSATION: Final = 20  # messages
RATE: Final = 300.0  # webhooks a second, all the time
OLD_S: Final = 200 * 86400.0
BOUNDS: Final = {"p99_ms_during_purge": 50.0, "purged_per_s": 2000.0}  # at most, at least


def fill(folder: Path, messages: int) -> None:
    """A data folder with so many old messages, told to an agent, in resolved conversations."""
    path, _, trail = open_database(folder, audit_key(folder, None))
    connection, at = connections.writer(path), time.time() - OLD_S
    connection.pragma("synchronous", "off")
    first = Changes()
    for number in range(SHOPS):
        shop = Shop(
            id=f"s{number}",
            name="店",
            open_id=str(number),
            client_key=KEY,
            client_secret=SECRET,
            capacity=15,
            test=True,
        )
        first.keep(shop)
    first.keep(Person(id="a1", shop_id="s0", role="agent", login="a1@s0", seal="", name="甲"))
    conversations = messages // A_CONVERSATION
    first.keep(Counter(name="conversations", value=conversations))
    commit(connection, [first], trail)
    for start in range(0, conversations, 200):
        some = range(start, min(start + 200, conversations))
        commit(connection, [_talk(number, at) for number in some], trail)
    trail.close()
    connection.close()
    with path.open("rb") as file:  # or the disk would still be at it when the measuring begins
        os.fsync(file.fileno())


def _talk(number: int, at: float) -> Changes:
    changes, name = Changes(), f"cv{number + 1}"
    talk = Conversation(
        id=name,
        number=number + 1,
        shop_id="s0",
        platform_id=f"@old{number}==",
        customer=f"old{number}",
        nick="小王",
        state="resolved",
        agent_id=None,
        opened_at=at,
        waits_since=at,
        visit_from=1,
    )
    changes.keep(talk)
    for seq in range(1, A_CONVERSATION + 1):
        place = number * A_CONVERSATION + seq
        message = Message(
            conversation_id=name, seq=seq, sender="customer", agent_id=None, platform_id=f"@old{place}==",
            client_msg_id=None, text=TEXT, shown=TEXT, masked=False, index=seq, late=False, status="received",
            created_at=at,
        )  # fmt: skip
        changes.keep(message)
        changes.keep(Taken(id_hash=f"{place:032x}", body_hash=f"{place:032x}"))
        told = {"conversation_id": name, "message_id": message.id, "seq": seq, "text": TEXT}
        changes.keep(Logged(agent_id="a1", s=place, t="message.created", d=json.dumps(told, ensure_ascii=False)))
    return changes


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Bench]:
    """The service on a data folder."""
    ready = folder / "ready.json"
    command = [sys.executable, "-m", "reference_service", "--port", "0", "--data", str(folder), "--operator-key", "K"]
    part = await asyncio.create_subprocess_exec(*command, "--ready-file", str(ready), stdout=asyncio.subprocess.DEVNULL)
    os.sched_setaffinity(part.pid, {CPUS[-1]})
    try:
        while not ready.exists():
            await asyncio.sleep(0.1)
            assert part.returncode is None, "the service ended"
        timeout = aiohttp.ClientTimeout(None)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            url = f"http://127.0.0.1:{json.loads(ready.read_text())['port']}"
            yield Bench(OpenIm(), http, url, part.pid, Platform())
    finally:
        part.terminate()
        await part.wait()


async def among_traffic(bench: Bench, work: Awaitable[Any]) -> tuple[Any, float, float]:
    """Do a work while webhooks come in: its result, its seconds, and the traffic's p99 in milliseconds meanwhile."""
    begun, waits = time.perf_counter(), list[float]()
    task = asyncio.ensure_future(work)
    while not task.done():
        waits += await paced(bench, RATE, 1.0)
    took = time.perf_counter() - begun
    return await task, took, quantiles(waits, n=100)[98] * 1000


async def measure(folder: Path) -> dict[str, Any]:
    """Every figure."""
    async with serving(folder) as bench:
        _, _, quiet = await among_traffic(bench, asyncio.sleep(5))
        purged, took, purging = await among_traffic(bench, bench.call("/api/v1/retention/run", "K", {}))
        headers = {"Authorization": "Bearer K"}

        async def verify() -> Any:
            async with bench.http.get(bench.url + "/api/v1/audit/verify", headers=headers) as answer:
                return await answer.json()

        report, verifying_s, verifying = await among_traffic(bench, verify())
    assert report["holds"], report
    return {
        **purged, "p99_ms_before": quiet, "p99_ms_during_purge": purging, "purge_s": took,
        "purged_per_s": purged["messages"] / took, "verify_s": verifying_s, "verified_rows": report["rows"],
        "p99_ms_during_verify": verifying,
    }  # fmt: skip


def main() -> int:
    """Print the figures; 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    options = parser.parse_args()
    os.sched_setaffinity(0, {CPUS[0]})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begun = time.perf_counter()
        fill(folder, options.messages)
        size = (folder / "service.db").stat().st_size / 2**20
        print(f"filled in {time.perf_counter() - begun:.0f} s, {size:,.0f} MiB", flush=True)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            found = runner.run(measure(folder))
    print("  ".join(f"{name} {value:,.1f}" for name, value in found.items()), flush=True)
    whole = found["messages"] == options.messages // A_CONVERSATION * A_CONVERSATION
    missed = found["p99_ms_during_purge"] > BOUNDS["p99_ms_during_purge"]
    missed |= found["purged_per_s"] < BOUNDS["purged_per_s"] or not whole
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())

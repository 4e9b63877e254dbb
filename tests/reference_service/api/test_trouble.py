"""Storage that fails and clocks that jump, in the whole service: refused aloud, and the order stays (ORDER-1)."""

from pathlib import Path
from typing import Any

import apsw
import pytest

from reference_service.storage import connections

DAY_S = 86400.0


async def test_a_commit_that_fails_is_answered_503_and_nothing_is_taken_after_it(
    serve: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "BUSY_MS", 50)
    async with serve(settings) as service:
        await service.shop()
        await service.write("还好")
        other = apsw.Connection(str(service.engine.path))
        other.execute("BEGIN IMMEDIATE")
        answer = await service.push(service.event("没有存下"))
        assert (answer.status_code, answer.json()["code"]) == (503, "storage_failed")
        other.close()
        answer = await service.push(service.event("之后"))
        assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
        assert service.engine.failed.is_set()
    async with serve(settings) as service:
        (thread,) = service.engine.world.threads.values()
        assert [message.text for message in thread.visit] == ["还好"]


async def test_order_is_that_of_acceptance_though_the_clock_jumped_back(serve: Any, settings: Any) -> None:
    async with serve(settings) as service:
        admin = await service.shop()
        _, agent = await service.agent(admin, capacity=1)
        device = await service.device(agent)
        service.engine.clock.jump(2 * DAY_S)
        for customer in ("c1", "c2", "c3"):  # one is served, two wait
            await service.write("之前", customer)
        await device.ws.close()
    async with serve(settings) as service:  # the clock is two days back
        service._written = 100
        for customer in ("c1", "c4", "c2"):
            await service.write("之后", customer)
        times = {}
        for name in ("cv1", "cv2"):
            page = (await service.http.get(f"/api/v1/conversations/{name}/messages", headers=admin)).json()["items"]
            assert [(message["seq"], message["text"]) for message in page] == [(1, "之前"), (2, "之后")]
            times[name] = [message["created_at"] for message in page]
        assert all(later < earlier - DAY_S for earlier, later in times.values())  # the clock did jump
        (floor,) = service.engine.world.floors.values()
        assert [thread.conversation.customer for thread in floor.queue] == ["c2", "c3", "c4"]
    async with serve(settings) as service:
        (floor,) = service.engine.world.floors.values()
        assert [thread.conversation.customer for thread in floor.queue] == ["c2", "c3", "c4"]


async def test_nothing_young_is_purged_because_the_clock_jumped_back(service: Any) -> None:
    admin = await service.shop()
    service.engine.clock.jump(400 * DAY_S)
    await service.write("一句")
    assert (await service.http.post("/api/v1/conversations/cv1/resolve", headers=admin)).status_code == 200
    service.engine.clock.jump(-800 * DAY_S)
    await service.engine.jobs.run("retention")
    assert list(service.engine.world.threads) == ["cv1"]


def test_the_database_is_made_where_only_its_owner_reads_it(vault_folder: Path) -> None:
    for name in ("service.db", "audit.key", "audit.head"):
        assert (vault_folder / name).stat().st_mode & 0o077 == 0


@pytest.fixture
async def vault_folder(serve: Any, settings: Any) -> Any:
    async with serve(settings):
        yield settings.data

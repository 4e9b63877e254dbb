"""The service about itself."""

from typing import Any

from reference_service.api import sessions


async def test_from_the_moment_of_a_stop_it_is_not_ready_and_finishes_what_is_under_way(service: Any) -> None:
    admin = await service.shop()
    assert (await service.http.get("/readyz")).status_code == 200
    await sessions.dismiss(service.engine)
    stopping = await service.http.get("/readyz")
    assert (stopping.status_code, stopping.json()["code"], stopping.headers["retry-after"]) == (503, "stopping", "1")
    assert (await service.http.get("/healthz")).status_code == 200
    assert (await service.http.get("/api/v1/conversations", headers=admin)).status_code == 200
    assert (await service.push(service.event("你好"))).status_code == 200

"""GET /metrics: figures that are right, for the operator only, and without a name."""

import asyncio
import time
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

OPERATOR = {"Authorization": "Bearer op"}


async def figures(service: Any) -> dict[str, float]:
    """Every sample by its name and label values."""
    answer = await service.http.get("/metrics", headers=OPERATOR)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        "/".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_what_happened_and_what_is_there_is_counted(service: Any) -> None:
    admin = await service.shop(authorization_code="code")
    _, agent = await service.agent(admin, capacity=1)
    device = await service.device(agent)
    first = service.event("你好", customer="c1", message="m1")
    for body in (
        first,
        first,
        service.event("别的", customer="c1", message="m1"),
        service.event("你好", customer="c2"),
    ):
        await service.push(body)
    await device.say("send", conversation_id="cv1", text="在的", client_msg_id="k1")
    await device.dispatch("message.updated")
    await service.http.post("/api/v1/auth/login", json={"login": "x", "password": "x"})
    seen = await figures(service)
    expected = {
        "golive_messages_total/taken": 2,
        "golive_messages_total/again": 1,
        "golive_messages_total/conflict": 1,
        "golive_conversations/open": 1,
        "golive_conversations/queued": 1,
        "golive_queue_length": 1,
        "golive_devices": 1,
        "golive_inbox": 0,
        "golive_events_waiting": 0,
        "golive_platform_calls_total/ok": 1,
    }
    assert {name: seen.get(name) for name in expected} == expected
    assert seen["golive_commit_seconds_count"] > 4
    assert 0 < seen["golive_commit_seconds_sum"] < 10


async def test_the_event_loops_lag_is_observed(service: Any) -> None:
    before = (await figures(service))["golive_loop_lag_seconds_sum"]
    time.sleep(0.6)  # noqa: ASYNC251 - the loop is meant to be late
    await asyncio.sleep(0.01)
    assert (await figures(service))["golive_loop_lag_seconds_sum"] > before + 0.3


async def test_refusals_are_counted_by_their_limit(service: Any) -> None:
    service.engine.limits.hits["caller_rate"] += 3
    assert (await figures(service))["golive_limit_hits_total/caller_rate"] == 3


async def test_no_name_of_anybody_stands_in_it(service: Any) -> None:
    admin = await service.shop("shop-named-so")
    _, agent = await service.agent(admin, name="客服小李")
    device = await service.device(agent)
    await service.write("我叫王五", customer="customer-named-so", shop="shop-named-so")
    await device.dispatch("message.created")
    text = (await service.http.get("/metrics", headers=OPERATOR)).text
    for word in ("named-so", "小李", "王五", "小王", "o-shop", "cv1"):
        assert word not in text


async def test_only_the_operator_reads_it(service: Any) -> None:
    admin = await service.shop()
    for headers in ({}, admin, {"Authorization": "Bearer guess"}):
        assert (await service.http.get("/metrics", headers=headers)).status_code == 401

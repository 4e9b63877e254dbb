"""The platform's webhook over HTTP: what is answered, and when."""

import asyncio
from typing import Any

import apsw
import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from reference_service.settings import Settings


async def test_verify_webhook_gets_its_challenge_back_in_either_form(service: Any) -> None:
    await service.shop()
    for content in ({"challenge": 12345}, '{"challenge":12345}'):
        body = msgspec.json.encode({"event": "verify_webhook", "client_key": "", "content": content})
        answer = await service.push(body)
        assert (answer.status_code, answer.json()) == (200, {"challenge": 12345})


async def test_a_wrong_or_missing_signature_is_401_and_nothing_is_taken(service: Any) -> None:
    await service.shop()
    body = service.event("你好")
    assert (await service.push(body, secret="guess")).status_code == 401
    missing = await service.http.post("/api/v1/douyin/im", content=body)
    assert (missing.status_code, missing.json()["code"]) == (401, "bad_signature")
    assert service.engine.world.threads == {}


async def test_bodies_that_are_no_event_are_422_problem_documents(service: Any) -> None:
    await service.shop()
    for body in (b"{", b'"text"', b'{"event":"im_receive_msg","content":{}}'):
        answer = await service.push(body)
        assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
        assert answer.headers["content-type"] == "application/problem+json"


async def test_unknown_events_and_shops_are_acknowledged(service: Any) -> None:
    await service.shop()
    assert (await service.push(b'{"event":"im_dance","content":[]}')).status_code == 200
    assert (await service.push(service.event("你好", shop="nobody"))).status_code == 200


async def test_a_body_above_the_limit_is_413_declared_or_not(service: Any) -> None:
    await service.shop()
    big = b"x" * (service.engine.settings.max_body + 1)
    assert (await service.push(big)).status_code == 413

    async def pieces() -> Any:
        for start in range(0, len(big), 65536):
            yield big[start : start + 65536]

    undeclared = await service.http.post("/api/v1/douyin/im", content=pieces())
    assert (undeclared.status_code, undeclared.json()["code"]) == (413, "too_large")


async def test_a_conflict_is_answered_200_and_recorded(service: Any, capsys: pytest.CaptureFixture[str]) -> None:
    await service.shop()
    await service.write("甲", message="m1")
    await service.write("乙", message="m1")
    lines = [msgspec.json.decode(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["message"] for line in lines if line["event"] == "message_id_conflict"] == ["m1"]


async def test_a_full_inbox_is_429_with_retry_after_and_recovers(settings: Settings, serve: Any) -> None:
    async with serve(msgspec.structs.replace(settings, inbox=2)) as service:
        await service.shop()
        answers = await asyncio.gather(*(service.push(service.event("你好")) for _ in range(8)))
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert {answer.headers["retry-after"] for answer in refused} == {"1"}
        assert {answer.status_code for answer in answers} == {200, 429}
        assert sum(thread.seq for thread in service.engine.world.threads.values()) == 8 - len(refused)
        await service.write("之后")


async def test_logs_have_no_message_text(service: Any, capsys: pytest.CaptureFixture[str]) -> None:
    admin = await service.shop()
    _, agent = await service.agent(admin)
    device = await service.device(agent)
    await service.write("我的地址是北京")
    await device.say("send", conversation_id="cv1", text="收到地址", client_msg_id="k1")
    await device.until("sent")
    printed = capsys.readouterr()
    assert "北京" not in printed.out + printed.err
    assert "地址" not in printed.out + printed.err


async def test_a_failed_commit_is_503_and_the_service_asks_to_be_ended(service: Any) -> None:
    await service.shop()
    writer = apsw.Connection(service.engine.reader._connection.filename)
    writer.execute("CREATE TRIGGER full BEFORE INSERT ON message BEGIN SELECT RAISE(FAIL, 'disk full'); END")
    writer.close()
    assert (await service.push(service.event("你好"))).status_code == 503
    assert service.engine.failed.is_set()
    assert (await service.http.get("/readyz")).status_code == 503


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
CONTENT = {"conversation_short_id": "@C", "server_message_id": "@m", "message_type": "text", "text": "在吗", "index": 1}
CHANGES = st.dictionaries(st.sampled_from([*CONTENT, "user_infos", "challenge"]), JSON, max_size=2)
CONTENTS = CHANGES.map(lambda changes: CONTENT | changes)
KINDS = ["im_receive_msg", "im_send_msg", "im_recall_msg", "im_message_read", "im_enter_direct_msg", "verify_webhook"]
EVENTS = st.fixed_dictionaries(
    {
        "event": st.sampled_from(KINDS) | JSON,
        "client_key": st.just("ck"),
        "from_user_id": st.sampled_from(["c1", "o-s1"]) | JSON,
        "to_user_id": st.sampled_from(["c1", "o-s1"]),
        "content": CONTENTS | CONTENTS.map(lambda content: msgspec.json.encode(content).decode()) | JSON,
    }
)


@pytest.mark.thorough
@hypothesis_settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary() | JSON.map(msgspec.json.encode) | EVENTS.map(msgspec.json.encode))
async def test_whatever_is_rightly_signed_gets_a_clear_answer(service: Any, body: bytes) -> None:
    if not service.engine.world.floors:
        await service.shop()
    answer = await service.push(body)
    assert answer.status_code in (200, 422), answer.text
    assert not service.engine.failed.is_set()

"""The past of a conversation over HTTP: the events, and a replay that equals the history (RECORD-1)."""

from typing import Any

import pytest

CV = "/api/v1/conversations/cv1"
WORDS = {"words": [{"word": "微信"}, {"word": "骗子", "to_agent": "block"}]}


@pytest.fixture
async def talked(service: Any) -> Any:
    """A conversation with two visits, a transfer, a note, a blocked and a recalled message."""
    admin = await service.shop(authorization_code="code")
    await service.http.put("/api/v1/sensitive-words", json=WORDS, headers=admin)
    _, first = await service.agent(admin)
    devices = [await service.device(first)]
    await service.write("在吗")
    second_id, second = await service.agent(admin)
    devices.append(await service.device(second))
    await service.write("骗子", message="@bad==")
    await service.write("说错了", message="@wrong==")
    await service.push(service.event("", event="im_recall_msg", content={"server_message_id": "@wrong=="}))
    for path, body, who in (
        ("transfer", {"agent_id": second_id, "note": "要退款"}, first),
        ("messages", {"client_msg_id": "k1", "text": "您好"}, second),
        ("resolve", None, second),
    ):
        done = await service.http.post(f"{CV}/{path}", json=body, headers=who)
        assert done.status_code in (200, 201), done.text
    await service.write("再问一下")
    yield admin, second
    assert [device.ws.closed for device in devices] == [False, False]


async def pages(service: Any, path: str, headers: dict[str, str], limit: int) -> list[Any]:
    """Every item of every page."""
    items, after = [], None
    while True:
        query = f"?limit={limit}" + ("" if after is None else f"&after={after}")
        got = await service.http.get(f"{CV}/{path}{query}", headers=headers)
        assert got.status_code == 200, got.text
        items += got.json()["items"]
        if (after := got.json()["next"]) is None:
            return items


@pytest.mark.parametrize("limit", [1, 3, 1000])
async def test_the_replay_is_the_messages_and_the_events_and_nothing_else(
    service: Any, talked: Any, limit: int
) -> None:
    admin, _ = talked
    replay = await pages(service, "replay", admin, limit)
    said = await pages(service, "messages", admin, limit)
    did = await pages(service, "events", admin, limit)
    assert [item["message"] for item in replay if "message" in item] == said
    assert [item["event"] for item in replay if "event" in item] == did
    assert len(replay) == len(said) + len(did)
    assert len(said) == 6
    order = [(item["message"]["seq"], 0) if "message" in item else (item["event"]["seq"], 1) for item in replay]
    assert order == sorted(order)


async def test_the_replay_tells_the_story_in_order(service: Any, talked: Any) -> None:
    admin, _ = talked
    replay = await pages(service, "replay", admin, 1000)
    story = [item["message"]["text"] if "message" in item else item["event"]["kind"] for item in replay]
    assert story == [
        *("在吗", "opened", "assigned", None, None, "recalled", "要退款", "released", "assigned", "transferred"),
        *("您好", "released", "resolved", "再问一下", "opened", "assigned"),
    ]


async def test_what_was_blocked_or_recalled_is_nowhere_in_the_past(service: Any, talked: Any) -> None:
    admin, second = talked
    for path in ("replay", "events", "messages"):
        for headers in (admin, second):
            text = (await service.http.get(f"{CV}/{path}", headers=headers)).text
            assert "骗子" not in text
            assert "说错了" not in text


async def test_speed_is_only_a_figure_beside_the_time(service: Any, talked: Any) -> None:
    admin, _ = talked
    once = (await service.http.get(f"{CV}/replay", headers=admin)).json()
    fast = (await service.http.get(f"{CV}/replay?speed=4", headers=admin)).json()
    assert [item["play_at_s"] * 4 for item in fast["items"]] == [item["offset_s"] for item in once["items"]]
    assert [item | {"play_at_s": 0} for item in fast["items"]] == [item | {"play_at_s": 0} for item in once["items"]]
    assert once["items"][0]["offset_s"] == 0.0
    assert all(item["at"] == once["begins"] + item["offset_s"] for item in once["items"])


@pytest.mark.parametrize(
    "query", ["after=1", "after=1.", "after=.1", "after=x.y", "after=1.2.3", "after=٣.1", "speed=0", "speed=1.5"]
)
async def test_strange_queries_are_422(service: Any, talked: Any, query: str) -> None:
    admin, _ = talked
    assert (await service.http.get(f"{CV}/replay?{query}", headers=admin)).status_code == 422


async def test_another_shops_past_is_none(service: Any, talked: Any) -> None:
    assert talked
    stranger = await service.shop("s2")
    for path in ("events", "replay"):
        assert (await service.http.get(f"{CV}/{path}", headers=stranger)).status_code == 404
        assert (await service.http.get(f"{CV}/{path}")).status_code == 401


async def test_the_past_survives_a_restart_and_goes_on(settings: Any, serve: Any) -> None:
    async with serve(settings) as service:
        admin = await service.shop()
        await service.write("在吗")
        before = (await service.http.get(f"{CV}/events", headers=admin)).json()["items"]
        assert [event["kind"] for event in before] == ["opened", "queued"]
    async with serve(settings) as service:
        await service.http.post(f"{CV}/resolve", headers=admin)
        after = (await service.http.get(f"{CV}/events", headers=admin)).json()["items"]
    assert after[:2] == before
    assert [(event["n"], event["kind"]) for event in after[2:]] == [(3, "resolved")]

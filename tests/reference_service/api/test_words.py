"""The word list over HTTP."""

from typing import Any


async def test_a_list_is_replaced_at_once_and_by_version(service: Any) -> None:
    admin = await service.shop()
    path = "/api/v1/sensitive-words"
    assert (await service.http.get(path, headers=admin)).json() == {"version": 0, "words": [], "allow": []}
    first = await service.http.put(path, json={"words": [{"word": "微信"}], "allow": ["微信支付"]}, headers=admin)
    assert first.json() == {
        "version": 1,
        "words": [{"word": "微信", "to_customer": "block", "to_agent": "mask"}],
        "allow": ["微信支付"],
    }
    stale = await service.http.put(path, json={"words": [], "version": 0}, headers=admin)
    assert (stale.status_code, stale.json()["code"]) == (409, "version_is_old")
    assert (await service.http.put(path, json={"words": [], "version": 1}, headers=admin)).json()["version"] == 2


async def test_an_unusable_word_changes_nothing(service: Any) -> None:
    admin = await service.shop()
    path = "/api/v1/sensitive-words"
    bad = await service.http.put(path, json={"words": [{"word": "微信"}, {"word": "\u200b"}]}, headers=admin)
    assert (bad.status_code, bad.json()["code"]) == (422, "unusable_word")
    assert (await service.http.get(path, headers=admin)).json()["version"] == 0


async def test_check_tells_action_offsets_and_what_the_other_side_would_see(service: Any) -> None:
    admin = await service.shop()
    await service.http.put("/api/v1/sensitive-words", json={"words": [{"word": "vx"}]}, headers=admin)

    async def check(direction: str) -> Any:
        asked = {"texts": ["加Ｖ\u200bＸ吧", "您好"], "direction": direction}
        return (await service.http.post("/api/v1/sensitive-words/check", json=asked, headers=admin)).json()

    hit = {"start": 1, "end": 4, "word": "vx"}
    clean = {"action": "pass", "text": "您好", "hits": []}
    assert await check("to_customer") == {
        "version": 1,
        "results": [{"action": "block", "text": None, "hits": [hit]}, clean],
    }
    assert await check("to_agent") == {
        "version": 1,
        "results": [{"action": "mask", "text": "加***吧", "hits": [hit]}, clean],
    }

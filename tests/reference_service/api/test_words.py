"""The word list over HTTP."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from reference_service.api import words as handlers
from reference_service.filtering.claims import CLAIMS, NOT_CLAIMED
from reference_service.filtering.words import Word, WordFilter

PATH = "/api/v1/sensitive-words"
CHECK = f"{PATH}/check"
OPERATOR = {"Authorization": "Bearer op"}
RULES = {"to_customer": "block", "to_agent": "mask", "category": ""}


def claims() -> dict[str, Any]:
    return {
        "claims": [{"class": claim.name, "words": claim.words, "about": claim.about} for claim in CLAIMS],
        "not_claimed": [{"class": claim.name, "about": claim.about} for claim in NOT_CLAIMED],
    }


async def test_a_list_is_replaced_at_once_and_by_version(service: Any) -> None:
    admin = await service.shop()
    empty = {"version": 0, "words": [], "allow": [], "contacts": {}, **claims()}
    assert (await service.http.get(PATH, headers=admin)).json() == empty
    listed = {"word": "微信", "to_customer": "mask", "category": "站外", "pinyin": True, "aliases": ["薇信"]}
    new = {"words": [{"word": "vx"}, listed], "allow": ["微信支付"], "contacts": {"phone": {"to_agent": "review"}}}
    first = await service.http.put(PATH, json=new, headers=admin)
    assert first.json() == {
        "version": 1,
        "words": [{"word": "vx", **RULES}, {**RULES, **listed}],
        "allow": ["微信支付"],
        "contacts": {"phone": {"to_customer": "block", "to_agent": "review"}},
        **claims(),
    }
    assert (await service.http.get(PATH, headers=admin)).json() == first.json()
    stale = await service.http.put(PATH, json={"words": [], "version": 0}, headers=admin)
    assert (stale.status_code, stale.json()["code"]) == (409, "version_is_old")
    assert (await service.http.put(PATH, json={"words": [], "version": 1}, headers=admin)).json()["version"] == 2


async def test_an_unusable_word_changes_nothing_and_is_named_by_its_place(service: Any) -> None:
    admin = await service.shop()
    bad = await service.http.put(PATH, json={"words": [{"word": "微信"}, {"word": "\u200b"}]}, headers=admin)
    assert (bad.status_code, bad.json()["code"]) == (422, "unusable_word")
    assert bad.json()["detail"].startswith("words[1]: ")
    both = await service.http.put(PATH, json={"words": [{"word": "微信"}], "allow": ["微信"]}, headers=admin)
    assert (both.status_code, both.json()["detail"]) == (422, "allow[0]: it is a listed word, too")
    for body in (
        {},
        {"words": [{"word": 1}]},
        {"words": [{"word": "甲", "to_agent": "shout"}]},
        {"words": [{"word": "甲", "category": "x" * 65}]},
        {"words": [{"word": "甲", "aliases": ["乙"] * 33}]},
        {"words": [], "contacts": {"phone": "mask"}},
        {"words": [], "version": "1"},
    ):
        wrong = await service.http.put(PATH, json=body, headers=admin)
        assert (wrong.status_code, wrong.json()["code"]) == (422, "malformed"), body
    assert (await service.http.get(PATH, headers=admin)).json()["version"] == 0


async def test_check_tells_action_offsets_means_and_what_the_other_side_would_see(service: Any) -> None:
    admin = await service.shop()
    listed = [{"word": "vx", "category": "站外"}, {"word": "好评", "to_customer": "review"}]
    new = {"words": listed, "contacts": {"email": {"to_customer": "mask"}}}
    await service.http.put(PATH, json=new, headers=admin)

    async def check(direction: str, *texts: str) -> Any:
        asked = {"texts": list(texts), "direction": direction}
        told = (await service.http.post(CHECK, json=asked, headers=admin)).json()
        assert told["version"] == 1
        return told["results"]

    hit = {"start": 1, "end": 4, "word": "vx", "category": "站外", "via": "invisible"}
    email = {"start": 3, "end": 10, "word": "email", "category": "contact", "via": "contact"}
    good = {"start": 0, "end": 2, "word": "好评", "category": "", "via": "plain"}
    clean = {"action": "pass", "text": "您好", "hits": []}
    assert await check("to_customer", "加v\u200bx吧", "您好", "写到：a@b.com", "好评") == [
        {"action": "block", "text": None, "hits": [hit]},
        clean,
        {"action": "mask", "text": "写到：*******", "hits": [email]},
        {"action": "review", "text": "好评", "hits": [good]},
    ]
    assert await check("to_agent", "加v\u200bx吧", "您好") == [
        {"action": "mask", "text": "加***吧", "hits": [hit]},
        clean,
    ]


async def test_the_check_takes_a_thousand_texts_and_refuses_more_or_longer_ones(service: Any) -> None:
    admin = await service.shop()
    many = await service.http.post(CHECK, json={"texts": ["甲"] * 1000}, headers=admin)
    assert len(many.json()["results"]) == 1000
    for texts in (["甲"] * 1001, ["甲" * 10_001], "甲", [1]):
        refused = await service.http.post(CHECK, json={"texts": texts}, headers=admin)
        assert (refused.status_code, refused.json()["code"]) == (422, "malformed")


async def test_of_one_text_two_hundred_hits_are_told(service: Any) -> None:
    admin = await service.shop()
    await service.http.put(PATH, json={"words": [{"word": "甲"}]}, headers=admin)
    for length in (300, 5000):  # judged at once, and beside
        asked = {"texts": ["甲" * length], "direction": "to_agent"}
        (result,) = (await service.http.post(CHECK, json=asked, headers=admin)).json()["results"]
        assert (len(result["hits"]), result["text"]) == (200, "*" * length)


@pytest.mark.thorough
async def test_fifty_thousand_words_are_taken_and_a_body_beyond_four_megabytes_is_not(service: Any) -> None:
    admin = await service.shop()
    words = [{"word": f"第{n}号词"} for n in range(50_000)]
    assert (await service.http.put(PATH, json={"words": words}, headers=admin)).json()["version"] == 1
    asked = {"texts": ["第49999号词", "第50000号词"]}
    results = (await service.http.post(CHECK, json=asked, headers=admin)).json()["results"]
    assert [result["action"] for result in results] == ["block", "pass"]
    more = await service.http.put(PATH, json={"words": [*words, {"word": "甲"}]}, headers=admin)
    assert (more.status_code, more.json()["code"]) == (422, "malformed")
    big = await service.http.put(PATH, content=b" " * (4 * 1024 * 1024 + 1), headers=admin)
    assert (big.status_code, big.json()["code"]) == (413, "too_large")


class Compiling:
    """Holds the compilation of a list that begins with 慢 until told to go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.may_go_on = threading.Event(), threading.Event()
        compiling = self

        class Held(WordFilter):
            def __init__(self, words: Sequence[Word], *rest: Any, **more: Any) -> None:
                if words[0].word == "慢":
                    compiling.begun.set()
                    assert compiling.may_go_on.wait(10)
                super().__init__(words, *rest, **more)

        monkeypatch.setattr(handlers, "WordFilter", Held)

    async def under_way(self) -> None:
        assert await asyncio.to_thread(self.begun.wait, 10)


async def test_while_a_list_is_compiled_others_are_served_and_of_two_for_one_version_the_first_wins(
    service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await service.shop()
    compiling = Compiling(monkeypatch)
    first, second = (
        asyncio.create_task(service.http.put(PATH, json={"words": [{"word": word}], "version": 0}, headers=admin))
        for word in ("慢", "快")
    )
    await compiling.under_way()
    assert (await service.http.get(PATH, headers=admin)).json()["version"] == 0
    asked = {"texts": ["慢"]}
    assert (await service.http.post(CHECK, json=asked, headers=admin)).json()["results"][0]["action"] == "pass"
    compiling.may_go_on.set()
    assert (await first).json()["version"] == 1
    lost = await second
    assert (lost.status_code, lost.json()["code"]) == (409, "version_is_old")
    assert (await service.http.get(PATH, headers=admin)).json() == (await first).json()


async def test_a_shop_removed_while_its_list_is_compiled_is_gone(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = await service.shop()
    compiling = Compiling(monkeypatch)
    slow = asyncio.create_task(service.http.put(PATH, json={"words": [{"word": "慢"}]}, headers=admin))
    await compiling.under_way()
    assert (await service.http.delete("/api/v1/shops/s1", headers=OPERATOR)).status_code == 204
    compiling.may_go_on.set()
    assert (await slow).status_code == 401

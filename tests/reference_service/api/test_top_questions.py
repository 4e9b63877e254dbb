"""The week's top questions over HTTP, and a promoted one answered automatically from then on (R5.4, FAQ-1, KNOW-1)."""

import datetime
from typing import Any

import pytest

from reference_service.domain.top_questions import monday
from tests.reference_service.api.bots import quiet

PATH = "/api/v1/knowledge"
STRANGE = ("cv1-9", "cv9-1", "x", "-", "cv1-x", "cv1-" + "9" * 190)  # ids of no message


async def top(service: Any, headers: dict[str, str], **params: str) -> Any:
    answer = await service.http.get(f"{PATH}/top-questions", params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def promote(service: Any, headers: dict[str, str], **body: Any) -> Any:
    return await service.http.post(f"{PATH}/promote-question", json=body, headers=headers)


async def ask(service: Any, *texts: str) -> None:
    for number, text in enumerate(texts):
        await service.write(text, f"c{number}")


async def until(service: Any, moment: float) -> None:
    await service.engine.travel(moment - service.engine.clock.now())


async def test_the_five_most_asked_questions_of_a_week_are_counted(service: Any) -> None:
    admin = await service.shop()
    texts = {"什么时候发货": 4, "怎么退货": 3, "运费多少": 6, "几天能到": 2, "有红色吗": 5, "能便宜吗": 1, "你好": 9}
    await ask(service, *(text for text, times in texts.items() for _ in range(times)))
    await ask(service, "亲，什么时候发货呀？", "請問什麼時候發貨", "什么时候发货~")
    seen = await top(service, admin)
    told = {one["text"]: one["count"] for one in seen["items"]}
    assert list(told.items()) == [
        ("什么时候发货", 7),
        ("运费多少", 6),
        ("有红色吗", 5),
        ("怎么退货", 3),
        ("几天能到", 2),
    ]
    assert {one["article_id"] for one in seen["items"]} == {None}
    assert seen["begin"] == monday(service.engine.clock.now())
    assert set(seen["formulas"]) == {"count", "answered_by_bot", "agent_reply_s", "would_have_taken_s"}


async def test_what_the_bot_answered_and_what_it_would_have_taken_a_person_are_told(service: Any) -> None:
    admin = await service.shop()
    _, agent = await service.agent(admin)
    _connected = await service.device(agent)
    await service.http.put("/api/v1/bot", json={"mode": "assist"}, headers=admin)
    article = (await promote(service, admin, text="什么时候发货", answer="两天内")).json()
    await ask(service, "什么时候发货", "亲，什么时候发货", "怎么退货")
    await quiet(service)
    open_ones = (await service.http.get("/api/v1/conversations", headers=agent)).json()["items"]
    await service.engine.travel(40)
    reply = {"client_msg_id": "r1", "text": "七天内可以"}
    await service.http.post(f"/api/v1/conversations/{open_ones[2]['id']}/messages", json=reply, headers=agent)
    seen = await top(service, admin)
    assert seen["agent_reply_s"] == pytest.approx(40, abs=5)
    first, second = seen["items"]
    assert (first["article_id"], first["count"], first["answered_by_bot"]) == (article["id"], 2, 2)
    assert first["would_have_taken_s"] == pytest.approx(2 * seen["agent_reply_s"])
    assert (second["text"], second["answered_by_bot"], second["would_have_taken_s"]) == ("怎么退货", 0, 0)


async def test_a_week_ends_on_monday_at_midnight_in_shanghai(service: Any) -> None:
    admin = await service.shop()
    next_week = monday(service.engine.clock.now()) + 7 * 86400
    await until(service, next_week - 5)
    await ask(service, "什么时候发货")
    await until(service, next_week + 1)
    await ask(service, "怎么退货")
    assert [one["text"] for one in (await top(service, admin))["items"]] == ["怎么退货"]
    china = datetime.timezone(datetime.timedelta(hours=8))
    sunday = datetime.datetime.fromtimestamp(next_week - 3600, china).date().isoformat()
    before = await top(service, admin, week=sunday)
    assert ([one["text"] for one in before["items"]], before["end"]) == (["什么时候发货"], next_week)


async def test_a_question_promoted_by_its_id_is_answered_from_then_on(service: Any) -> None:
    admin = await service.shop()
    await ask(service, "怎么开发票", "怎么开发票")
    [question] = (await top(service, admin))["items"]
    done = await promote(service, admin, question_id=question["question_id"], answer="亲，在订单页申请")
    assert (done.status_code, done.json()["title"], done.json()["promoted"]) == (200, "怎么开发票", True)
    await service.write("请问怎么开发票呢", "c9")
    await quiet(service)
    [again] = (await top(service, admin))["items"]
    assert (again["count"], again["answered_by_bot"], again["article_id"]) == (3, 1, done.json()["id"])
    better = await promote(service, admin, text="怎么开发票？", answer="亲，会自动开")
    assert (better.json()["id"], better.json()["version"]) == (done.json()["id"], 2)


async def test_blocked_and_recalled_texts_never_show_and_cannot_be_promoted(service: Any) -> None:
    admin = await service.shop()
    words = {"words": [{"word": "刷单", "to_agent": "block"}]}
    await service.http.put("/api/v1/sensitive-words", json=words, headers=admin)
    await ask(service, "怎么刷单", "怎么好评返现")
    blocked = (await service.http.get("/api/v1/conversations", headers=admin)).json()["items"][0]["id"] + "-1"
    assert [one["text"] for one in (await top(service, admin))["items"]] == ["怎么好评返现"]
    assert (await promote(service, admin, question_id=blocked, answer="不可以")).status_code == 404
    stricter = {"words": [{"word": "刷单", "to_agent": "block"}, {"word": "返现", "to_agent": "block"}]}
    await service.http.put("/api/v1/sensitive-words", json=stricter, headers=admin)
    assert (await top(service, admin))["items"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"answer": "好"}, 422, "malformed"),
        ({"answer": "好", "text": "怎么退", "question_id": "cv1-1"}, 422, "malformed"),
        ({"answer": "好", "text": "长" * 201}, 422, "malformed"),
        ({"answer": "", "text": "怎么退"}, 422, "malformed"),
        ({"answer": "好", "text": "在吗？"}, 422, "no_question"),
        ({"answer": "全网最便宜", "text": "怎么退"}, 422, "blocked"),
        *(({"answer": "好", "question_id": one}, 404, "not_found") for one in STRANGE),
        ({"answer": "好", "question_id": "cv1-2"}, 404, "not_found"),  # the agent's
        ({"answer": "好", "question_id": "cv2-1"}, 404, "not_found"),  # another shop's
        ({"answer": "好", "question_id": "cv1-1"}, 422, "too_long"),
    ],
)
async def test_what_cannot_be_promoted_is_refused_and_nothing_is_written(
    service: Any, body: dict[str, Any], status: int, code: str
) -> None:
    admin = await service.shop()
    await service.shop("s2")
    _, agent = await service.agent(admin)
    _connected = await service.device(agent)
    await service.http.put("/api/v1/sensitive-words", json={"words": [{"word": "最便宜"}]}, headers=admin)
    await service.write("怎么退" * 100)
    reply = {"client_msg_id": "r1", "text": "可以"}
    await service.http.post("/api/v1/conversations/cv1/messages", json=reply, headers=agent)
    await service.write("怎么退", shop="s2")
    refused = await promote(service, admin, **body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert (await service.http.get(PATH, headers=admin)).json()["items"] == []


async def test_a_week_that_is_no_date_is_refused(service: Any) -> None:
    admin = await service.shop()
    for week in ("", "2025-02-30", "week", "2025"):
        refused = await service.http.get(f"{PATH}/top-questions", params={"week": week}, headers=admin)
        assert (refused.status_code, refused.json()["code"]) == (422, "malformed")

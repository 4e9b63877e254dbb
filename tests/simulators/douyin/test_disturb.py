"""The door for one disturbance at a time."""

from typing import Any

import aiohttp
import pytest

from simulators.faults.conflict import TEXT as CONFLICT
from simulators.faults.forge import TEXT as FORGED


async def disturb(b: Any, what: dict[str, Any], **where: str) -> dict[str, Any]:
    where = where or {"customer": "c1", "shop": "s1"}
    return dict(await b.post("/_golive/disturb", {**where, "with": what}))


async def ready(b: Any) -> Any:
    customer = await b.customer()
    await b.target.saw("im_enter_direct_msg", 1)
    return customer


async def texts(b: Any, count: int) -> list[str]:
    return [push.text for push in await b.target.saw("im_receive_msg", count)]


@pytest.mark.parametrize(
    ("what", "seen"),
    [
        ({"doubled": True}, ["一", "一", "二"]),
        ({"forged": True}, [FORGED, "一", "二"]),
        ({"conflicting": True}, ["一", CONFLICT, "二"]),
        ({"late_s": 60.0}, ["二", "一"]),
        ({"hold_s": 0.01}, ["一", "二"]),
    ],
)
async def test_only_the_next_message_is_disturbed(bench: Any, what: dict[str, Any], seen: list[str]) -> None:
    async with bench() as b:
        customer = await ready(b)
        assert (await disturb(b, what))["ok"]
        for n, text in enumerate("一二"):
            await customer.ask(op="send", id=str(n), text=text)
        assert await texts(b, len(seen)) == seen


async def test_a_late_push_goes_by_itself_where_no_successor_comes(bench: Any) -> None:
    async with bench() as b:
        customer = await ready(b)
        await disturb(b, {"late_s": 0.01}, conversation="@C1.s1.c1==")
        message = (await customer.ask(op="send", id="1", text="一"))["message"]
        assert await texts(b, 1) == ["一"]
        assert b.rows("delayed") == [("delayed", message, 10_000, "behind its successor")]


async def test_a_conflict_has_the_same_ids_and_counts_as_a_second_attempt(bench: Any) -> None:
    async with bench() as b:
        customer = await ready(b)
        await disturb(b, {"conflicting": True})
        message = (await customer.ask(op="send", id="1", text="一"))["message"]
        first, second = await b.target.saw("im_receive_msg", 2)
        assert first.headers["Msg-Id"] == second.headers["Msg-Id"]
        assert first.headers["X-Douyin-Signature"] != second.headers["X-Douyin-Signature"]
        assert second.event["content"]["server_message_id"] == message
        await customer.ask(op="send", id="2", text="二")
        await b.target.saw("im_receive_msg", 3)
        told = [row for row in b.rows("pushed", "acknowledged", "doubled", "undelivered") if row[1] == message]
        assert told == [
            ("pushed", message, 1, ""),
            ("acknowledged", message, 1, ""),
            ("doubled", message, 0, "conflict"),
            ("pushed", message, 2, ""),
            ("acknowledged", message, 2, ""),
        ]


async def test_a_clock_that_goes_back_leaves_the_index_alone(bench: Any) -> None:
    async with bench() as b:
        customer = await ready(b)
        await customer.ask(op="send", id="1", text="一")
        await disturb(b, {"back_s": 60.0})
        await customer.ask(op="send", id="2", text="二")
        first, second = (push.event["content"] for push in await b.target.saw("im_receive_msg", 2))
        assert second["create_time"] < first["create_time"]
        assert second["index"] > first["index"]


async def test_the_last_messages_are_pushed_again_and_never_given_up(bench: Any) -> None:
    async with bench(retry_s=()) as b:
        customer = await ready(b)
        for n in range(5):
            await customer.ask(op="send", id=str(n), text=f"第{n}条")
        await texts(b, 5)
        await customer.say(op="read", index=1)  # behind the last message in its lane: all were taken when it is there
        await b.target.saw("im_message_read", 1)
        await disturb(b, {"repush": True})
        assert await texts(b, 8) == [f"第{n}条" for n in (0, 1, 2, 3, 4, 2, 3, 4)]
        assert [row[3] for row in b.rows("doubled")] == ["repush"] * 3
        assert b.rows("undelivered") == []


async def test_one_call_is_refused_and_the_next_is_taken(bench: Any) -> None:
    async with bench() as b:
        customer, access = await ready(b), await b.token()
        message = (await customer.ask(op="send", id="1", text="一"))["message"]
        await disturb(b, {"refuse_call": True})
        codes = [(await b.reply(message, "在的", access))["extra"]["error_code"] for _ in "12"]
        assert codes == [28001005, 0]
        assert [row[3] for row in b.rows("called")] == ["busy", "ok"]


async def test_one_call_meets_the_rate_limit(bench: Any) -> None:
    async with bench() as b:
        customer, access = await ready(b), await b.token()
        message = (await customer.ask(op="send", id="1", text="一"))["message"]
        await disturb(b, {"limit_call": True})
        codes = [(await b.reply(message, "在的", access))["extra"]["error_code"] for _ in "12"]
        assert codes == [28003018, 0]


async def test_a_token_that_expired_stays_so_and_another_is_good(bench: Any) -> None:
    async with bench() as b:
        customer, access = await ready(b), await b.token()
        message = (await customer.ask(op="send", id="1", text="一"))["message"]
        await disturb(b, {"expire_token": True})
        codes = [(await b.reply(message, "在的", access))["extra"]["error_code"] for _ in "12"]
        assert codes == [28001008, 28001008]
        assert (await b.reply(message, "在的", await b.token()))["extra"]["error_code"] == 0


@pytest.mark.parametrize(("what", "echoes"), [("lost_answer", 1), ("lost_both", 0)])
async def test_a_call_is_carried_out_and_its_answer_lost_with_or_without_its_echo(
    bench: Any, what: str, echoes: int
) -> None:
    async with bench() as b:
        customer, access = await ready(b), await b.token()
        message = (await customer.ask(op="send", id="1", text="一"))["message"]
        await disturb(b, {what: True})
        with pytest.raises(aiohttp.ClientError):
            await b.reply(message, "在的", access)
        await customer.ask(op="send", id="2", text="二")
        await texts(b, 2)  # behind the echo in its conversation's lane
        assert len(b.target.of("im_send_msg")) == echoes


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "the body must be"),
        ({"conversation": "@C1.s1.c1==", "with": {"tripled": True}}, "unknown field `tripled`"),
        ({"conversation": "@C1.s1.c1==", "with": {"hold_s": -1}}, "hold_s"),
        ({"conversation": "@C9.s1.c9==", "with": {}}, "there is no such conversation"),
        ({"customer": "c9", "shop": "s1", "with": {}}, "there is no such conversation"),
        ({"with": {}}, "there is no such conversation"),
    ],
)
async def test_a_wish_that_cannot_be_is_told(bench: Any, body: Any, why: str) -> None:
    async with bench(register=False) as b:
        answer = await b.post("/_golive/disturb", body)
        assert (answer["status"], answer["ok"]) == (422, False)
        assert why in answer["why"]

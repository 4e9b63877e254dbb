"""The whole road: a customer's message to the target, a reply back, its echo."""

import gc
from typing import Any

from simulators.douyin.signing import webhook_signature


async def test_a_message_goes_to_the_target_and_the_reply_comes_back(bench: Any) -> None:
    async with bench() as b:
        customer = await b.customer()
        accepted = await customer.ask(op="send", id="c1-1", text="你好")
        assert accepted == {"op": "accepted", "id": "c1-1", "message": "@M2==", "index": 1}
        (push,) = await b.target.saw("im_receive_msg", 1)
        assert push.headers["X-Douyin-Signature"] == webhook_signature("secret-1", push.body)
        assert push.text == "你好"
        answer = await b.reply(accepted["message"], "在的亲", await b.token())
        assert answer["status"] == 200
        assert answer["extra"]["error_code"] == answer["data"]["error_code"] == 0
        assert await customer.hear() == {"op": "receive", "message": answer["msg_id"], "index": 2, "text": "在的亲"}
        (echo,) = await b.target.saw("im_send_msg", 1)
        assert echo.event["content"]["server_message_id"] == answer["msg_id"]
        assert echo.event["content"]["source"] == "key-1"
        assert [row[0] for row in b.rows("accepted", "pushed", "acknowledged", "called", "delivered")] == [
            "accepted", "pushed", "acknowledged", "called", "delivered"
        ]  # fmt: skip


async def test_the_road_of_a_message_leaves_no_cyclic_garbage(bench: Any) -> None:
    """The gateway's process runs without the collector, so what is cyclic there would never be freed."""
    async with bench(replies_per_turn=1000) as b:
        customer, access = await b.customer(), await b.token()

        async def turns(first: int, count: int) -> None:
            for n in range(first, first + count):
                message = (await customer.ask(op="send", id=f"c1-{n}", text="你好"))["message"]
                await b.reply(message, "在的", access)
                await customer.hear()
            await b.target.saw("im_send_msg", first + count)

        await turns(0, 20)  # connections and caches are made here
        gc.collect()
        gc.disable()
        try:
            await turns(20, 100)
            assert gc.collect() < 100
        finally:
            gc.enable()

"""The whole road: a customer's message to the target, a reply back, its echo."""

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

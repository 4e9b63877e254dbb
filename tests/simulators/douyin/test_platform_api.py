"""The platform's API over HTTP: tokens in both forms, refusals inside HTTP 200, recalls, sizes."""

from typing import Any

import msgspec
import pytest

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def test_a_token_call_is_answered_like_the_platforms_sample(bench: Any) -> None:
    async with bench() as b:
        body = b"client_key=key-1&client_secret=secret-1&code=code-1&grant_type=authorization_code"
        answer = await b.post("/oauth/access_token/", body, FORM)
        data = answer["data"]
        assert (answer["status"], answer["message"]) == (200, "success")
        assert data == {
            "access_token": data["access_token"],
            "expires_in": 1296000,
            "refresh_token": data["refresh_token"],
            "refresh_expires_in": 2592000,
            "open_id": "shop-1",
            "error_code": 0,
            "description": "",
        }
        renew = {
            "client_key": "key-1",
            "client_secret": "secret-1",
            "grant_type": "refresh_token",
            "refresh_token": data["refresh_token"],
        }
        renewed = await b.post("/oauth/refresh_token/", renew)
        assert renewed["data"]["access_token"] not in ("", data["access_token"])
        wrong = await b.post("/oauth/refresh_token/", renew | {"client_secret": "guess"})
        assert (wrong["message"], "access_token" in wrong["data"]) == ("error", False)
        del renew["client_secret"]  # as public clients renew
        again = await b.post("/oauth/refresh_token/", renew)
        assert again["data"]["access_token"] not in ("", data["access_token"], renewed["data"]["access_token"])


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"code":1}', b'{"x":' + b"[" * 100_000, b"\xff", b"{}"])
@pytest.mark.parametrize("headers", [{}, FORM])
async def test_a_wrong_token_call_is_an_error_inside_http_200(bench: Any, body: bytes, headers: dict[str, str]) -> None:
    async with bench(register=False) as b:
        answer = await b.post("/oauth/access_token/", body, headers)
        assert (answer["status"], answer["message"], answer["data"]["error_code"]) == (200, "error", 28001007)


async def test_an_expired_token_is_refused_and_its_refresh_works(bench: Any) -> None:
    async with bench(token_s=0.0) as b:
        message = (await (await b.customer()).ask(op="send", id="1", text="你好"))["message"]
        refused = await b.reply(message, "在的", await b.token())
        assert refused["status"] == 200
        assert refused["extra"]["error_code"] == refused["data"]["error_code"] == 28001008


async def test_every_refusal_is_recorded_with_its_code_and_reaches_nobody(bench: Any) -> None:
    async with bench() as b:
        customer = await b.customer()
        message = (await customer.ask(op="send", id="1", text="你好"))["message"]
        mine, other = await b.token("code-1"), await b.token("code-2")
        codes = [
            (await b.reply(message, "在的", access, **change))["extra"]["error_code"]
            for access, change in (
                ("act.invented", {}),
                (other, {}),
                (mine, {"to_user_id": "ou_c9"}),
                (mine, {"content": {"msg_type": 2}}),
                (mine, {"msg_id": 5}),
            )
        ]
        assert codes == [28001003, 28001015, 28001007, 28001007, 28001007]
        assert [row[3] for row in b.rows("called")] == [
            "token_invalid",
            "token_mismatch",
            "bad_parameter",
            "bad_parameter",
            "bad_parameter",
        ]
        await b.reply(message, "在的", mine)
        assert (await customer.hear())["text"] == "在的"


async def test_the_seventh_reply_is_refused_until_the_customer_writes_again(bench: Any) -> None:
    async with bench() as b:
        customer, access = await b.customer(), await b.token()
        message = (await customer.ask(op="send", id="1", text="你好"))["message"]
        codes = [(await b.reply(message, "在的", access))["extra"]["error_code"] for _ in range(7)]
        assert codes == [0] * 6 + [28003017]
        for _ in range(6):
            await customer.hear()
        message = (await customer.ask(op="send", id="2", text="还有"))["message"]
        assert (await b.reply(message, "在的", access))["extra"]["error_code"] == 0


async def test_a_recalled_reply_disappears_for_the_customer_and_comes_back_as_an_event(bench: Any) -> None:
    async with bench() as b:
        customer, access = await b.customer(), await b.token()
        message = (await customer.ask(op="send", id="1", text="你好"))["message"]
        reply = (await b.reply(message, "错了", access))["msg_id"]
        await customer.hear()
        call = {"conversation_id": "@C1.s1.c1==", "conversation_type": 1, "msg_id": reply}
        answer = await b.post("/im/recall/msg/?open_id=shop-1", call, {"access-token": access})
        assert answer["extra"]["error_code"] == 0
        assert await customer.hear() == {"op": "recalled", "message": reply}
        (event,) = await b.target.saw("im_recall_msg", 1)
        assert msgspec.json.decode(event.event["content"]) == {"server_message_id": reply}
        assert len(b.rows("called")) == 1


async def test_too_large_is_413_and_an_unknown_call_404(bench: Any) -> None:
    async with bench() as b:
        async with b.http.post(f"{b.url}/im/send/msg/", data=b"x" * 300_000) as answer:
            assert answer.status == 413
        async with b.http.post(f"{b.url}/order/searchList", data=b"{}") as answer:
            assert (answer.status, await answer.text()) == (404, "the simulated platform has no /order/searchList\n")
        assert (await (await b.customer()).ask(op="send", id="1", text="还在"))["op"] == "accepted"

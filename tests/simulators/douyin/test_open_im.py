"""Envelopes, signatures and answers of profile open-im, as whole values."""

import msgspec
import pytest

from history.run import App
from simulators.douyin.open_im import OpenIm
from simulators.douyin.open_im_codes import code
from simulators.douyin.signing import webhook_signature
from targets.platform import (
    Accepted,
    Call,
    Incoming,
    Message,
    OtherCall,
    Recall,
    Refusal,
    Reply,
    Request,
    Response,
    Stub,
    TokenCall,
)

APP = App(client_key="key", client_secret="secret")
BIG = "7495540735365777507"  # beyond 2^53


def message(event: str, server_message_id: str = BIG, text: str = "你好 <b>&", place: int = 3) -> Message:
    return Message(event, server_message_id, "@C==", "customer", "shop", "小王", text, place, 1700000000123)  # type: ignore[arg-type]


def push(told: Message) -> Request:
    return OpenIm().sign(OpenIm().write([told], APP), [told], APP)


def call(path: str, body: bytes, open_id: str = "shop", content_type: str = "application/json") -> Call | Refusal:
    headers = {"access-token": "act.1", "Content-Type": content_type}
    return OpenIm().decode(Incoming(path, {"open_id": open_id} if open_id else {}, headers, body), APP, 0.0)


def body(event: str) -> dict[str, object]:
    return msgspec.json.decode(push(message(event)).body)


def test_a_received_message_is_an_object_and_keeps_text_and_big_id_exactly() -> None:
    assert body("receive") == {
        "event": "im_receive_msg",
        "client_key": "key",
        "from_user_id": "customer",
        "to_user_id": "shop",
        "content": {
            "conversation_short_id": "@C==",
            "server_message_id": BIG,
            "create_time": 1700000000123,
            "text": "你好 <b>&",
            "user_infos": [{"open_id": "customer", "nick_name": "小王", "avatar": ""}],
            "index": 3,
            "source": "",
            "conversation_type": 1,
            "message_type": "text",
            "scene_type": "im_reply_msg",
        },
        "log_id": f"log-receive:{BIG}",
    }


def test_an_echo_goes_the_other_way_and_names_the_app_that_sent() -> None:
    echo = body("echo")
    assert (echo["event"], echo["from_user_id"], echo["to_user_id"]) == ("im_send_msg", "shop", "customer")
    assert echo["content"]["source"] == "key"  # type: ignore[index]


def test_a_recall_is_a_json_string_with_the_id_only() -> None:
    assert (body("recall")["event"], body("recall")["content"]) == (
        "im_recall_msg",
        f'{{"server_message_id":"{BIG}"}}',
    )


def test_an_entry_is_a_json_string() -> None:
    entered = body("enter")
    assert entered["event"] == "im_enter_direct_msg"
    assert msgspec.json.decode(entered["content"])["conversation_short_id"] == "@C=="  # type: ignore[arg-type]


def test_a_read_receipt_names_reader_and_index() -> None:
    assert body("read")["content"] == {
        "conversation_short_id": "@C==",
        "read_open_id": "customer",
        "index": 3,
        "conversation_type": 1,
    }


def test_a_rating_is_an_event_of_our_own() -> None:
    rated = body("rated")
    assert (rated["event"], rated["from_user_id"], rated["to_user_id"]) == ("golive_im_score", "customer", "shop")
    assert rated["content"] == {
        "conversation_short_id": "@C==",
        "server_message_id": BIG,
        "create_time": 1700000000123,
        "score": 3,
    }


def test_the_push_is_signed_over_its_raw_bytes_and_named_once() -> None:
    first, again = push(message("receive")), push(message("receive"))
    assert first == again
    assert first.headers == {
        "Content-Type": "application/json",
        "X-Douyin-Signature": webhook_signature("secret", first.body),
        "Msg-Id": f"receive:{BIG}",
    }


def test_different_events_have_different_msg_ids() -> None:
    pushes = [message("receive"), message("recall"), message("read", "", place=1), message("read", "", place=2)]
    assert len({push(each).headers["Msg-Id"] for each in pushes}) == 4


@pytest.mark.parametrize(
    ("status", "answer", "met"),
    [
        (200, b'{"challenge":12345}', True),
        (200, b'{"challenge":"12345"}', False),
        (200, b'{"challenge":1}', False),
        (200, b"ok", False),
        (200, b'{"x":' + b"[" * 60_000, False),
        (500, b'{"challenge":12345}', False),
    ],
)
def test_a_webhook_is_proven_by_its_own_challenge(status: int, answer: bytes, met: bool) -> None:
    pushed = msgspec.json.decode(OpenIm().probe(APP, 12345).body)
    assert pushed == {"event": "verify_webhook", "client_key": "key", "content": {"challenge": 12345}}
    assert OpenIm().probe_met(Response(status, answer), 12345) is met


def test_only_http_200_acknowledges() -> None:
    assert [OpenIm().acknowledged(Response(status, b"")) for status in (200, 201, 302, 401, 429, 500)] == [
        True,
        *[False] * 5,
    ]


def send(**change: object) -> Call | Refusal:
    asked = {
        "msg_id": BIG,
        "conversation_id": "@C==",
        "to_user_id": "customer",
        "content": {"msg_type": 1, "text": {"text": "在的"}},
    }
    return call("/im/send/msg/", msgspec.json.encode({**asked, **change}))


def test_a_reply_is_decoded_from_content_and_from_content_list() -> None:
    expected = Call("act.1", "shop", Reply("@C==", "customer", BIG, "在的"))
    assert send() == expected
    assert send(content=None, content_list=[{"msg_type": 1, "text": {"text": "在的"}}]) == expected


@pytest.mark.parametrize(
    ("change", "number", "why"),
    [
        ({"content": None}, 28001007, "content must be one text"),
        ({"content": {"msg_type": 2, "image": {"media_id": "1"}}}, 28001007, "content must be one text"),
        ({"msg_id": 7495540735365777507}, 28001007, "Expected `str`, got `int` - at `$.msg_id`"),
        ({"scene": "im_authorize_message"}, 28001014, "is not simulated"),
    ],
)
def test_a_malformed_reply_is_refused_with_its_reason(change: dict[str, object], number: int, why: str) -> None:
    refused = send(**change)
    assert isinstance(refused, Refusal)
    assert code(refused.reason) == number
    assert why in refused.words


@pytest.mark.parametrize("path", ["/im/send/msg/", "/im/recall/msg/"])
@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b'{"x":' + b"[" * 100_000, b'{"msg_id":"\\ud800"}'])
def test_no_body_of_a_call_makes_an_exception(path: str, body: bytes) -> None:
    refused = call(path, body)
    assert isinstance(refused, Refusal)
    assert code(refused.reason) == 28001007


def test_a_recall_and_an_unknown_path_are_told_apart() -> None:
    recall = b'{"conversation_id":"@C==","conversation_type":1,"msg_id":"@9=="}'
    assert call("/im/recall/msg/", recall) == Call("act.1", "shop", Recall("@C==", "@9=="))
    assert isinstance(call("/im/recall/msg/", b"{"), Refusal)
    assert call("/order/searchList", b"{}", "") == Call("act.1", "", OtherCall("/order/searchList"))


def test_a_call_for_nobody_is_refused() -> None:
    recall = b'{"conversation_id":"@C==","conversation_type":1,"msg_id":"@9=="}'
    assert call("/im/recall/msg/", recall, "") == Refusal("missing_parameter", "open_id is missing in the query")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json; charset=utf-8", b'{"client_key":"key","client_secret":"secret",%s}'),
        ("application/x-www-form-urlencoded", b"client_key=key&client_secret=secret&%s"),
    ],
)
def test_a_token_call_is_json_or_a_form(content_type: str, body: bytes) -> None:
    form = b"grant_type=authorization_code&code=c1"
    json = b'"grant_type":"authorization_code","code":"c1"'
    asked = call("/oauth/access_token/", body % (json if b"{" in body else form), "", content_type)
    assert asked == Call("act.1", "", TokenCall("code", code="c1"))


def test_a_token_call_of_another_app_is_refused() -> None:
    refused = call("/oauth/access_token/", b'{"client_key":"key","client_secret":"wrong"}', "")
    assert refused == Refusal("app", "client_key or client_secret is wrong")


def answer(outcome: Accepted | Stub | Refusal, path: str = "/im/send/msg/", now_s: float = 0.0) -> Response:
    return OpenIm().answer(Incoming(path, {}, {}, b""), outcome, now_s, "0216")


def test_a_stub_becomes_the_data_and_a_call_nobody_stubbed_is_404() -> None:
    stubbed = msgspec.json.decode(answer(Stub(b'{"orders":[]}'), "/order/searchList").body)
    assert (stubbed["data"], stubbed["extra"]["error_code"]) == ({"orders": []}, 0)
    assert answer(Refusal("not_simulated", "no such call")) == Response(404, b"no such call\n")


def test_an_accepted_call_is_answered_like_the_platforms_sample() -> None:
    told = answer(Accepted("@9=="), now_s=1648797449.9)
    assert told.status == 200
    assert msgspec.json.decode(told.body) == {
        "extra": {
            "error_code": 0,
            "sub_error_code": 0,
            "description": "",
            "sub_description": "",
            "now": 1648797449,
            "logid": "0216",
        },
        "data": {"error_code": 0, "description": ""},
        "msg_id": "@9==",
    }


def test_a_refused_call_is_http_200_with_its_code_in_extra_and_data() -> None:
    told = answer(Refusal("token_expired", "expired"))
    decoded = msgspec.json.decode(told.body)
    assert told.status == 200
    assert (decoded["extra"]["error_code"], decoded["data"]) == (
        28001008,
        {"error_code": 28001008, "description": "expired"},
    )
    assert "msg_id" not in decoded

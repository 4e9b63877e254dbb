"""Profile doudian, as whole values: pushes, their signatures, and every refusal of the open API."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from history.run import App, ShopSpec
from history.scenario import Gateway
from simulators.douyin.doudian import PROBE, Doudian
from simulators.douyin.doudian_codes import CODES
from simulators.douyin.profiles import PROFILES, profile
from simulators.douyin.signing import doudian_call_signature, doudian_push_signature
from targets.platform import (
    REASONS,
    Accepted,
    Call,
    Grant,
    Incoming,
    Message,
    Order,
    OtherCall,
    Outcome,
    Recall,
    Refusal,
    Reply,
    Response,
    Stub,
    TokenCall,
)

APP = App(client_key="3409409348479354011", client_secret="2ad2355c-01d0-11f8-91dc-05a8cd1054b1")
NOW = 1_700_000_000.0
SHOP = ShopSpec(id="s1", name="店", open_id="4463798001", customers=1, agents=1, capacity=1, authorization_code="c")
BIG = "7301234567890123457"


def message(event: str = "receive", order: Order | None = None, place: int = 5) -> Message:
    return Message(event, BIG, "73110", "73210", "4463798001", "小王", "你好 <b>&", place, 1644412885123, order)  # type: ignore[arg-type]


def item(told: Message, **settings: Any) -> dict[str, Any]:
    (found,) = msgspec.json.decode(Doudian(Gateway(**settings)).write([told], APP))
    return dict(found)


def data(told: Message) -> dict[str, Any]:
    return dict(msgspec.json.decode(item(told)["data"]))


def test_a_message_is_a_string_in_a_string_in_a_string_and_its_big_ids_survive() -> None:
    assert item(message())["tag"] == "90014"
    assert item(message())["msg_id"] == f"{BIG}::90014:1644412885:4463798001"
    assert data(message()) == {
        "shop_id": 4463798001,
        "conversation_id": "73110",
        "message_id": BIG,
        "index": "5",
        "type": "TEXT",
        "content": '{"content":"你好 <b>&"}',
        "create_time": 1644412885,
        "is_visible": True,
        "sender": {"im_user_id": "73210", "role": "BUYER", "nickname": "小王"},
    }


def test_an_echo_is_the_same_from_the_shop() -> None:
    echo = data(message("echo"))
    assert echo["sender"] == {"im_user_id": "4463798001", "role": "CUSTOMER_SERVICE", "nickname": ""}
    assert {key: echo[key] for key in ("message_id", "index")} == {"message_id": BIG, "index": "5"}


@pytest.mark.parametrize(
    ("event", "tag", "rest"),
    [
        ("enter", "90013", {"create_time": 1644412885, "buyer": {"im_user_id": "73210", "nickname": "小王"}}),
        ("recall", "90015", {"message_id": BIG}),
        ("read", "90016", {"index": "5"}),
        ("rated", "90017", {"rating_id": BIG, "stars": 5}),
    ],
)
def test_other_events_say_who_where_and_what(event: str, tag: str, rest: dict[str, object]) -> None:
    told = message(event)
    assert item(told)["tag"] == tag
    assert data(told) == {"shop_id": 4463798001, "conversation_id": "73110", **rest}


@pytest.mark.parametrize(
    ("step", "tag", "status"),
    [("created", "100", 1), ("paid", "101", 2), ("shipped", "102", 3), ("finished", "103", 5), ("cancelled", "106", 4)],
)
def test_an_orders_steps_have_the_platforms_tags(step: str, tag: str, status: int) -> None:
    told = message("order", Order(step, 4712345680779753833))  # type: ignore[arg-type]
    assert item(told)["tag"] == tag
    assert data(told) == {
        "p_id": 4712345680779753833,
        "s_ids": [4712345680779753833],
        "shop_id": 4463798001,
        "order_status": status,
        "order_type": 0,
        "create_time": 1644412885,
        "biz": 2,
        "golive_im_user_id": "73210",
    }


@pytest.mark.parametrize(
    ("step", "tag"),
    [("refund_asked", "200"), ("refund_agreed", "201"), ("refund_refused", "204"), ("refund_done", "206")],
)
def test_a_refunds_steps_name_the_aftersale(step: str, tag: str) -> None:
    told = message("order", Order(step, 4712345680779753833, 4712345680779753834))  # type: ignore[arg-type]
    assert (item(told)["tag"], data(told)["aftersale_id"]) == (tag, 4712345680779753834)


def test_tags_and_data_come_in_the_form_the_scenario_wants() -> None:
    forms = [
        item(message(), tag_form=form, data_form=other) for form, other in (("number", "object"), ("string", "string"))
    ]
    assert [(type(each["tag"]), type(each["data"])) for each in forms] == [(int, dict), (str, str)]
    mixed = [
        item(message(place=n)._replace(server_message_id=str(n)), tag_form="mixed", data_form="mixed")
        for n in range(40)
    ]
    assert {(type(each["tag"]), type(each["data"])) for each in mixed} == {(int, dict), (str, str)}
    assert item(message(), tag_form="mixed") == item(message(), tag_form="mixed")


def test_an_item_nobody_can_understand_has_an_unknown_tag_or_data_that_is_no_json() -> None:
    strange = [item(message("unheard")._replace(server_message_id=str(n))) for n in range(40)]
    assert {each["tag"] for each in strange} == {"90099", "90014"}
    for each in strange:
        if each["tag"] == "90014":
            with pytest.raises(msgspec.DecodeError):
                msgspec.json.decode(each["data"])


@pytest.mark.parametrize(("method", "length"), [("md5", 32), ("hmac-sha256", 64)])
def test_a_push_is_signed_over_its_raw_bytes_by_the_method_the_app_chose(method: Any, length: int) -> None:
    speaks = Doudian(Gateway(push_sign=method))
    body = speaks.write([message(), message("read")], APP)
    signed = speaks.sign(body, [message()], APP)
    expected = doudian_push_signature(APP.client_key, APP.client_secret, body, method)
    assert len(expected) == length
    assert signed.headers == {"Content-Type": "application/json", "app-id": APP.client_key, "event-sign": expected}
    assert signed.body == body
    assert len(msgspec.json.decode(body)) == 2


def test_the_probe_is_the_platforms_and_its_signature_the_vector_of_the_notes() -> None:
    probe = Doudian().probe(APP, 1)
    assert probe.body == PROBE
    assert probe.headers["event-sign"] == "3472ef7d72dcfa161a54a946c84bcf24"
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(msgspec.json.decode(probe.body)[0]["data"])


@pytest.mark.parametrize(
    ("status", "answer", "taken"),
    [
        (200, b'{"code":0,"msg":"success"}', True),
        (200, b'{ "msg": "success", "code": 0, "more": 1 }', True),
        (200, b'{"code":1,"msg":"fail"}', False),
        (200, b'{"code":0}', False),
        (200, b"success", False),
        (200, b"", False),
        (200, b'{"x":' + b"[" * 60_000, False),
        (500, b'{"code":0,"msg":"success"}', False),
    ],
)
def test_a_push_and_a_probe_are_taken_by_http_200_and_success_alone(status: int, answer: bytes, taken: bool) -> None:
    assert Doudian().acknowledged(Response(status, answer)) is taken
    assert Doudian().probe_met(Response(status, answer), 1) is taken


def asked(method: str, body: bytes = b"{}", sign_method: str = "hmac-sha256", **change: str | None) -> Incoming:
    query: dict[str, str | None] = {
        "method": method,
        "app_key": APP.client_key,
        "access_token": "act.1",
        "timestamp": str(int(NOW)),
        "v": "2",
        "sign_method": sign_method,
        **change,
    }
    if "sign" not in query:
        stamp = str(query["timestamp"])
        query["sign"] = doudian_call_signature(
            APP.client_key,
            APP.client_secret,
            method,
            body.decode() or "{}",
            stamp,
            sign_method,  # type: ignore[arg-type]
        )
    path = "/" + method.replace(".", "/")
    return Incoming(path, {name: value for name, value in query.items() if value is not None}, {}, body)


def decode(request: Incoming, now_s: float = NOW, **settings: Any) -> Call | Refusal:
    return Doudian(Gateway(**settings)).decode(request, APP, now_s)


SEND = '{"content":"{\\"content\\":\\"在的亲\\"}","conversation_id":"73110","type":"TEXT"}'.encode()


@pytest.mark.parametrize("sign_method", ["md5", "hmac-sha256"])
def test_a_reply_is_decoded_whatever_its_signs_method(sign_method: str) -> None:
    expected = Call("act.1", "", Reply("73110", "", "", "在的亲"))
    assert decode(asked("golive.im.sendMessage", SEND, sign_method)) == expected


def test_without_a_sign_method_the_sign_is_md5() -> None:
    request = asked("golive.im.sendMessage", SEND, "md5")
    query = {name: value for name, value in request.query.items() if name != "sign_method"}
    assert isinstance(decode(request._replace(query=query)), Call)


def test_a_recall_a_token_call_and_another_call_are_told_apart() -> None:
    recall = decode(asked("golive.im.recallMessage", b'{"conversation_id":"73110","message_id":"9"}'))
    assert recall == Call("act.1", "", Recall("73110", "9"))
    create = b'{"code":"c1","grant_type":"authorization_code"}'
    assert decode(asked("token.create", create, access_token=None)) == Call("", "", TokenCall("code", code="c1"))
    own = TokenCall("self", account="4463798001")
    for shop in (b'"4463798001"', b"4463798001"):
        body = b'{"code":"","grant_type":"authorization_self","shop_id":' + shop + b"}"
        assert decode(asked("token.create", body, access_token=None)) == Call("", "", own)
    refresh = b'{"grant_type":"refresh_token","refresh_token":"r"}'
    assert decode(asked("token.refresh", refresh)) == Call("", "", TokenCall("refresh", refresh_token="r"))
    assert decode(asked("order.searchList")) == Call("act.1", "", OtherCall("order.searchList"))


def shanghai(at: float) -> str:
    return (datetime.fromtimestamp(at, UTC) + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize("form", [lambda at: str(int(at)), shanghai], ids=["unix", "Shanghai"])
@pytest.mark.parametrize(("off", "fits"), [(0, True), (599, True), (-599, True), (660, False), (-660, False)])
def test_a_clock_may_be_ten_minutes_off_and_not_eleven(form: Any, off: int, fits: bool) -> None:
    call = decode(asked("order.searchList", timestamp=form(NOW + off)))
    assert (call == Refusal("timestamp", f"timestamp is {off:+d} s off")) is not fits
    assert isinstance(call, Call) is fits


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"app_key": None}, "app_missing"),
        ({"app_key": "3409409348479354012"}, "app"),
        ({"sign": None}, "signature_missing"),
        ({"sign": "0" * 64}, "signature"),
        ({"sign": "签"}, "signature"),
        ({"timestamp": None, "sign": "x"}, "missing_parameter"),
        ({"timestamp": "yesterday"}, "timestamp_format"),
        ({"timestamp": "2023-11-14T22:13:20"}, "timestamp_format"),
        ({"timestamp": "9" * 400}, "timestamp_format"),
        ({"v": "1"}, "bad_parameter"),
        ({"sign_method": "sha1", "sign": "x"}, "bad_parameter"),
    ],
)
def test_a_call_that_proves_nothing_is_refused_with_the_platforms_reason(change: dict[str, Any], reason: str) -> None:
    refused = decode(asked("order.searchList", **change))
    assert isinstance(refused, Refusal)
    assert refused.reason == reason


def test_a_method_must_be_there_and_be_that_of_the_path() -> None:
    assert decode(asked("order.searchList")._replace(path="/order/list")) == Refusal(
        "bad_parameter", "method 'order.searchList' is not that of the path"
    )
    assert decode(asked("")) == Refusal("missing_parameter", "method is missing")


def test_a_body_changed_after_signing_is_refused() -> None:
    request = asked("golive.im.sendMessage", SEND)
    assert decode(request._replace(body=SEND + b" ")) == Refusal("signature", "sign is wrong")


def test_where_the_scenario_wants_it_the_sign_speaks_for_the_canonical_form() -> None:
    loose = SEND.replace(b":", b": ", 1)
    by_canonical = asked("golive.im.sendMessage", SEND)._replace(body=loose)
    assert isinstance(decode(by_canonical, param_json="canonical"), Call)
    assert decode(by_canonical) == Refusal("signature", "sign is wrong")
    assert decode(asked("golive.im.sendMessage", loose), param_json="canonical") == Refusal(
        "signature", "sign is wrong"
    )


@pytest.mark.parametrize(
    ("method", "body", "reason"),
    [
        ("golive.im.sendMessage", b"{}", "bad_parameter"),
        ("golive.im.sendMessage", b'{"conversation_id":"1","type":"IMAGE","content":"{}"}', "no_capability"),
        ("golive.im.sendMessage", b'{"conversation_id":"1","type":"TEXT","content":"plain"}', "bad_parameter"),
        ("golive.im.sendMessage", b'{"conversation_id":1,"type":"TEXT","content":"{}"}', "bad_parameter"),
        ("golive.im.recallMessage", b'{"x":' + b"[" * 100_000, "bad_parameter"),
        ("token.create", b'{"grant_type":"password"}', "grant_type"),
        ("token.refresh", b'{"grant_type":"authorization_code"}', "grant_type"),
    ],
)
def test_a_well_signed_call_with_wrong_parameters_is_refused(method: str, body: bytes, reason: str) -> None:
    refused = decode(asked(method, body))
    assert isinstance(refused, Refusal)
    assert refused.reason == reason


def answer(outcome: Outcome, headers: dict[str, str] | None = None) -> dict[str, Any]:
    told = Doudian().answer(Incoming("/order/searchList", {}, headers or {}, b""), outcome, NOW, "log-1")
    assert told.status == 200
    return dict(msgspec.json.decode(told.body))


def test_an_accepted_call_is_answered_like_the_platforms_sample() -> None:
    expected = {
        "code": 10000,
        "msg": "success",
        "sub_code": "",
        "sub_msg": "",
        "log_id": "log-1",
        "data": {"message_id": "9"},
    }
    assert answer(Accepted("9"), {"x-open-no-old-err-code": "1"}) == expected
    assert answer(Accepted("9")) == {**expected, "err_no": 0, "message": "success"}
    assert answer(Accepted(""))["data"] == {}
    assert answer(Stub(b'{"total":0}'))["data"] == {"total": 0}


def test_a_token_is_answered_with_its_shop_and_its_life() -> None:
    assert answer(Grant("act.1", 604800.0, "rft.1", 1209600.0, SHOP))["data"] == {
        "access_token": "act.1",
        "expires_in": 604800,
        "refresh_token": "rft.1",
        "scope": "SCOPE",
        "shop_id": 4463798001,
        "shop_name": "店",
        "authority_id": "",
        "auth_subject_type": "",
    }


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_a_code_inside_http_200(reason: Any) -> None:
    told = answer(Refusal(reason, "why"))
    assert (told["code"], told["sub_code"]) == CODES[reason]
    assert (told["msg"], told["sub_msg"], told["err_no"], told["data"]) == ("why", "why", told["code"], None)
    assert told["code"] != 10000


def test_app_and_accounts_have_the_platforms_shapes() -> None:
    app = Doudian().app(Random(1))
    assert (len(app.client_key), app.client_key.isdigit()) == (19, True)
    assert [len(part) for part in app.client_secret.split("-")] == [8, 4, 4, 4, 12]
    accounts = {Doudian().account(number, seed) for number in range(1, 21) for seed in (1, 618, 2**40)}
    assert {len(account) for account in accounts} == {10}
    assert len(accounts) == 60


def test_ids_are_beyond_2_to_the_53_and_neighbours_are_one_as_a_float() -> None:
    speaks = Doudian()
    ids = [speaks.message_id(n, "receive") for n in (1, 2)]
    ids += [speaks.conversation_id(n, "s1", "c") for n in (1, 2)] + [speaks.customer_id(n, "c") for n in (1, 2)]
    assert len(set(ids)) == 6
    assert len({float(each) for each in ids}) == 3
    assert min(map(int, ids)) > 2**53
    assert max(map(int, ids)) < 2**63


texts = st.text(max_size=30) | st.sampled_from(
    ["md5", "hmac-sha256", "2", "order.searchList", "1700000000", APP.client_key]
)
names = st.sampled_from(["method", "app_key", "timestamp", "v", "sign", "sign_method", "open_id", "access_token"])


@given(
    path=st.sampled_from(["/im/send/msg/", "/oauth/access_token/", "/golive/im/sendMessage", "/token/create"]) | texts,
    query=st.dictionaries(names, texts),
    headers=st.dictionaries(st.sampled_from(["Content-Type", "access-token"]), texts),
    body=st.binary(max_size=200)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(msgspec.json.encode),
)
@pytest.mark.parametrize("name", sorted(PROFILES))
def test_no_bytes_make_decode_raise(
    name: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
) -> None:
    asked = Incoming(path, query, headers, body)
    told = profile(name).decode(asked, APP, NOW)
    outcome = told if isinstance(told, Refusal) else Refusal("busy", "")
    assert profile(name).answer(asked, outcome, NOW, "1").status in (200, 404)


@given(method=st.sampled_from(["golive.im.sendMessage", "golive.im.recallMessage", "token.create", "token.refresh"]),
       body=st.text(max_size=200))  # fmt: skip
def test_no_well_signed_body_makes_decode_raise(method: str, body: str) -> None:
    assert isinstance(decode(asked(method, body.encode(errors="ignore"))), Call | Refusal)

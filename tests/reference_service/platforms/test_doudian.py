"""Doudian's push: the signature's vectors, every form an item may come in, and batches with one bad item."""

from typing import Any

import msgspec
import pytest

from reference_service.domain.events import Account, Echoed, Entered, EventError, Pushed, Rated, Read, Recalled, Written
from reference_service.platforms import doudian

KEY, SECRET = "3409409348479354011", "2ad2355c-01d0-11f8-91dc-05a8cd1054b1"
PROBE = b'[{"tag":"0","msg_id":"0","data":"2020-09-10T16:27:56.52842897+08:00"}]'
TRADE = (
    '[{"tag":"100","msg_id":"1","data":"{\\"p_id\\":4712345680779753833,\\"shop_id\\":123,\\"t\\":\\"你好 <b>&\\"}"}]'
).encode()
VECTORS = [  # app key, secret, body, MD5, HMAC: the first pair of a receiver's own test, the others computed
    (
        "app-123",
        "secret-456",
        b'[{"tag":"0","msg_id":"0","data":"probe"}]',
        "d94fb4393b783116c26fc9175ae83283",
        "7e0bd8b248471435f5a09b27cbc1a07f2cb00f625810bde9f3cc5b0ba7bc4a11",
    ),
    (
        KEY,
        SECRET,
        PROBE,
        "3472ef7d72dcfa161a54a946c84bcf24",
        "46b23905f3275796f158960aeb0f28a056210be86bec55f5451d7f9b166e43fa",
    ),
    (
        KEY,
        SECRET,
        TRADE,
        "bfb5a2bdebc967625b683248695f197a",
        "57916e728ace71fd970c40e7224148914cae0a0bd365468c5546d20ea43fae83",
    ),
]
OURS = Account("doudian", "4463798001", KEY)
CHAT = {
    "shop_id": 4463798001,
    "conversation_id": "7301234567890123457",
    "message_id": "7301234567890123459",
    "index": "5",
    "type": "TEXT",
    "content": '{"content":"在吗 <b>&"}',
    "create_time": 1644412885,
    "is_visible": True,
    "sender": {"im_user_id": "7301234567890123461", "role": "BUYER", "nickname": "小王"},
}
WRITTEN = Written(
    OURS, "7301234567890123457", "7301234567890123459", "7301234567890123461", "小王", "text", "在吗 <b>&", 5
)


def text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def batch(*items: object) -> bytes:
    return msgspec.json.encode(items)


def item(tag: object, data: object) -> dict[str, object]:
    return {"tag": tag, "msg_id": "4288::90014:1618990587:68373", "data": data}


def parsed(*items: object) -> Pushed:
    return doudian.parse({"app-id": KEY}, batch(*items))


def only(*items: object) -> Any:
    pushed = parsed(*items)
    assert (pushed.answer, pushed.ignored, pushed.unread) == (doudian.SUCCESS, [], [])
    (event,) = pushed.events
    return event


@pytest.mark.parametrize(("key", "secret", "body", "md5", "keyed"), VECTORS)
def test_both_signatures_equal_their_vectors_and_are_told_by_length(
    key: str, secret: str, body: bytes, md5: str, keyed: str
) -> None:
    assert doudian.sign(key, secret, body, "md5") == md5
    assert doudian.sign(key, secret, body, "hmac-sha256") == keyed
    for given in (md5, keyed):
        assert doudian.genuine({key: secret}, {"app-id": key, "event-sign": given}, body)


@pytest.mark.parametrize("index", [3, 4], ids=["md5", "hmac"])
def test_a_wrong_signature_is_refused_whatever_is_wrong_with_it(index: int) -> None:
    key, secret, body, *_ = vector = VECTORS[1]
    given = str(vector[index])
    wrong = {
        "missing": ({"app-id": key}, body),
        "no app named": ({"event-sign": given}, body),
        "an unknown app": ({"app-id": "1" * 19, "event-sign": given}, body),
        "truncated": ({"app-id": key, "event-sign": given[:-1]}, body),
        "longer": ({"app-id": key, "event-sign": given + "0"}, body),
        "another spelling": ({"app-id": key, "event-sign": given.upper()}, body),
        "not ASCII": ({"app-id": key, "event-sign": "é" * len(given)}, body),
        "another body": ({"app-id": key, "event-sign": given}, body.replace(b":", b": ")),
    }
    assert [why for why, (headers, said) in wrong.items() if doudian.genuine({key: secret}, headers, said)] == []


def test_one_apps_secret_signs_for_that_app_only() -> None:
    body, other = PROBE, "1" * 19
    forged = doudian.sign(KEY, "other", body, "md5")
    assert not doudian.genuine({KEY: SECRET, other: "other"}, {"app-id": KEY, "event-sign": forged}, body)


def test_an_app_nobody_has_is_not_trusted_with_an_empty_secret() -> None:
    forged = doudian.sign("1", "", PROBE, "hmac-sha256")
    assert not doudian.genuine({KEY: SECRET}, {"app-id": "1", "event-sign": forged}, PROBE)


def test_the_probe_is_answered_though_its_data_is_no_json() -> None:
    assert doudian.parse({"app-id": KEY}, PROBE) == Pushed([], b'{"code":0,"msg":"success"}', ["0"], [])


@pytest.mark.parametrize("tag", ["90014", 90014], ids=["string tag", "int tag"])
@pytest.mark.parametrize("data", [text(CHAT), CHAT], ids=["string data", "object data"])
@pytest.mark.parametrize("content", [CHAT["content"], {"content": "在吗 <b>&"}], ids=["string text", "object text"])
def test_a_message_is_the_same_in_every_form(tag: object, data: Any, content: Any) -> None:
    given = text(CHAT | {"content": content}) if isinstance(data, str) else data | {"content": content}
    assert only(item(tag, given)) == WRITTEN


def test_ids_beyond_2_to_the_53_keep_every_digit_as_number_and_as_string() -> None:
    event = only(item(90014, CHAT | {"conversation_id": 7301234567890123457, "shop_id": 9007199254740993}))
    assert (event.conversation, event.account.open_id) == ("7301234567890123457", "9007199254740993")


def test_an_id_written_as_a_float_is_not_guessed_at() -> None:
    pushed = parsed(item("90014", '{"shop_id":4463798001.0,"conversation_id":"1","message_id":"2"}'))
    assert (list(pushed.events), len(pushed.unread)) == ([], 1)


@pytest.mark.parametrize("role", ["CUSTOMER_SERVICE", "SHOP", "ROBOT"])
def test_what_our_side_sent_is_an_echo(role: str) -> None:
    sender = {"im_user_id": "4463798001", "role": role}
    echo = Echoed(OURS, WRITTEN.conversation, WRITTEN.message, "在吗 <b>&")
    assert only(item("90014", text(CHAT | {"sender": sender}))) == echo


def test_entry_recall_read_and_rating_have_their_own_meaning() -> None:
    named = {"shop_id": 4463798001, "conversation_id": "73"}
    entered = item("90013", text(named | {"buyer": {"im_user_id": 77, "nickname": "小王"}}))
    assert only(entered) == Entered(OURS, "73", str(entered["msg_id"]), "77")
    assert only(item("90015", text(named | {"message_id": "75"}))) == Recalled(OURS, "73", "75")
    assert only(item("90016", text(named | {"index": "5"}))) == Read(OURS, "73", 5)
    assert only(item("90017", text(named | {"stars": 4, "rating_id": 75}))) == Rated(OURS, "73", "75", 4)


def test_a_picture_is_named_by_its_kind() -> None:
    event = only(item("90014", text(CHAT | {"type": "IMAGE", "content": '{"url":"http://x","width":1}'})))
    assert (event.words(), event.sort(), event.ref) == ("[image]", "image", "")


@pytest.mark.parametrize(("kind", "field"), [("product_card", "product_id"), ("order_card", "order_id")])
def test_a_card_names_what_it_shows(kind: str, field: str) -> None:
    event = only(item("90014", text(CHAT | {"type": kind.upper(), "content": {field: 4712345680779753833}})))
    assert (event.words(), event.sort(), event.ref) == (f"[{kind}]", kind, "4712345680779753833")


@pytest.mark.parametrize(
    "given",
    [
        item("104", '{"p_id":4712345680779753833,"s_ids":[4712345680779753833],"shop_id":4463798001,"biz":2}'),
        item("90014", text(CHAT | {"sender": {"im_user_id": "1", "role": "SYSTEM"}})),
        item("90014", text(CHAT | {"is_visible": False})),
        item("no such tag", "not JSON"),
        {"tag": 7},
    ],
)
def test_logistics_notices_and_unknown_tags_are_acknowledged_and_counted(given: dict[str, object]) -> None:
    assert parsed(given) == Pushed([], doudian.SUCCESS, [str(given["tag"])], [])


@pytest.mark.parametrize(
    "bad",
    [
        item("90014", "not JSON"),
        item("90014", text(CHAT | {"content": "not JSON"})),
        item("90014", text(CHAT | {"message_id": ""})),
        item("90014", text(CHAT | {"conversation_id": ""})),
        item("90014", "{}"),
        item("90014", 7),
        item("90015", text({"shop_id": 1, "conversation_id": "73"})),
        item("90017", text({"shop_id": 1, "conversation_id": "73", "rating_id": "75"})),
        item("90017", text({"shop_id": 1, "conversation_id": "73", "rating_id": "75", "stars": 0})),
        item(None, "{}"),
        {"data": "{}"},
        "item",
        7,
        None,
        [],
    ],
)
def test_a_bad_item_costs_only_itself(bad: object) -> None:
    second = CHAT | {"message_id": "2", "index": "6"}
    pushed = parsed(item("90014", text(CHAT)), bad, item("90014", text(second)))
    assert pushed.events == [WRITTEN, WRITTEN._replace(message="2", place=6)]
    assert (len(pushed.unread), pushed.answer) == (1, doudian.SUCCESS)
    assert "在吗" not in pushed.unread[0]


@pytest.mark.parametrize("body", [b"", b"{", b'"text"', b'{"tag":"0"}', b"\xff\xfe", b"[" * 100_000, b"[1,"])
def test_what_is_no_array_is_an_error_that_says_so(body: bytes) -> None:
    with pytest.raises(EventError, match=r"\w"):
        doudian.parse({"app-id": KEY}, body)


def test_an_empty_batch_is_acknowledged() -> None:
    assert parsed() == Pushed([], doudian.SUCCESS, [], [])

"""Every signature vector of douyin-protocol.md."""

import pytest

from simulators.douyin.signing import (
    doudian_call_signature,
    doudian_push_signature,
    doudian_spi_signature,
    tiktok_shop_signature,
    webhook_signature,
)

KEY, SECRET = "3409409348479354011", "2ad2355c-01d0-11f8-91dc-05a8cd1054b1"
PROBE = b'[{"tag":"0","msg_id":"0","data":"2020-09-10T16:27:56.52842897+08:00"}]'
RAW = (
    '[{"tag":"100","msg_id":"1","data":"{\\"p_id\\":4712345680779753833,\\"shop_id\\":123,\\"t\\":\\"你好 <b>&\\"}"}]'
).encode()
TIKTOK = (
    b'{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507","timestamp":1718305585,'
    b'"data":{"is_on_hold_order":true,"order_id":"576653688135258178","order_status":"UNPAID","update_time":1718305585}}'
)


def test_webhook_of_the_open_platform() -> None:
    body = b'{"event":"verify_webhook","client_key":"abc","content":{"challenge":12345}}'
    assert webhook_signature("test_secret", body) == "ff779a3b9e9daa2d1484d22450cd02e9fcfc4e62"


@pytest.mark.parametrize(
    ("key", "secret", "body", "md5", "hmac"),
    [
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
            RAW,
            "bfb5a2bdebc967625b683248695f197a",
            "57916e728ace71fd970c40e7224148914cae0a0bd365468c5546d20ea43fae83",
        ),
    ],
    ids=["short", "probe", "unescaped Chinese and markup"],
)
def test_push_of_doudian_by_both_methods(key: str, secret: str, body: bytes, md5: str, hmac: str) -> None:
    assert doudian_push_signature(key, secret, body) == md5
    assert doudian_push_signature(key, secret, body, "hmac-sha256") == hmac


def test_call_of_doudian() -> None:
    named = '{"a":1,"name":"你好 <b>&"}'

    def sign(param: str, method: str) -> str:
        return doudian_call_signature(KEY, SECRET, "shop.brandList", param, "1700000000", method)  # type: ignore[arg-type]

    assert sign("{}", "hmac-sha256") == "be9a88a2eb31f9cdb915afd8f67ff0d647c24ba1ff7d282337362a67a4a41734"
    assert sign(named, "hmac-sha256") == "0993deb206bce2709cc0c8b49da9927388c3e2ff1028ba29a51fec51472d35c8"
    assert sign(named, "md5") == "ed552b2019c0b374cc8fdabd10411ea7"


def test_spi_of_doudian() -> None:
    assert doudian_spi_signature(KEY, SECRET, "{}", "1700000000") == "acb2228548f53a3ccc5b02ad1ab34cf5"
    signed = doudian_spi_signature(KEY, SECRET, "{}", "1700000000", "hmac-sha256")
    assert signed == "6a1d23decd40cc70b08497ee2f353a0df74e7c77de2453c30645d619e11c487c"


def test_webhook_of_tiktok_shop_the_official_vector() -> None:
    expected = "5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05"
    assert tiktok_shop_signature("abcdef", "123", TIKTOK) == expected


def test_one_other_byte_is_another_signature() -> None:
    assert webhook_signature("s", b"{}") != webhook_signature("s", b"{} ")

"""Calls to the shop platform's open API: the published vectors, and a platform that checks every signature itself."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
import pytest

from reference_service.domain.changes import Call
from reference_service.domain.outbox import Answer
from reference_service.domain.records import Shop
from reference_service.platforms.api import Granted, Line, PlatformError
from reference_service.platforms.doudian_api import Doudian, canonical, sign, understand

KEY, SECRET = "3409409348479354011", "2ad2355c-01d0-11f8-91dc-05a8cd1054b1"
CALL = Call("s1", "cv1", 2, "7301234567890123457", "73", "74", "您好 <b>& / 再见")


@pytest.mark.parametrize(
    ("param", "expected"),
    [
        ("{}", "be9a88a2eb31f9cdb915afd8f67ff0d647c24ba1ff7d282337362a67a4a41734"),
        ('{"a":1,"name":"你好 <b>&"}', "0993deb206bce2709cc0c8b49da9927388c3e2ff1028ba29a51fec51472d35c8"),
    ],
)
def test_the_signature_equals_its_vectors(param: str, expected: str) -> None:
    assert sign(KEY, SECRET, "shop.brandList", param.encode(), "1700000000") == expected


def test_the_canonical_form_is_sorted_compact_and_unescaped() -> None:
    given = {"b": {"z": 4712345680779753833, "a": "你好"}, "a": '<b>&/"'}
    assert canonical(given).decode() == '{"a":"<b>&/\\"","b":{"a":"你好","z":4712345680779753833}}'
    assert canonical({}) == b"{}"


def shop(url_secret: str = SECRET) -> Shop:
    return Shop(
        id="s1",
        name="店",
        open_id="4463798001",
        client_key=KEY,
        client_secret=url_secret,
        capacity=15,
        test=True,
        access_token="at-0",
        refresh_token="rt-0",
        platform="doudian",
    )


@pytest.fixture
async def api(doudian: Any) -> AsyncIterator[Doudian]:
    async with aiohttp.ClientSession() as session:
        yield Doudian(Line(session, doudian.url, 5.0))


async def test_a_reply_is_signed_as_the_platform_reads_it(api: Doudian, doudian: Any) -> None:
    assert await api.send(shop(), CALL) == Answer("ok", "7301234567890123458")
    sent = doudian.sent.get_nowait()
    assert (sent["conversation_id"], sent["type"]) == ("7301234567890123457", "TEXT")
    assert msgspec.json.decode(sent["content"]) == {"content": CALL.text}
    assert doudian.tokens == ["at-0"]


async def test_a_wrong_secret_is_refused_by_the_platform_for_good(api: Doudian) -> None:
    assert await api.send(shop("guess"), CALL) == Answer("refused", code=40003, words="isv.signature-invalid")


async def test_tokens_are_created_and_refreshed_by_calls_without_a_token(api: Doudian, doudian: Any) -> None:
    assert await api.authorize(shop(), "code") == Granted("at-1", "rt-1", 604800.0)
    assert await api.refresh(shop()) == Granted("at-2", "rt-2", 604800.0)
    assert doudian.tokens == [None, None]
    assert doudian.granted == [
        {"grant_type": "authorization_code", "code": "code"},
        {"grant_type": "refresh_token", "refresh_token": "rt-0"},
    ]


async def test_a_refused_or_strange_token_answer_is_an_error_that_says_so(api: Doudian, doudian: Any) -> None:
    with pytest.raises(PlatformError, match=r"refused: 50001$") as refused:
        await api.authorize(shop(), "wrong")
    assert refused.value.words == "dop.token-generate-failed:code-invalid"
    doudian.script = [502, {"data": {"access_token": ""}}]
    with pytest.raises(PlatformError, match="not understood"):
        await api.refresh(shop())
    with pytest.raises(PlatformError, match="refused"):
        await api.refresh(shop())


async def test_nobody_at_the_other_end_is_unsent_and_no_token() -> None:
    async with aiohttp.ClientSession() as session:
        api = Doudian(Line(session, "http://127.0.0.1:1", 5.0))
        assert (await api.send(shop(), CALL)).outcome == "unsent"
        with pytest.raises(PlatformError, match="could not be reached"):
            await api.refresh(shop())


def told(code: int, sub_code: str = "", **more: Any) -> bytes:
    return msgspec.json.encode({"code": code, "msg": "m", "sub_code": sub_code, "sub_msg": "", "data": {}} | more)


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, told(10000, data={"message_id": "7"}), "ok"),
        (200, told(10000, data={"message_id": 7301234567890123457}), "ok"),
        (200, told(10000), "lost"),
        (200, told(10000, data=None), "lost"),
        (200, told(20000, "dop.service-error"), "busy"),
        (200, told(60000, "isv.traffic-limited"), "busy"),
        (200, told(20001), "lost"),
        (200, told(40003, "isv.access-token-expired", data=None), "expired"),
        (200, told(40003, "isv.access-token-no-existed"), "expired"),
        (200, told(40003, "isv.signature-invalid"), "refused"),
        (200, told(40003, "isv.timestamp-invalid"), "refused"),
        (200, told(50002, "isv.business-failed:1"), "refused"),
        (200, b"<html>", "lost"),
        (200, b"\xff", "lost"),
        (200, b"", "lost"),
        (200, b"{}", "lost"),
        (200, b'{"code":"10000"}', "lost"),
        (302, b"", "lost"),
        (429, b"", "busy"),
        (502, told(10000, data={"message_id": "7"}), "lost"),
    ],
)
def test_the_code_inside_http_200_decides_and_what_is_strange_may_have_happened(
    status: int, body: bytes, outcome: str
) -> None:
    assert understand(status, body).outcome == outcome


def test_a_refusal_keeps_the_platforms_words_for_the_agent() -> None:
    body = told(50002, "isv.business-failed:31009", sub_msg="会话已关闭")
    assert understand(200, body) == Answer("refused", code=50002, words="isv.business-failed:31009 会话已关闭")

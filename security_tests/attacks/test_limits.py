"""LIMIT-1: too much, too big, too deep, too slow, too often: refused in words, and the others notice nothing."""

import asyncio
import contextlib
import gzip
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import msgspec
import pytest

from security_tests.attacks.belongings import belongings
from suites.contract import operations
from suites.lab import Lab
from suites.letterbox import Letterbox
from suites.wire import greeted

pytestmark = [pytest.mark.promise("LIMIT-1"), pytest.mark.owasp("API4:2023 Unrestricted Resource Consumption")]
BRISK: Final = 1000  # calls a second that no person makes
LET_GO_S: Final = 60.0  # the contract names no time; this is far beyond what a device needs
MIB: Final = 1024 * 1024
DEEP: Final = b'{"words":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
REFUSED: Final = (400, 413, 422)


async def test_a_body_that_is_too_big_is_refused_before_it_is_read(lab: Lab) -> None:
    own = await belongings(lab)
    huge = b'{"conversation_id":"x","note":"' + b"a" * (MIB - 1000) + b'"}'
    answer = await own.shop.api("openComplaint", who=own.people["admin"], body=huge, expect=413)
    assert answer.body["code"]
    await own.shop.api("listComplaints", who=own.people["admin"])


async def test_a_body_without_an_end_is_cut_off(lab: Lab) -> None:
    lab.may("slow_clients")
    own = await belongings(lab)
    url = urlsplit(lab.run.target_url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    head = f"POST /api/v1/complaints HTTP/1.1\r\nHost: {url.netloc}\r\nAuthorization: {own.people['admin']}\r\n"
    head += "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    writer.write(head.encode())
    sent = 0
    try:
        while sent < 20 * MIB:
            writer.write(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")
            await writer.drain()
            sent += 0x10000
    except ConnectionError:
        pass  # that is what should happen
    status: list[bytes] = []
    with contextlib.suppress(ConnectionError):  # who closes with bytes unread resets the connection
        status = (await asyncio.wait_for(reader.read(64), 10)).split(b" ")[1:2]
    writer.close()
    assert sent < 20 * MIB or status == [b"413"], f"{sent} bytes were taken"


@pytest.mark.parametrize("body", [DEEP, b"[" * 200_000, b"\xff\xfe{}", b"{", b"null", b"NaN", b'"x"', b""])
async def test_a_body_that_is_no_such_json_is_refused(lab: Lab, body: bytes) -> None:
    own = await belongings(lab)
    await own.shop.api("putSensitiveWords", who=own.people["admin"], body=body, expect=REFUSED)
    assert (await own.shop.api("getSensitiveWords", who=own.people["admin"])).body["words"]


async def test_a_compression_bomb_is_not_unpacked(lab: Lab) -> None:
    own = await belongings(lab)
    bomb = gzip.compress(b'{"conversation_id":"x","note":"' + b"a" * (50 * MIB) + b'"}')
    headers = {"Content-Encoding": "gzip"}
    expect = (400, 413, 415, 422)
    await own.shop.api("openComplaint", who=own.people["admin"], body=bomb, headers=headers, expect=expect)


async def test_a_signed_push_that_is_too_big_or_too_deep_loses_nobody_elses(lab: Lab) -> None:
    own = await belongings(lab)
    box = Letterbox(own.shop)
    message = box.message(own.customer, "x")
    for body in (DEEP, b"[" * 200_000, b"{}" + b" " * (MIB - 1000), b"\x00", b"[]", b"{}"):
        response = await box.post(box.signed(body, message))
        assert response.status < 500, f"{body[:20]!r}… was answered {response.status}"
    said = await own.customer.say("在吗")
    await own.desk.sees(said)


async def test_a_frame_that_is_too_big_or_no_frame_is_refused_and_the_next_device_is_served(lab: Lab) -> None:
    own = await belongings(lab)
    token = str(own.people["agent"])
    for name, frame in (
        ("too big", "x" * (2 * MIB)),
        ("too deep", '{"op":"send","d":' + "[" * 50_000),
        ("no JSON", "hello"),
        ("of no kind", '{"op":"become_admin","d":{}}'),
        ("a list", "[]"),
    ):
        async with greeted(lab) as connection:
            await connection.identify(token, f"device-{name}")
            try:
                for _ in range(20):  # ten bad frames close a connection, or one that is far too big
                    await connection.write(frame)
            except ConnectionError:
                pass
            assert await connection.closed() in (4002, 1009, 1006, 1007), name
    said = await own.customer.say("在吗")
    await own.desk.sees(said)


async def test_binary_frames_are_refused(lab: Lab) -> None:
    own = await belongings(lab)
    async with greeted(lab) as connection:
        await connection.identify(str(own.people["agent"]), "wire")
        await connection.write_bytes(b"\x00\x01")
        assert (await connection.until("error"))["d"]["code"] == "bad_frame"


async def test_a_device_that_talks_without_end_is_closed_and_its_colleague_is_served(lab: Lab) -> None:
    lab.may("flood")
    own = await belongings(lab)
    async with greeted(lab) as connection:
        await connection.identify(str(own.people["agent"]), "wire")
        frame = msgspec.json.encode({"op": "heartbeat", "d": {"s": 0}}).decode()
        try:
            for _ in range(4000):
                await connection.write(frame)
        except ConnectionError:
            pass
        assert await connection.closed() in (4008, 1006)
    said = await own.customer.say("在吗")
    await own.desk.sees(said)


async def test_a_noisy_shop_is_slowed_down_and_its_neighbour_is_not(lab: Lab) -> None:
    lab.may("flood")
    noisy, quiet = await belongings(lab), await belongings(lab)
    cheap = "getShop" if "getShop" in lab.operations else "listConversations"
    url, header = lab.run.target_url + operations()[cheap].path, {"Authorization": str(noisy.people["admin"])}
    statuses: list[int] = []

    async def hammer() -> None:
        async with aiohttp.ClientSession() as http:
            while len(statuses) < 12_000 and 429 not in statuses[-50:]:
                async with http.get(url, headers=header) as answer:
                    statuses.append(answer.status)

    begun = monotonic()
    hammering = [asyncio.create_task(hammer()) for _ in range(16)]
    said = await quiet.customer.say("在吗")
    await quiet.desk.sees(said)
    await quiet.shop.api(cheap, who=quiet.people["admin"])
    await asyncio.gather(*hammering)
    if 429 not in statuses and len(statuses) / (monotonic() - begun) < BRISK:
        pytest.skip(f"this machine is too slow to be too fast: {len(statuses)} calls at fewer than {BRISK} a second")
    assert set(statuses) <= {200, 429}
    assert 429 in statuses, f"{len(statuses)} calls of one person in a row were all answered"
    await quiet.shop.api(cheap, who=quiet.people["admin"])


async def test_who_never_says_a_word_is_let_go(lab: Lab) -> None:
    lab.may("slow_clients")
    own = await belongings(lab)
    async with greeted(lab, patience_s=LET_GO_S) as connection:
        assert await connection.closed() in (4001, 4009, 1006)
    said = await own.customer.say("在吗")
    await own.desk.sees(said)


async def test_long_headers_and_paths_are_refused(lab: Lab) -> None:
    own = await belongings(lab)
    own.shop.api.need("listConversations", "getConversation")
    url, headers = f"{lab.run.target_url}/api/v1/conversations", {"Authorization": str(own.people["admin"])}
    for length, due in ((100, (200,)), (200_000, (400, 413, 431))):
        async with lab.run.http.get(url, headers={**headers, "X-Long": "a" * length}) as answer:
            assert answer.status in due, f"a header of {length} characters was answered {answer.status}"
    await own.shop.api("getConversation", who=own.people["admin"], conversation_id="x" * 4000, expect=(404, 414, 422))

"""Exports over HTTP: everything of the shop that agents may see, nothing else, whole or not at all (R6.4, FILTER-5)."""

import asyncio
import csv
import hashlib
import io
import zipfile
from typing import Any

import msgspec
import pytest

EXPORTS = "/api/v1/exports"


async def export(service: Any, admin: Any, **wanted: Any) -> zipfile.ZipFile:
    answer = await service.http.post(EXPORTS, json=wanted, headers=admin)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    pack = zipfile.ZipFile(io.BytesIO(answer.content))
    assert pack.testzip() is None
    manifest = msgspec.json.decode(pack.read("manifest.json"))
    assert [(part["name"], part["sha256"]) for part in manifest["files"]] == [
        (name, hashlib.sha256(pack.read(name)).hexdigest()) for name in pack.namelist() if name != "manifest.json"
    ]
    return pack


@pytest.fixture
async def admin(service: Any) -> dict[str, str]:
    """A shop with two customers, a blocked, a masked and a dangerous message, and another shop beside it."""
    admin = await service.shop()
    words = {"words": [{"word": "骗子", "to_agent": "block"}, {"word": "微信"}]}
    assert (await service.http.put("/api/v1/sensitive-words", json=words, headers=admin)).status_code == 200
    await service.write("=HYPERLINK(1)", "c1")
    await service.write("你们是骗子", "c1")
    await service.write("加微信,再说", "c2")
    await service.shop("s2")
    await service.push(service.event("别家的话", "c3", shop="s2"))
    return admin


async def test_json_lines_have_everything_of_the_shop_and_nothing_else(service: Any, admin: Any) -> None:
    pack = await export(service, admin)
    messages = [msgspec.json.decode(line) for line in pack.read("messages.jsonl").splitlines()]
    assert [(line["conversation_id"], line["seq"], line["text"], line["blocked"]) for line in messages] == [
        ("cv1", 1, "=HYPERLINK(1)", False),
        ("cv1", 2, None, True),
        ("cv2", 1, "加**,再说", False),
    ]
    conversations = [msgspec.json.decode(line) for line in pack.read("conversations.jsonl").splitlines()]
    assert [(line["conversation_id"], line["customer"], line["state"]) for line in conversations] == [
        ("cv1", "c1", "queued"),
        ("cv2", "c2", "queued"),
    ]
    customers = [msgspec.json.decode(line) for line in pack.read("customers.jsonl").splitlines()]
    assert [(line["customer"], line["nick"], line["tags"]) for line in customers] == [
        ("c1", "小王", []),
        ("c2", "小王", []),
    ]
    everything = b"".join(pack.read(name) for name in pack.namelist()).decode()
    assert [word for word in ("骗子", "微信", "别家", "s2") if word in everything] == []
    manifest = msgspec.json.decode(pack.read("manifest.json"))
    assert [part["lines"] for part in manifest["files"]] == [2, 3, 2]
    assert (manifest["shop_id"], manifest["format"]) == ("s1", "jsonl")


async def test_csv_opens_in_a_spreadsheet_and_runs_nothing_there(service: Any, admin: Any) -> None:
    pack = await export(service, admin, format="csv")
    text = pack.read("messages.csv").decode("utf-8-sig")
    assert pack.read("messages.csv").startswith("\ufeff".encode())
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [(line["seq"], line["text"], line["blocked"]) for line in lines] == [
        ("1", "'=HYPERLINK(1)", "false"),
        ("2", "", "true"),
        ("1", "加**,再说", "false"),
    ]


@pytest.mark.thorough
async def test_an_export_is_of_one_moment_and_holds_up_nobody(service: Any) -> None:
    admin = await service.shop()
    for number in range(1200):
        await service.write(f"第{number}句", f"c{number % 7}")
    exporting = asyncio.create_task(export(service, admin))
    written = 0
    while not exporting.done():
        await service.write("导出的时候", "c1")
        written += 1
    pack = await exporting
    lines = [msgspec.json.decode(line) for line in pack.read("messages.jsonl").splitlines()]
    seqs = [line["seq"] for line in lines if line["conversation_id"] == "cv2"]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(lines) >= 1200
    assert written > 0


async def test_a_second_export_of_a_shop_at_the_same_time_is_refused(service: Any, admin: Any) -> None:
    answers = await asyncio.gather(*(service.http.post(EXPORTS, json={}, headers=admin) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    await export(service, admin)


async def test_an_empty_shop_has_an_export_too(service: Any) -> None:
    pack = await export(service, await service.shop(), format="csv")
    assert pack.namelist() == ["conversations.csv", "messages.csv", "customers.csv", "manifest.json"]


@pytest.mark.parametrize("wanted", [{"format": "xlsx"}, {"format": 1}, [], "csv"])
async def test_a_format_that_is_none_is_malformed(service: Any, admin: Any, wanted: Any) -> None:
    answer = await service.http.post(EXPORTS, json=wanted, headers=admin)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")

"""TENANT-1: the target is not led to call where an attacker wants, and what it hands out harms nobody who opens it."""

import base64
import csv
import io
import zipfile
from typing import Final

import pytest

from security_tests.attacks.belongings import belongings
from suites.lab import Lab

pytestmark = pytest.mark.promise("TENANT-1")
SSRF: Final = "API7:2023 Server Side Request Forgery"
INSIDE: Final = (
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://metadata.google.internal/",
    "http://localhost.evil.test/",
    "http://user:pass@example.test/",
    "http://127.0.0.1@10.0.0.1/",
    "http://[::ffff:169.254.169.254]/",
    "http://2852039166/",
    "http://0x7f000001.evil.test/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "ftp://x/",
    "//evil.test/",
    "http://",
    "",
)
REASONS: Final = ("bad_address", "malformed")  # and not for another field of the body
FORMULAS: Final = ("=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "＝1+1")


@pytest.mark.owasp(SSRF)
async def test_events_are_not_sent_to_addresses_nobody_allowed(lab: Lab) -> None:
    own = await belongings(lab)
    for url in INSIDE:
        body = {"url": url, "events": ["csat.submitted"]}
        answer = await own.shop.api("createWebhook", who=own.people["admin"], body=body, expect=(201, 422))
        assert answer.status == 422, f"{url!r} was taken as a place to send events to"
        assert answer.body["code"] in REASONS, f"{url!r} was refused, but as {answer.body['code']}"


@pytest.mark.owasp(SSRF)
async def test_an_ai_agent_is_not_called_at_addresses_nobody_allowed(lab: Lab) -> None:
    own = await belongings(lab)
    secret = "whsec_" + base64.b64encode(bytes(32)).decode()
    for url in INSIDE[:-1]:  # an empty one switches it off
        body = {"url": url, "secret": secret}
        answer = await own.shop.api("putExternalBot", who=own.people["admin"], body=body, expect=(200, 422))
        assert answer.status == 422, f"{url!r} was taken as an AI agent's address"
        assert answer.body["code"] in REASONS, f"{url!r} was refused, but as {answer.body['code']}"


@pytest.mark.owasp("WSTG-INPV-21 CSV Injection")
async def test_an_export_runs_nothing_in_a_spreadsheet(lab: Lab) -> None:
    own = await belongings(lab)
    own.shop.api.need("export")
    said = [await own.customer.say(formula) for formula in FORMULAS]
    for each in said:
        await own.desk.sees(each)
    tables = await _export(lab, str(own.people["admin"]))
    written = [cell.strip("' \t\r") for line in tables["messages.csv"] for cell in line]
    assert [each.text for each in said if each.text.strip() not in written] == [], "the export lacks what was said"
    for name, lines in tables.items():
        for line in lines:
            for cell in line:
                assert not cell.lstrip(" ").startswith(tuple("=+@＝＋＠\t\r")), f"{name}: {cell!r} is a formula"
                assert not (cell.startswith("-") and not _number(cell)), f"{name}: {cell!r} is a formula"


@pytest.mark.owasp("API3:2023 Broken Object Property Level Authorization")
async def test_an_export_is_of_ones_own_shop_and_shows_no_whole_phone_number_of_a_name(lab: Lab) -> None:
    own, stranger = await belongings(lab), await belongings(lab)
    own.shop.api.need("export")
    talker = await own.shop.customer(nick="电话13800138000")
    await own.desk.sees(await talker.say("在吗"))
    tables = await _export(lab, str(own.people["admin"]))
    everything = str(tables)
    assert own.customer.open_id in everything
    assert stranger.customer.open_id not in everything
    named = [line for line in tables["customers.csv"] if "电话" in str(line)]
    assert named, "the export lacks the customer"
    assert not [line for line in named if "13800138000" in str(line)]


@pytest.mark.owasp("WSTG-INPV-15 HTTP Splitting")
async def test_nothing_a_person_names_becomes_a_header(lab: Lab) -> None:
    own = await belongings(lab)
    own.shop.api.need("changeShop")
    await own.shop.api(
        "changeShop",
        who=own.people["admin"],
        body={"after_sale_policy": "x\r\nSet-Cookie: a=b"},
        expect=(200, 422),
    )
    answer = await own.shop.api("getShop", who=own.people["admin"], headers={"X-Request-Id": "a%0d%0aSet-Cookie: a=b"})
    assert "set-cookie" not in {name.lower() for name in answer.headers}
    missing = await own.shop.api(
        "getConversation", who=own.people["admin"], conversation_id="x\r\nSet-Cookie: a=b", expect=(404, 422)
    )
    assert "set-cookie" not in {name.lower() for name in missing.headers}


async def _export(lab: Lab, authorization: str) -> dict[str, list[list[str]]]:
    """The tables of an export, by file."""
    headers = {"Authorization": authorization}
    async with lab.run.http.post(
        f"{lab.run.target_url}/api/v1/exports", json={"format": "csv"}, headers=headers
    ) as answer:
        assert answer.status == 200, await answer.text()
        pack = zipfile.ZipFile(io.BytesIO(await answer.read()))
    tables = [name for name in pack.namelist() if name.endswith(".csv")]
    for name in pack.namelist():
        assert "/" not in name, f"{name!r} leads out of the folder it is unpacked into"
        assert ".." not in name, f"{name!r} leads out of the folder it is unpacked into"
    return {name: list(csv.reader(io.StringIO(pack.read(name).decode("utf-8-sig")))) for name in tables}


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True

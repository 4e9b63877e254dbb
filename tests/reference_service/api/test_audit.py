"""The audit chain over HTTP: its head, and verification while the service works (AUDIT-1)."""

import asyncio
from typing import Any

import apsw
import pytest

OPERATOR = {"Authorization": "Bearer op"}
HEAD, VERIFY = "/api/v1/audit/head", "/api/v1/audit/verify"


async def get(service: Any, path: str, status: int = 200, **query: Any) -> Any:
    answer = await service.http.get(path, params=query, headers=OPERATOR)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_a_head_kept_elsewhere_lies_on_the_chain_later_and_another_does_not(service: Any) -> None:
    await service.shop()
    kept = await get(service, HEAD)
    await service.write("你好")
    newest = await get(service, HEAD)
    assert newest["number"] == kept["number"] + 1
    report = await get(service, VERIFY, at=kept["number"], head=kept["hash"])
    assert report | {"rows": 0} == {
        "holds": True, "head": newest, "rows": 0, "found": 0, "findings": [], "asked": True,
    }  # fmt: skip
    assert report["rows"] > 5
    report = await get(service, VERIFY, at=newest["number"], head=kept["hash"])
    assert (report["holds"], report["found"], report["asked"]) == (False, 0, False)


async def test_what_another_tool_changed_is_named_and_its_text_is_not(service: Any, capsys: Any) -> None:
    await service.shop()
    await service.write("原来的话")
    apsw.Connection(str(service.engine.path)).execute("UPDATE message SET text = '假话'")
    answer = await service.http.get(VERIFY, headers=OPERATOR)
    report = answer.json()
    assert (report["holds"], report["found"], report["asked"]) == (False, 1, None)
    assert [(finding["table"], finding["sin"]) for finding in report["findings"]] == [("message", "changed")]
    logged = capsys.readouterr().out
    assert '"audit_broken"' in logged
    assert not [word for word in ("原来", "假话") if word in logged + answer.text]


async def test_it_verifies_while_messages_come_in(service: Any) -> None:
    await service.shop()
    verifying = asyncio.create_task(get(service, VERIFY))
    for number in range(30):
        await service.write(f"第{number}句")
    assert (await verifying)["holds"]
    assert (await get(service, VERIFY))["holds"]


async def test_a_second_verification_at_the_same_time_is_refused(service: Any) -> None:
    answers = await asyncio.gather(*(service.http.get(VERIFY, headers=OPERATOR) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"already_running"}
    assert (await get(service, VERIFY))["holds"]


@pytest.mark.parametrize(
    "query",
    [
        {"at": 1},
        {"head": "0" * 64},
        {"at": 0, "head": "0" * 64},
        {"at": "x", "head": "0" * 64},
        {"at": 1, "head": "0" * 63},
        {"at": 1, "head": "G" * 64},
        {"at": 2**53, "head": "0" * 64},
    ],
)
async def test_half_a_head_or_none_is_malformed(service: Any, query: dict[str, Any]) -> None:
    assert (await get(service, VERIFY, 422, **query))["code"] == "malformed"


@pytest.mark.parametrize("path", [HEAD, VERIFY])
async def test_it_is_for_the_operator_only(service: Any, path: str) -> None:
    admin = await service.shop()
    for headers in ({}, admin, {"Authorization": "Bearer wrong"}):
        assert (await service.http.get(path, headers=headers)).status_code == 401


async def test_the_log_tells_the_head_at_once_and_at_the_end(serve: Any, settings: Any, capsys: Any) -> None:
    async with serve(settings) as service:
        await service.shop()
        service.engine.tick()
        kept = await get(service, HEAD)
        told = capsys.readouterr().out
        assert f'"audit_head","number":{kept["number"]},"hash":"{kept["hash"]}"' in told
        service.engine.tick()
        assert "audit_head" not in capsys.readouterr().out
    assert "audit_head" in capsys.readouterr().out


async def test_a_tail_that_was_cut_off_is_found_before_anything_else_is_written(settings: Any, serve: Any) -> None:
    async with serve(settings) as service:
        await service.shop()
        path = service.engine.path
    older = {file: file.read_bytes() for file in path.parent.glob(f"{path.name}*")}
    async with serve(settings) as service:
        await service.write("后来不见了")
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    for file, content in older.items():
        file.write_bytes(content)
    async with serve(settings) as service:
        for _ in range(2):
            report = await get(service, VERIFY)
            assert (report["holds"], [finding["sin"] for finding in report["findings"]]) == (False, ["cut"])
            await service.write("又一句")

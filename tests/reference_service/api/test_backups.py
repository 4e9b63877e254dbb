"""Backups and restores of the running service: a restore equals the original, and it goes on from it (RETAIN-1)."""

import asyncio
from pathlib import Path
from typing import Any

import apsw
import msgspec
import pytest

from reference_service.storage import tables
from reference_service.storage.restoring import Refused

OPERATOR = {"Authorization": "Bearer op"}
BACKUPS, RESTORE, VERIFY = "/api/v1/backups", "/api/v1/backups/restore", "/api/v1/audit/verify"


async def backup(service: Any) -> Any:
    answer = await service.http.post(BACKUPS, headers=OPERATOR)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def restore(service: Any, name: str) -> Any:
    return await service.http.post(RESTORE, json={"id": name}, headers=OPERATOR)


def content(path: Path) -> dict[str, list[Any]]:
    """Every row of every table."""
    with apsw.Connection(str(path)) as connection:
        return {record.__name__: sorted(map(repr, tables.scan(connection, record))) for record in tables.AUDITED}


async def verified(service: Any) -> Any:
    report = (await service.http.get(VERIFY, headers=OPERATOR)).json()
    assert (report["holds"], report["findings"]) == (True, [])
    return report


async def test_a_restore_equals_the_original_and_the_service_goes_on_from_it(service: Any) -> None:
    admin = await service.shop()
    _, agent = await service.agent(admin)
    device = await service.device(agent)
    await service.write("备份之前")
    made = await backup(service)
    before, head = content(service.engine.path), (made["number"], made["hash"])
    assert before["Message"]
    after = service.event("备份之后")
    await service.push(after)
    await service.shop("s2")

    assert (await restore(service, made["id"])).status_code == 204
    assert content(service.engine.path) == before
    report = await verified(service)
    assert report["rows"] == sum(map(len, before.values()))
    assert report["head"]["number"] == head[0] + 1  # the link that tells of the restore
    assert await device.closed() == 1012
    assert list(service.engine.world.floors) == ["s1"]

    device = await service.device(agent)
    assert (await service.push(after)).status_code == 200  # what came after the backup was never taken, now
    assert (await device.dispatch("message.created"))["text"] == "备份之后"
    await verified(service)
    page = (await service.http.get("/api/v1/conversations/cv1/messages", headers=admin)).json()
    assert [message["text"] for message in page["items"]] == ["备份之前", "备份之后"]
    await device.ws.close()


async def test_what_was_there_before_a_restore_is_a_backup_then(service: Any) -> None:
    await service.shop()
    first = await backup(service)
    await service.write("这一句先丢后回")
    assert (await restore(service, first["id"])).status_code == 204
    listed = (await service.http.get(BACKUPS, headers=OPERATOR)).json()["items"]
    assert [one["reason"] for one in listed] == ["made", "before a restore"]
    assert (await restore(service, listed[1]["id"])).status_code == 204
    assert [thread.conversation.customer for thread in service.engine.world.threads.values()] == ["c1"]
    await verified(service)


async def test_a_backup_made_under_traffic_is_whole(service: Any) -> None:
    await service.shop()
    making = asyncio.create_task(backup(service))
    while not making.done():
        await service.write("一直在写")
    made = await making
    assert (await restore(service, made["id"])).status_code == 204
    await verified(service)


def spoilt(file: Path, how: str) -> None:
    if how == "bit":
        whole = bytearray(file.read_bytes())
        place = whole.index("备份".encode())
        whole[place] ^= 1
        file.write_bytes(whole)
    elif how == "cut":
        file.write_bytes(file.read_bytes()[:4096])
    elif how == "empty":
        file.write_bytes(b"")
    elif how == "other":
        file.write_bytes(b"no database" * 1000)
    else:
        apsw.Connection(str(file)).execute({
            "version": "PRAGMA user_version = 99",
            "row": "DELETE FROM message",
            "column": "ALTER TABLE message ADD COLUMN tomorrow",
            "chain": "DELETE FROM audit",
        }[how])  # fmt: skip


@pytest.mark.parametrize("how", ["bit", "cut", "empty", "other", "version", "row", "column", "chain"])
async def test_a_backup_that_is_damaged_is_refused_and_nothing_changes(service: Any, how: str) -> None:
    await service.shop()
    await service.write("备份之前")
    made = await backup(service)
    await service.write("之后")
    spoilt(service.engine.vault.backups.file(made["id"]), how)
    before, world = content(service.engine.path), service.engine.world
    files = sorted(file.name for file in service.engine.vault.folder.rglob("*"))
    answer = await restore(service, made["id"])
    assert (answer.status_code, answer.json()["code"]) == (422, "unusable_backup")
    assert "备份" not in answer.text
    assert service.engine.world is world
    assert content(service.engine.path) == before
    assert sorted(file.name for file in service.engine.vault.folder.rglob("*")) == files
    await service.write("还在")
    await verified(service)


async def test_a_backup_of_another_service_is_refused(serve: Any, settings: Any, tmp_path: Path) -> None:
    async with serve(msgspec.structs.replace(settings, data=tmp_path / "other")) as other:
        await other.shop()
        made = await backup(other)
        file = other.engine.vault.backups.file(made["id"])
    async with serve(settings) as service:
        mine = await backup(service)
        service.engine.vault.backups.file(mine["id"]).write_bytes(file.read_bytes())
        answer = await restore(service, mine["id"])
        assert (answer.status_code, answer.json()["code"]) == (422, "unusable_backup")
    with pytest.raises(Refused, match="audit key"):
        async with serve(msgspec.structs.replace(settings, restore=file)):
            pass


async def test_a_new_service_starts_from_a_backup_with_the_audit_key(serve: Any, settings: Any, tmp_path: Path) -> None:
    async with serve(settings) as service:
        admin = await service.shop()
        await service.write("备份之前")
        file = service.engine.vault.backups.file((await backup(service))["id"])
        before = content(service.engine.path)
    moved = {"data": tmp_path / "new", "restore": file, "audit_key": settings.data / "audit.key"}
    async with serve(msgspec.structs.replace(settings, **moved)) as service:
        assert content(service.engine.path) == before
        await verified(service)
        page = (await service.http.get("/api/v1/conversations/cv1/messages", headers=admin)).json()
        assert [message["text"] for message in page["items"]] == ["备份之前"]
    async with serve(msgspec.structs.replace(settings, **moved | {"restore": None})) as service:
        await service.write("之后", message="@later==")
        await verified(service)


async def test_a_kill_after_the_exchange_is_no_finding(serve: Any, settings: Any) -> None:
    async with serve(settings) as service:
        await service.shop()
        made = await backup(service)
        await service.write("之后")
        anchored = (settings.data / "audit.head").read_bytes()
        assert (await restore(service, made["id"])).status_code == 204
    (settings.data / "audit.head").write_bytes(anchored)  # as if the service had died before it anchored the new head
    async with serve(settings) as service:
        await verified(service)


@pytest.mark.parametrize("name", ["b20260101T000000-abcdef", "../../service", "..", "/etc/passwd", "x" * 64, "服务"])
async def test_a_backup_that_is_not_there_is_not_found_whatever_it_is_called(service: Any, name: str) -> None:
    answer = await restore(service, name)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_bodies_that_are_none_are_malformed(service: Any) -> None:
    for body in ({}, {"id": ""}, {"id": "x" * 65}, {"id": 7}, []):
        answer = await service.http.post(RESTORE, json=body, headers=OPERATOR)
        assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


async def test_a_restore_waits_for_requests_under_way_and_gives_up_on_those_that_never_end(
    service: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("reference_service.shell.exchange.PATIENCE_S", 0.2)
    await service.shop()
    made = await backup(service)
    service.engine.requests += 1
    answer = await restore(service, made["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "already_running")
    await service.write("还在")
    service.engine.requests -= 1
    assert (await restore(service, made["id"])).status_code == 204


async def test_a_backup_is_made_every_night_and_goes_after_its_time(service: Any) -> None:
    await service.shop()
    for days, expected in ((1.0, 1), (1.0, 2), (29.5, 2), (60.0, 1)):
        service.engine.clock.jump(days * 86400)
        await service.engine.travel(0)
        listed = (await service.http.get(BACKUPS, headers=OPERATOR)).json()["items"]
        assert len(listed) == expected
    for file in (service.engine.vault.folder / "backups").iterdir():
        assert file.stat().st_mode & 0o077 == 0 or file.suffix == ".json"


async def test_what_was_purged_is_in_no_backup_after_their_time_and_gone_again_after_a_restore(service: Any) -> None:
    admin = await service.shop()
    await service.write("旧话")
    assert (await service.http.post("/api/v1/conversations/cv1/resolve", headers=admin)).status_code == 200
    old = await backup(service)
    service.engine.clock.jump(181 * 86400)
    assert (await restore(service, old["id"])).status_code == 204
    await service.engine.jobs.idle()
    assert service.engine.world.threads == {}
    file = service.engine.vault.backups.file(old["id"])
    assert "旧话".encode() in file.read_bytes()
    await service.engine.travel(181 * 86400)
    assert not file.exists()
    assert service.engine.world.threads == {}
    listed = (await service.http.get(BACKUPS, headers=OPERATOR)).json()["items"]
    assert len(listed) == 1
    assert "旧话".encode() not in service.engine.vault.backups.file(listed[0]["id"]).read_bytes()


async def test_a_second_backup_at_the_same_time_is_refused(service: Any) -> None:
    answers = await asyncio.gather(*(service.http.post(BACKUPS, headers=OPERATOR) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]

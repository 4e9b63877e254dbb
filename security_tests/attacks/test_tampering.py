"""AUDIT-1: whoever changes stored data behind the service's back is found out, a cut-off tail included.

Only on the suite's own process, whose data folder it may open.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from security_tests.attacks.belongings import belongings
from suites.lab import Lab, LabShop
from suites.labs import Labs

pytestmark = [
    pytest.mark.promise("AUDIT-1"),
    pytest.mark.owasp("ASVS 16.4.2 Log integrity"),
    pytest.mark.xdist_group("tampering"),
]
TABLES: Final = ("message", "conversation")


def _flip(db: sqlite3.Connection) -> None:
    db.execute("UPDATE message SET text = text || '!' WHERE rowid = (SELECT min(rowid) FROM message)")


def _flip_a_bit_of_another_table(db: sqlite3.Connection) -> None:
    db.execute("UPDATE conversation SET tags = '[\"被改\"]' WHERE rowid = (SELECT min(rowid) FROM conversation)")


def _delete(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM message WHERE rowid = (SELECT max(rowid) FROM message)")


def _insert(db: sqlite3.Connection) -> None:
    names = [row[1] for row in db.execute("PRAGMA table_info(message)") if row[1] != "seq"]
    columns = ", ".join(f'"{name}"' for name in names)
    db.execute(f"INSERT INTO message (seq, {columns}) SELECT seq + 1000, {columns} FROM message LIMIT 1")


def _reorder(db: sqlite3.Connection) -> None:
    """Two texts of a conversation change places."""
    rows = db.execute("SELECT rowid, text FROM message ORDER BY rowid LIMIT 2").fetchall()
    (first, one), (second, two) = rows
    db.execute("UPDATE message SET text = ? WHERE rowid = ?", (two, first))
    db.execute("UPDATE message SET text = ? WHERE rowid = ?", (one, second))


SINS: Final[dict[str, Callable[[sqlite3.Connection], None]]] = {
    "a text was changed": _flip,
    "a conversation was changed": _flip_a_bit_of_another_table,
    "a message was deleted": _delete,
    "a message was added": _insert,
    "two messages changed places": _reorder,
}


def _database(lab: Lab) -> Path:
    assert lab.hosted is not None
    found = [file for file in lab.hosted.data.iterdir() if file.suffix in (".db", ".sqlite", ".sqlite3")]
    assert len(found) == 1, f"one database was expected in {lab.hosted.data}: {found}"
    return found[0]


async def _own(labs: Labs, name: str) -> Lab:
    """A lab that nothing else uses: its data is spoilt in the end."""
    first = await labs()
    if first.hosted is None:
        pytest.skip("not offered: the stored data of a target that is not the suite's own process")
    key = first.folder / f"audit-{name}.key"
    if not key.exists():
        key.write_bytes(os.urandom(32))
    return await labs(service=("--audit-key", str(key)))


async def _holds(shop: LabShop) -> bool:
    return bool((await shop.api("verifyAudit", who="operator")).body["holds"])


@contextlib.contextmanager
def _changed(lab: Lab, sin: str) -> Iterator[None]:
    """Somebody opens the database beside the running service; afterwards it is as it was."""
    with contextlib.closing(sqlite3.connect(_database(lab), timeout=10)) as db:
        kept = {name: db.execute(f"SELECT rowid, * FROM {name}").fetchall() for name in TABLES}
        SINS[sin](db)
        assert db.total_changes, f"{sin}: nothing was changed"
        db.commit()
        yield
        for name, rows in kept.items():
            columns = ", ".join(f'"{row[1]}"' for row in db.execute(f"PRAGMA table_info({name})"))
            places = ", ".join("?" * len(rows[0]))
            db.execute(f"DELETE FROM {name}")
            db.executemany(f"INSERT INTO {name} (rowid, {columns}) VALUES ({places})", rows)
        db.commit()


async def test_a_change_behind_the_services_back_is_found(labs: Labs) -> None:
    lab = await _own(labs, "changes")
    shop = (await belongings(lab)).shop
    await belongings(lab)
    await lab.settled()
    for sin in SINS:
        assert await _holds(shop), f"the chain did not hold before: {sin}"
        with _changed(lab, sin):
            assert not await _holds(shop), f"{sin}, and verifyAudit says that all is well"
    assert await _holds(shop), "put back as it was, the data is not whole any more"


async def test_a_tail_that_was_cut_off_is_found(labs: Labs) -> None:
    lab = await _own(labs, "tail")
    assert lab.hosted is not None
    own = await belongings(lab)
    await lab.settled()
    older = lab.hosted.data.with_name("older")
    await lab.hosted.stop("kill")
    shutil.copytree(lab.hosted.data, older)
    await lab.hosted.start()
    head = (await own.shop.api("getAuditHead", who="operator")).body
    desk = await own.shop.desk()
    await desk.sees(await own.customer.say("这一句后来不见了"))
    newest = (await own.shop.api("getAuditHead", who="operator")).body
    assert newest["number"] > head["number"]
    name = _database(lab).name
    await lab.hosted.stop("kill")
    for file in lab.hosted.data.glob(f"{name}*"):
        file.unlink()
    for file in older.glob(f"{name}*"):
        shutil.copy(file, lab.hosted.data)  # the database of before, beside the newest anchor
    await lab.hosted.start()
    assert not await _holds(own.shop), "the newest messages were cut off, and verifyAudit says that all is well"
    kept_elsewhere = {"at": newest["number"], "head": newest["hash"]}
    report = (await own.shop.api("verifyAudit", who="operator", query=kept_elsewhere)).body
    assert report["asked"] is False, "a head that was kept elsewhere lies on no chain any more"

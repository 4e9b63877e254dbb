"""Any change to stored data, a cut-off tail included, is detected (AUDIT-1, R6.5)."""

import shutil
from pathlib import Path
from threading import Event
from typing import Any

import apsw
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from reference_service.domain.changes import Changes
from reference_service.domain.records import Counter, Message
from reference_service.storage import tables
from reference_service.storage.chain import Head, link
from reference_service.storage.digests import Digests
from reference_service.storage.verifying import Finding, Stopped, verify


@pytest.fixture
def filled(vault: Any, stage: Any) -> Any:
    """Two shops' worth of life, several commits, nothing wrong."""
    stage.shop("s2")
    desk = stage.agent()
    for number in range(6):
        stage.write(f"c{number % 3}", f"m{number}", f"第{number}句", index=number)
    stage.reply(desk, next(iter(desk.held.values())), "您好", "k1")
    for changes in stage.all:
        vault.keep(changes)
    report = vault.verify()
    assert (report.findings, report.found, report.asked) == ([], 0, None)
    assert report.head == vault.opened.trail.head
    assert report.rows > 25
    return vault


def finding(vault: Any, record: Any, *key: Any) -> tuple[str, str]:
    """The one finding's table and sin; its key must be this row's."""
    (found,) = vault.verify().findings
    assert found.key == Digests(vault.opened.trail.key).key(record, key).hex()
    return found.table, found.sin


def test_a_changed_row_is_named(filled: Any) -> None:
    filled.tamper("UPDATE message SET text = '改' WHERE conversation_id = 'cv1' AND seq = 2")
    assert finding(filled, Message, "cv1", 2) == ("message", "changed")


def test_a_number_that_became_a_text_is_a_change(filled: Any) -> None:
    filled.tamper("UPDATE message SET created_at = CAST(created_at AS TEXT) WHERE conversation_id = 'cv1' AND seq = 2")
    assert finding(filled, Message, "cv1", 2) == ("message", "changed")


def test_a_deleted_row_is_named(filled: Any) -> None:
    filled.tamper("DELETE FROM message WHERE conversation_id = 'cv1' AND seq = 2")
    assert finding(filled, Message, "cv1", 2) == ("message", "deleted")


def test_an_inserted_row_is_named(filled: Any) -> None:
    filled.tamper("INSERT INTO counter VALUES ('mine', 7)")
    assert finding(filled, Counter, "mine") == ("counter", "inserted")


def test_an_older_version_of_a_row_is_named_as_that(filled: Any) -> None:
    filled.tamper("UPDATE counter SET value = value - 1 WHERE name = 'conversations'")
    assert finding(filled, Counter, "conversations") == ("counter", "replaced")


def test_two_rows_that_changed_places_are_both_named(filled: Any) -> None:
    for old, new in ((1, 100), (2, 1), (100, 2)):
        filled.tamper(f"UPDATE message SET seq = {new} WHERE conversation_id = 'cv1' AND seq = {old}")
    assert filled.sins() == [("message", "changed")] * 2


@pytest.mark.parametrize("record", [record for record in tables.AUDITED if record is not tables.Secret])
def test_every_table_is_watched(vault: Any, record: Any) -> None:
    values = [f"'{column}'" for column in tables.columns(record)]
    vault.tamper(f"INSERT INTO {tables.table(record)} VALUES ({', '.join(values)})")
    assert vault.sins() == [(tables.table(record), "inserted")]


def test_the_key_that_seals_tokens_is_watched_too(filled: Any) -> None:
    filled.tamper("UPDATE secret SET value = zeroblob(32)")
    assert filled.sins() == [("secret", "changed")]


def test_a_cut_tail_is_named_while_the_service_runs_and_for_ever_after_a_restart(filled: Any) -> None:
    older = filled.folder / "older.db"
    filled.reopen()
    apsw.Connection(str(filled.opened.path)).execute("VACUUM INTO ?", (str(older),))
    anchored = filled.keep(counting("last", 1))
    key = filled.opened.trail.key
    assert verify(older, key, anchored).findings == [("audit", str(anchored.number), "cut")]

    filled.close()
    for file in filled.folder.glob("service.db*"):
        file.unlink()
    shutil.copy(older, filled.folder / "service.db")
    filled.reopen()
    filled.keep(counting("goes on", 1))
    assert filled.sins() == [("audit", "cut")]
    assert filled.verify(anchored).asked is False
    filled.reopen()
    filled.keep(counting("goes on", 2))
    assert filled.sins() == [("audit", "cut")]  # said once, and kept


def test_a_kill_between_commit_and_anchor_is_no_finding(filled: Any) -> None:
    before = (filled.folder / "audit.head").read_bytes()
    filled.keep(counting("last", 1))
    filled.close()
    (filled.folder / "audit.head").write_bytes(before)
    filled.reopen()
    assert filled.verify().findings == []
    filled.keep(counting("goes on", 1))
    assert filled.verify().findings == []


def test_an_anchor_that_is_gone_or_forged_is_named(filled: Any) -> None:
    newest = filled.opened.trail.head
    for content in (b"", bytes(1024)):
        filled.close()
        (filled.folder / "audit.head").write_bytes(content)
        filled.reopen()
        filled.keep(counting("goes on", 1))
    assert filled.sins() == [("audit", "cut")] * 2
    assert filled.verify().findings[0] == Finding("audit", str(newest.number + 1), "cut")


def test_a_link_made_without_the_key_is_named(filled: Any) -> None:
    head = filled.opened.trail.head
    forged = link(bytes(32), head, 1.0, "", Digests(bytes(32)).body({Counter: {("n",): ("n", 1)}}))
    filled.tamper("INSERT INTO audit VALUES (?, ?, ?, ?, ?)", *forged)
    assert ("audit", "changed") in filled.sins()


@pytest.mark.parametrize("column", ["at", "note", "body", "hash"])
@pytest.mark.parametrize("value", ["NULL", "''", "x''", "0", "zeroblob(32)"])
def test_a_link_that_was_changed_is_named(filled: Any, column: str, value: str) -> None:
    number = filled.opened.trail.head.number - 2
    before = filled.tamper("UPDATE audit SET note = note || '' WHERE number = ?", number)
    assert (before, filled.sins()) == (None, [])
    filled.tamper(f"UPDATE audit SET {column} = {value} WHERE number = ?", number)
    same = (column, value) == ("note", "''")
    assert (Finding("audit", str(number), "changed") in filled.verify().findings) is not same


def test_links_that_were_deleted_or_changed_places_are_named(filled: Any) -> None:
    newest = filled.opened.trail.head.number
    for old, new in ((newest - 1, 100), (newest - 2, newest - 1), (100, newest - 2)):
        filled.tamper("UPDATE audit SET number = ? WHERE number = ?", new, old)
    assert {Finding("audit", str(number), "changed") for number in (newest - 1, newest - 2)} <= set(
        filled.verify().findings
    )
    filled.tamper("DELETE FROM audit WHERE number IN (3, 4)")
    assert {Finding("audit", "3", "deleted"), Finding("audit", "4", "deleted")} <= set(filled.verify().findings)


def test_rows_that_the_service_itself_removed_are_expected_to_be_gone(filled: Any, stage: Any) -> None:
    changes = Changes()
    changes.remove(stage.thread("c1").visit[0])
    filled.keep(changes)
    filled.keep(Changes(removed_shops=["s1"]))
    assert filled.verify().findings == []
    assert [len(rows) for rows in content(filled.opened.path)].count(0) >= 4
    filled.tamper("DELETE FROM taken WHERE id_hash = (SELECT min(id_hash) FROM taken)")
    assert filled.sins() == [("taken", "deleted")]


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("CREATE TRIGGER late AFTER INSERT ON message BEGIN DELETE FROM taken; END", "trigger late"),
        ("CREATE VIEW mirror AS SELECT * FROM message", "view mirror"),
        ("CREATE TABLE mine (a)", "table mine"),
    ],
)
def test_what_the_service_did_not_make_is_named(filled: Any, statement: str, named: str) -> None:
    filled.tamper(statement)
    assert filled.verify().findings == [Finding("schema", named, "foreign")]


def test_a_column_of_somebody_else_is_named(filled: Any) -> None:
    filled.tamper("ALTER TABLE message ADD COLUMN mine")
    assert filled.verify().findings == [Finding("schema", "columns of message", "changed")]


def test_a_row_that_is_there_twice_is_named(filled: Any) -> None:
    filled.tamper("CREATE TABLE other AS SELECT * FROM counter UNION ALL SELECT * FROM counter")
    filled.tamper("DROP TABLE counter")
    filled.tamper("ALTER TABLE other RENAME TO counter")
    assert filled.sins() == [("counter", "changed")] * 2


def test_a_text_that_is_none_is_unreadable(filled: Any) -> None:
    filled.tamper("UPDATE message SET text = CAST(x'ff' AS TEXT) WHERE seq = 1")
    assert ("message", "unreadable") in filled.sins()


def test_a_head_somebody_kept_is_found_on_the_chain_and_no_other(filled: Any) -> None:
    kept = filled.opened.trail.head
    filled.keep(counting("later", 1))
    assert filled.verify(kept).asked is True
    assert filled.verify(Head(kept.number, bytes(32))).asked is False
    assert filled.verify(Head(kept.number - 1, kept.hash)).asked is False
    assert filled.verify(Head(10**6, kept.hash)).asked is False


def test_only_the_first_findings_are_listed_and_all_are_counted(vault: Any) -> None:
    vault.tamper(
        "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 250) INSERT INTO counter SELECT i, 1 FROM n"
    )
    report = vault.verify()
    assert (len(report.findings), report.found) == (100, 250)


def test_rows_older_than_the_chain_are_taken_over_as_they_are(vault: Any, stage: Any) -> None:
    for number in range(20):
        stage.write("c1", f"m{number}")
    for changes in stage.all:
        vault.keep(changes)
    rows = vault.verify().rows
    vault.close()
    with apsw.Connection(str(vault.opened.path)) as connection:
        connection.execute("DELETE FROM audit")
        connection.pragma("user_version", 0)
    (vault.folder / "audit.head").unlink()
    vault.reopen()
    assert (vault.verify().findings, vault.verify().rows) == ([], rows)
    vault.tamper("UPDATE message SET text = '改' WHERE seq = 7")
    assert vault.sins() == [("message", "changed")]


def test_a_database_that_was_exchanged_for_an_empty_one_is_named(filled: Any) -> None:
    filled.close()
    for file in filled.folder.glob("service.db*"):
        file.unlink()
    for _ in range(2):
        filled.reopen()
        assert filled.sins() == [("audit", "cut")]


@pytest.mark.thorough
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_flipped_bit_of_the_file_is_found_where_it_changes_what_is_read(filled: Any, data: st.DataObject) -> None:
    whole, copy = filled.folder / "whole.db", filled.folder / "copy.db"
    if not whole.exists():
        apsw.Connection(str(filled.opened.path)).execute("VACUUM INTO ?", (str(whole),))
    flipped = bytearray(whole.read_bytes())
    place = data.draw(st.integers(0, len(flipped) - 1))
    flipped[place] ^= 1 << data.draw(st.integers(0, 7))
    copy.write_bytes(flipped)
    trail = filled.opened.trail
    try:
        found = verify(copy, trail.key, trail.head).found > 0
    except apsw.Error:
        found = True  # not even a database any more
    event("found" if found else "of no consequence")
    assert found or content(copy) == content(whole)


def content(path: Path) -> list[Any]:
    with apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY) as connection:
        return [tables.scan(connection, record).fetchall() for record in tables.AUDITED]


def test_a_verification_that_is_given_up_ends_and_leaves_nothing(filled: Any) -> None:
    stop, trail = Event(), filled.opened.trail
    stop.set()
    with pytest.raises(Stopped):
        verify(filled.opened.path, trail.key, trail.head, None, stop)
    assert [file.name for file in filled.folder.iterdir() if file.is_dir()] == []


def counting(name: str, value: int) -> Changes:
    changes = Changes()
    changes.keep(Counter(name=name, value=value))
    return changes

"""Every record comes back as it was written."""

from pathlib import Path

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_service.domain.changes import Changes
from reference_service.domain.records import Message, Shop
from reference_service.domain.register import RECORDS
from reference_service.storage import tables
from reference_service.storage.journal import commit
from reference_service.storage.reader import Reader

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
MESSAGES = st.builds(
    Message,
    conversation_id=TEXT,
    seq=st.integers(1, 2**62),
    sender=st.sampled_from(["customer", "agent"]),
    agent_id=st.none() | TEXT,
    platform_id=st.none() | TEXT,
    client_msg_id=st.none() | TEXT,
    text=TEXT,
    shown=st.none() | TEXT,
    masked=st.booleans(),
    index=st.none() | st.integers(0, 2**63 - 1),
    late=st.booleans(),
    status=st.sampled_from(["received", "pending", "sent", "failed", "in_doubt", "recalled"]),
    created_at=st.floats(0, 1e10),
    step=st.sampled_from(["", "queued", "calling", "echo", "waiting"]),
    attempt=st.integers(0, 20),
    due=st.floats(0, 1e10),
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables") / "service.db"


@pytest.mark.thorough
@settings(deadline=None)
@given(messages=st.lists(MESSAGES, max_size=40, unique_by=lambda m: (m.conversation_id, m.seq)))
def test_messages_come_back_as_they_were(database: Path, messages: list[Message]) -> None:
    connection = apsw.Connection(str(database))
    tables.prepare(connection)
    connection.execute("DELETE FROM message")
    changes = Changes()
    for message in messages:
        changes.keep(message)
    commit(connection, [changes])
    connection.close()
    reader = Reader(database)
    found = reader.rows(Message)
    reader.close()
    key = lambda m: (m.conversation_id, m.seq)  # noqa: E731
    assert sorted(found, key=key) == sorted(messages, key=key)


def test_every_record_has_a_table_with_a_key_of_its_own_columns() -> None:
    for record in RECORDS:
        assert set(record.KEY) <= set(tables.columns(record))


def test_a_database_from_before_a_field_opens_with_the_fields_default(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "service.db"))
    older = [f'"{name}"' for name in tables.columns(Shop) if name != "platform"]
    connection.execute(f"CREATE TABLE shop ({', '.join(older)}, PRIMARY KEY (id))")
    connection.execute(
        "INSERT INTO shop VALUES ('s1', '店', 'o1', 'ck', 'cs', 15, 0, 'act', 'rft', 7.5)",
    )
    tables.prepare(connection)
    tables.prepare(connection)  # again: nothing is missing any more
    new = Shop(id="s2", name="店", open_id="1", client_key="k", client_secret="s", capacity=1, test=True)
    new.platform = "doudian"
    changes = Changes()
    changes.keep(new)
    commit(connection, [changes])
    connection.close()
    reader = Reader(tmp_path / "service.db")
    old, kept = reader.rows(Shop)
    reader.close()
    assert (old.id, old.token_until, old.platform) == ("s1", 7.5, "open-im")
    assert kept == new

"""A database as the service opens it, with its audit chain, and a short way to commit and to verify."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from reference_service.domain.changes import Changes
from reference_service.storage import connections
from reference_service.storage.chain import Head
from reference_service.storage.journal import commit
from reference_service.storage.opening import Opened, audit_key, open_database
from reference_service.storage.verifying import Report, verify


class Vault:
    """`reopen` is what a restart does. `tamper` is a third-party tool at the database file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._connection: apsw.Connection | None = None
        self.opened: Opened
        self.reopen()

    def reopen(self) -> None:
        self.close()
        self.opened = open_database(self.folder, audit_key(self.folder, None))
        self._connection = connections.writer(self.opened.path)

    def close(self) -> None:
        if self._connection:
            self.opened.trail.close()
            self._connection.close()
            self._connection = None

    def keep(self, *group: Changes) -> Head:
        assert self._connection
        commit(self._connection, list(group), self.opened.trail)
        return self.opened.trail.head

    def verify(self, asked: Head | None = None) -> Report:
        return verify(self.opened.path, self.opened.trail.key, self.opened.trail.head, asked)

    def sins(self) -> list[tuple[str, str]]:
        """Table and sin of every finding."""
        return [(finding.table, finding.sin) for finding in self.verify().findings]

    def tamper(self, statement: str, *values: Any) -> None:
        tool = apsw.Connection(str(self.opened.path))
        tool.execute(statement, values)
        assert tool.total_changes() or statement.startswith(("CREATE", "ALTER", "DROP"))
        tool.close()


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = Vault(tmp_path)
    yield vault
    vault.close()


@pytest.fixture(scope="session")
def new_vault() -> Callable[[Path], Vault]:
    """For property tests, which need one a case."""
    return Vault

"""`golive certs` makes what TLS needs, keeps keys to itself and writes over nothing."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from golive import certs
from golive.failures import Usage

NOW = datetime.now(UTC)


def test_three_files_of_which_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    made = certs.make(tmp_path / "certs", ["gate.example.com"], NOW)
    assert {path.name for path in (tmp_path / "certs").iterdir()} == {"ca.pem", "gateway.pem", "gateway.key"}
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600
    for path in (made.ca, made.cert):
        assert b"PRIVATE" not in path.read_bytes()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.cert, made.key)
    assert made.expires - NOW == timedelta(weeks=certs.WEEKS)


def test_what_is_there_is_written_over_only_by_force(tmp_path: Path) -> None:
    first = certs.make(tmp_path, [], NOW)
    key = first.key.read_bytes()
    with pytest.raises(Usage, match="--force"):
        certs.make(tmp_path, [], NOW)
    assert first.key.read_bytes() == key
    first.key.chmod(0o644)
    certs.make(tmp_path, [], NOW, force=True)
    assert first.key.read_bytes() != key
    assert stat.S_IMODE(first.key.stat().st_mode) == 0o600


def test_one_of_the_files_is_enough_to_refuse(tmp_path: Path) -> None:
    (tmp_path / "gateway.key").touch()
    with pytest.raises(Usage, match=r"gateway\.key is there already"):
        certs.make(tmp_path, [], NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["gateway.key"]


@pytest.mark.parametrize("host", ["", "a b", "x" * 300, "-.example..com"])
def test_a_name_that_is_none_is_refused_and_nothing_written(tmp_path: Path, host: str) -> None:
    with pytest.raises(Usage, match="names such as"):
        certs.make(tmp_path / "certs", [host], NOW)
    assert not (tmp_path / "certs").exists()


def test_a_person_is_told_when_it_ends_and_what_to_do_next(tmp_path: Path) -> None:
    made = certs.make(tmp_path, ["10.0.0.5"], datetime(2026, 11, 1, tzinfo=UTC))
    said = "\n".join(certs.words(made, ["10.0.0.5"]))
    assert "2026-12-13" in said
    assert "--listen 0.0.0.0 --public-url https://10.0.0.5:8899 --tls-cert" in said
    assert "--listen" not in made.command([])

"""The anchored head: always one whole slot, never a forged one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reference_service.storage.anchor import SLOT, Anchor
from reference_service.storage.chain import Head

KEY = bytes(range(32))


def head(number: int) -> Head:
    return Head(number, bytes([number]) * 32)


@pytest.fixture
def anchor(tmp_path: Path) -> Iterator[Anchor]:
    anchor = Anchor(tmp_path / "audit.head", KEY)
    yield anchor
    anchor.close()


def again(folder: Path, key: bytes = KEY) -> Head | None:
    other = Anchor(folder / "audit.head", key)
    found = other.read()
    other.close()
    return found


def test_the_newest_head_is_read_by_whoever_opens_the_file_with_the_key(anchor: Anchor, tmp_path: Path) -> None:
    assert anchor.read() is None
    for number in range(12):
        anchor.write(head(number))
        assert (anchor.read(), again(tmp_path), again(tmp_path, bytes(32))) == (head(number), head(number), None)


@pytest.mark.parametrize("place", [0, 1, 7, 8, 39, 40, 71])
def test_a_slot_that_was_half_written_leaves_the_head_before_it(anchor: Anchor, tmp_path: Path, place: int) -> None:
    anchor.write(head(6))
    anchor.write(head(7))
    file = tmp_path / "audit.head"
    torn = bytearray(file.read_bytes())
    torn[SLOT + place] ^= 1
    file.write_bytes(torn)
    assert again(tmp_path) == head(6)


@pytest.mark.parametrize("number", [4, 5, 6, 7])
def test_a_lower_head_replaces_a_higher_one_whichever_slot_it_has(anchor: Anchor, tmp_path: Path, number: int) -> None:
    anchor.write(head(6))
    anchor.write(head(7))
    anchor.write(head(number))
    assert again(tmp_path) == head(number)
    anchor.write(head(number + 1))
    assert again(tmp_path) == head(number + 1)

"""Digests of rows: the same for what is kept and what is read back, and for a row that is older than a column."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from reference_service.domain.records import Counter, Message, Shop
from reference_service.storage.digests import SIZE, Digests, kept, told

DIGESTS = Digests(bytes(range(32)))
SHOP = ("s1", "店", "o1", "ck", "cs", 15, False, "act", "rft", 7.5, "open-im")


def test_a_row_has_another_digest_for_every_value_of_it() -> None:
    others = [(*SHOP[:place], "other", *SHOP[place + 1 :]) for place in range(len(SHOP))]
    digests = {DIGESTS.row(Shop, row) for row in (SHOP, *others)}
    assert len(digests) == len(SHOP) + 1
    assert DIGESTS.row(Shop, SHOP) == DIGESTS.row(Shop, tuple(SHOP))
    assert Digests(bytes(32)).row(Shop, SHOP) != DIGESTS.row(Shop, SHOP)


@given(columns=st.integers(7, len(SHOP)))
def test_a_column_added_with_its_default_changes_no_digest(columns: int) -> None:
    defaults = [field.default for field in msgspec.structs.fields(Shop)]
    row = (*SHOP[:columns], *defaults[columns:])
    assert DIGESTS.row(Shop, row[:columns]) == DIGESTS.row(Shop, row)


def test_a_key_belongs_to_its_table() -> None:
    keys = {DIGESTS.key(Shop, ("a",)), DIGESTS.key(Counter, ("a",)), DIGESTS.key(Shop, ("b",))}
    assert sorted(map(len, keys)) == [SIZE] * 3


def test_booleans_come_back_from_numbers_and_nothing_else_does() -> None:
    assert kept(Shop, (*SHOP[:6], 0, *SHOP[7:])) == SHOP
    for value in (2, "0", None, 0.0):
        assert kept(Shop, (*SHOP[:6], value, *SHOP[7:]))[6] is value
    assert kept(Counter, ("n", 1)) == ("n", 1)
    booleans = {field.name for field in msgspec.structs.fields(Message) if field.type is bool}
    assert {"masked", "late", "private", "edited"} <= booleans


def test_a_body_tells_of_every_row_and_nothing_of_its_words() -> None:
    row = ("n", 1)
    body = DIGESTS.body({Counter: {("n",): row, ("gone",): None}})
    name, gone = DIGESTS.key(Counter, ("n",)), DIGESTS.key(Counter, ("gone",))
    assert told(body) == {"counter": (name + DIGESTS.row(Counter, row), gone)}
    assert b"gone" not in body

"""What is written as TOML is read back as the same."""

import tomllib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from history.scenario_file import load, parse
from history.toml import dump
from tests.history.test_data import SHOP, shop

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PLAIN = TEXT | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.booleans()
LISTS = st.lists(PLAIN, max_size=40)
TABLES = st.recursive(
    st.dictionaries(TEXT, PLAIN | LISTS, max_size=4),
    lambda inner: st.dictionaries(TEXT, PLAIN | inner | st.lists(inner, min_size=1, max_size=3), max_size=4),
    max_leaves=8,
)


@given(TABLES)
def test_any_document_comes_back(document: dict[str, object]) -> None:
    assert tomllib.loads(dump(document)) == document


def test_a_resolved_scenario_is_one_file_that_is_the_same_scenario(tmp_path: pytest.TempPathFactory) -> None:
    whole = load(shop(tmp_path, SHOP))  # type: ignore[arg-type]
    assert parse(dump(msgspec.to_builtins(whole))) == whole

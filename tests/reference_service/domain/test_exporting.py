"""What an export shows, cell by cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.domain.exporting import cell, masked_digits


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("小王13812345678", "小王138******78"),
        ("138-1234-5678", "138-****-**78"),
        ("+86 138 1234 5678", "+86 1** **** **78"),
        ("１３８１２３４５６７８", "１３８******７８"),
        ("8888888", "888**88"),
        ("1.3.8.1.2.3.4.5.6.7.8", "1.3.8.*.*.*.*.*.*.7.8"),
        ("小王123456", "小王123456"),
        ("2026-11", "2026-11"),
        ("", ""),
    ],
)
def test_numbers_like_a_phones_show_their_ends_only(text: str, shown: str) -> None:
    assert masked_digits(text) == shown


@given(st.text("0123456789- .ab小", max_size=40))
def test_masking_keeps_the_length_and_leaves_no_seven_digits_in_a_row(text: str) -> None:
    masked = masked_digits(text)
    assert len(masked) == len(text)
    assert not any(run.isdecimal() for run in (masked[at : at + 7] for at in range(len(masked) - 6)))


@pytest.mark.parametrize("sign", list("=+-@＝＋－＠\t\r\n"))
def test_a_cell_that_a_spreadsheet_would_take_for_a_formula_stays_a_text(sign: str) -> None:
    assert cell(f"{sign}1+1") == f"'{sign}1+1"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1=1", "1=1"),
        ("", ""),
        (None, ""),
        (True, "true"),
        (False, "false"),
        (-7, "-7"),
        (1.5, "1.5"),
        (["a", "b"], "a b"),
        (["=a"], "'=a"),
    ],
)
def test_other_cells_are_as_they_are(value: object, shown: str) -> None:
    assert cell(value) == shown

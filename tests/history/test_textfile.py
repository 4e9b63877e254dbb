"""Tables and texts are read as people save them, and refused with file, line and mend."""

import pytest

from history.scenario_error import ScenarioError
from history.textfile import Row, table, text_of

GOOD = "minute,count\n0,5\n1,甲\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_way_a_spreadsheet_saves_a_table_is_read_alike(encoding: str, ends: str, delimiter: str) -> None:
    data = GOOD.replace("\n", ends).replace(",", delimiter).encode(encoding)
    assert table(data, "a.csv", ("minute", "count")) == [Row(2, ("0", "5")), Row(3, ("1", "甲"))]


def test_columns_stand_in_any_order_and_blank_lines_and_others_are_passed_over() -> None:
    data = b"\nnote,Count, minute\n\nx,5,0\n,,\ny,6,1"
    assert table(data, "a", ("minute", "count"), ("weight",)) == [Row(4, ("0", "5", "")), Row(6, ("1", "6", ""))]


def test_a_quoted_cell_holds_the_delimiter_and_lines_are_still_counted_right() -> None:
    data = b'a,b\n"x,1","two\nlines"\ny,2\n'
    assert table(data, "f", ("a", "b")) == [Row(2, ("x,1", "two\nlines")), Row(4, ("y", "2"))]


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", r"a\.csv: the file is empty"),
        (b"\xef\xbb\xbf \n", "the file is empty"),
        (GOOD.encode("utf-16"), "neither UTF-8 nor GB18030 text; save it as 'CSV UTF-8'"),
        (b"\xff\xff\xff", "neither UTF-8 nor GB18030"),
        (b"minute,count\n", "no row below the header"),
        (b"min,count\n1,2", "line 1: the header 'min,count' lacks minute; write the header minute,count"),
        (b"minute,count,count\n1,2,3", "line 1: the header names count twice"),
        (
            b"minute,count\n1,2,3\n",
            "line 2: 3 cells under a header of 2; put a text that holds the delimiter in quotes",
        ),
        (b'minute,count\n1,2\n2,"3\n', "line 3: .*a cell with a quote"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(data: bytes, complaint: str) -> None:
    with pytest.raises(ScenarioError, match=complaint):
        table(data, "a.csv", ("minute", "count"))


def test_a_mark_is_no_part_of_the_text() -> None:
    assert text_of(b"\xef\xbb\xbfa\r\nb", "f") == "a\nb"

"""Text and tables as people save them: UTF-8, with a mark or without, or GB18030 (Excel in China); , ; or tab."""

import csv
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from history.scenario_error import ScenarioError

_DELIMITERS = "\t;,"  # in this order: a decimal or a text may hold a comma where the delimiter is another


class Row(NamedTuple):
    """A row's cells, one a column asked for, and the line of the file it stands on."""

    line: int
    cells: tuple[str, ...]


def text_of(data: bytes, origin: str) -> str:
    """The text of a file, its line ends made "\\n". Raises ScenarioError where it is no text, or empty."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break  # UTF-16, which Excel calls Unicode Text, or no text at all
        if not text.strip():
            raise ScenarioError(f"{origin}: the file is empty")
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise ScenarioError(f"{origin}: neither UTF-8 nor GB18030 text; save it as 'CSV UTF-8', or a list as plain text")


def table(data: bytes, origin: str, needed: Sequence[str], optional: Sequence[str] = ()) -> list[Row]:
    """The rows below a header that names the columns in any order; other columns are ignored, blank lines passed over.

    A row's cells are those of `needed`, then of `optional`, "" where that column is absent. Raises ScenarioError.
    """
    rows = _parsed(text_of(data, origin), origin)
    if not rows:
        raise ScenarioError(f"{origin}: the file holds nothing but delimiters")
    names = [name.strip().lower() for name in rows[0].cells]
    if wrong := _wrong_header(names, needed, optional, ",".join(rows[0].cells)):
        raise ScenarioError(
            f"{origin}, line {rows[0].line}: {wrong}; write the header {','.join((*needed, *optional))}"
        )
    places = [names.index(name) if name in names else -1 for name in (*needed, *optional)]
    found = [_pick(row, places, names, origin) for row in rows[1:]]
    if not found:
        raise ScenarioError(f"{origin}: there is no row below the header; write one at least")
    return found


def short(text: str) -> str:
    """A cell as an error quotes it: on one line, and no longer than a glance."""
    return repr(text if len(text) <= 40 else text[:39] + "…")


def _wrong_header(names: Sequence[str], needed: Sequence[str], optional: Sequence[str], header: str) -> str:
    if missing := [name for name in needed if name not in names]:
        return f"the header {short(header)} lacks {' and '.join(missing)}"
    if twice := [name for name in (*needed, *optional) if names.count(name) > 1]:
        return f"the header names {twice[0]} twice"
    return ""


def _parsed(text: str, origin: str) -> list[Row]:
    lines = text.split("\n")
    header = next(line for line in lines if line.strip())
    delimiter = next((each for each in _DELIMITERS if each in header), ",")
    reader = csv.reader(iter([f"{line}\n" for line in lines]), delimiter=delimiter, strict=True)
    return list(_rows(reader, origin))


def _rows(reader: "Iterator[list[str]]", origin: str) -> Iterator[Row]:
    line = 0
    while True:
        line += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ScenarioError(
                f"{origin}, line {line}: {error}; a cell with a quote in it is written in quotes, its own doubled"
            ) from error
        if any(cell.strip() for cell in cells):
            yield Row(line, tuple(cells))
        line = reader.line_num  # type: ignore[attr-defined]  # a quoted cell may span lines


def _pick(row: Row, places: Sequence[int], names: Sequence[str], origin: str) -> Row:
    if len(row.cells) > len(names) and any(cell.strip() for cell in row.cells[len(names) :]):
        raise ScenarioError(
            f"{origin}, line {row.line}: {len(row.cells)} cells under a header of {len(names)}; "
            'put a text that holds the delimiter in quotes: "…"'
        )
    cells = [row.cells[place].strip() if 0 <= place < len(row.cells) else "" for place in places]
    return Row(row.line, tuple(cells))

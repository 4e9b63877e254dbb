"""A shop's export as the pieces of a zip file, written as they are read: one snapshot, bounded memory (R6.4)."""

import csv
import hashlib
import io
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, Final, Literal

import apsw
import msgspec

from reference_service.domain import exporting
from reference_service.domain.customers import Customer
from reference_service.domain.exporting import Shown
from reference_service.domain.records import Conversation, Message, Record
from reference_service.storage import connections, tables
from reference_service.storage.digests import kept

Form = Literal["jsonl", "csv"]

LINES: Final = 500  # written at once
BOM: Final = "\ufeff"  # without it spreadsheets take a CSV for the system's old encoding

_OF_SHOP: Final = "conversation_id IN (SELECT id FROM conversation WHERE shop_id = ?) ORDER BY conversation_id, seq"
_PARTS: Final[dict[str, tuple[type[Record], str, Callable[[Any], Shown]]]] = {
    "conversations": (Conversation, "shop_id = ? ORDER BY number", exporting.conversation),
    "messages": (Message, _OF_SHOP, exporting.message),
    "customers": (Customer, "shop_id = ? ORDER BY number", exporting.customer),
}


class Part(msgspec.Struct):
    """One file of an export, as its manifest describes it."""

    name: str
    lines: int
    sha256: str


class Manifest(msgspec.Struct):
    """The last file of an export; without it the export is not whole."""

    shop_id: str
    at: float
    format: Form
    files: list[Part]


def archive(path: Path, shop_id: str, form: Form, at: float) -> Iterator[bytes]:
    """The pieces of the zip file. Raises apsw.Error."""
    manifest, sink = Manifest(shop_id, at, form, []), _Sink()
    with closing(connections.reader(path)) as connection:
        connection.execute("BEGIN")
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as pack:
            for name, (record, where, shown) in _PARTS.items():
                part = Part(f"{name}.{form}", 0, "")
                digest = hashlib.sha256()
                with pack.open(_named(part.name, at), "w", force_zip64=True) as file:
                    for lines, data in _written(_rows(connection, record, where, shop_id), shown, form):
                        part.lines += lines
                        digest.update(data)
                        file.write(data)
                        yield sink.take()
                part.sha256 = digest.hexdigest()
                manifest.files.append(part)
            pack.writestr(_named("manifest.json", at), msgspec.json.format(msgspec.json.encode(manifest)))
    yield sink.take()


def _rows(connection: apsw.Connection, record: type[Record], where: str, shop_id: str) -> Iterator[Record]:
    for row in tables.select(connection, record, where, (shop_id,)):
        yield msgspec.convert(kept(record, row), record)


def _written(rows: Iterator[Any], shown: Callable[[Any], Shown], form: Form) -> Iterator[tuple[int, bytes]]:
    """Some lines at a time: how many, and their text."""
    head = form == "csv"
    while some := [shown(row) for row in islice(rows, LINES)]:
        yield len(some), _csv(some, head) if form == "csv" else msgspec.json.Encoder().encode_lines(some)
        head = False


def _csv(some: list[Shown], head: bool) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    if head:
        text.write(BOM)
        writer.writerow(some[0])
    writer.writerows([exporting.cell(value) for value in line.values()] for line in some)
    return text.getvalue().encode("utf-8", "surrogatepass")


def _named(name: str, at: float) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, time.gmtime(at)[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


class _Sink(io.RawIOBase):
    """A file that cannot be sought: what was written is taken away piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken

"""The schemas of results.json and summary.json, from the structs; `python -m reports.matrix.schemas` writes them."""

from pathlib import Path

import msgspec

from reports.conformance import Conformance
from reports.matrix.merged_files import MergedSummary
from reports.matrix.summary import Summary

HERE = Path(__file__).parent
FILES: dict[str, type[msgspec.Struct]] = {
    "results.schema.json": Conformance,
    "summary.schema.json": Summary,
    "merged.schema.json": MergedSummary,
}


def text(of: type[msgspec.Struct]) -> bytes:
    """The JSON Schema (2020-12) of a document."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(of)}
    return msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"


if __name__ == "__main__":
    for name, document in FILES.items():
        (HERE / name).write_bytes(text(document))

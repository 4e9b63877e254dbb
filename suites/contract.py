"""The contract's files, read once: operations by their id, and the schemas that answers are held against."""

from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import jsonschema_rs
import yaml

CONTRACT: Final = Path(__file__).resolve().parents[1] / "contract"
METHODS: Final = ("get", "post", "put", "patch", "delete")


class Operation(NamedTuple):
    """One operation of openapi.yaml; `document` is its object there."""

    id: str
    method: str
    path: str
    roles: tuple[str, ...]
    document: dict[str, Any]


@cache
def openapi() -> dict[str, Any]:
    """contract/openapi.yaml."""
    return parsed((CONTRACT / "openapi.yaml").read_text(encoding="utf-8"))


@cache
def asyncapi() -> dict[str, Any]:
    """contract/asyncapi.yaml."""
    return parsed((CONTRACT / "asyncapi.yaml").read_text(encoding="utf-8"))


def parsed(text: str) -> dict[str, Any]:
    """A YAML document, read by the C parser where PyYAML has it (ten times as fast). Raises yaml.YAMLError."""
    document: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return document


def operations_of(document: dict[str, Any]) -> Iterator[Operation]:
    """Every operation of an OpenAPI document that has an id."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if (found := item.get(method)) and "operationId" in found:
                yield Operation(found["operationId"], method.upper(), path, tuple(found.get("x-roles", ())), found)


@cache
def operations() -> dict[str, Operation]:
    """The contract's operations by id."""
    return {operation.id: operation for operation in operations_of(openapi())}


def limited_to(offered: Collection[str]) -> dict[str, Any]:
    """openapi.yaml with these operations only: a target's own document may promise less of an operation than ours."""
    paths = {
        path: {key: each for key, each in item.items() if key not in METHODS or each.get("operationId") in offered}
        for path, item in openapi()["paths"].items()
    }
    return {**openapi(), "paths": {path: item for path, item in paths.items() if item.keys() & {*METHODS}}}


def wrong_answer(operation: Operation, status: int, kind: str, body: Any) -> str:
    """What about an answer is not as openapi.yaml says; "" where all is. `body` is decoded where `kind` is JSON."""
    promised = operation.document["responses"].get(str(status))
    if promised is None:
        known = ", ".join(operation.document["responses"])
        return f"status {status} is none that openapi.yaml knows for {operation.id} ({known})"
    if "$ref" in promised:
        promised = openapi()["components"]["responses"][promised["$ref"].rsplit("/", 1)[1]]
    content = promised.get("content")
    if not content:
        return ""
    if kind not in content:
        return f"the answer is {kind or 'without a content type'}; openapi.yaml says {', '.join(content)}"
    if not kind.endswith("json"):
        return ""
    error = next(_validator(operation.id, str(status), kind).iter_errors(body), None)
    return (
        "" if error is None else f"the answer breaks openapi.yaml at {list(error.instance_path)}: {error.message[:300]}"
    )


@cache
def _validator(operation: str, status: str, kind: str) -> jsonschema_rs.Validator:
    promised = operations()[operation].document["responses"][status]
    if "$ref" in promised:
        promised = openapi()["components"]["responses"][promised["$ref"].rsplit("/", 1)[1]]
    schema = {**promised["content"][kind]["schema"], "components": openapi()["components"]}
    return jsonschema_rs.validator_for(schema)


@cache
def frame_validator(op: str) -> jsonschema_rs.Validator | None:
    """Judges a frame of that `op` against asyncapi.yaml; None where there is no such frame."""
    name = "".join(word.capitalize() for word in op.split("_"))
    components = asyncapi()["components"]
    if name not in components["schemas"]:
        return None
    return jsonschema_rs.validator_for({"$ref": f"#/components/schemas/{name}", "components": components})

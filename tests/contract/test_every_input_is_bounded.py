"""Whatever a caller may say has a bound in the contract, so no number is beyond what a row can hold (LIMIT-1)."""

import re
from collections.abc import Iterator
from typing import Any, Final

from tests.documents import ASYNCAPI, OPENAPI

METHODS = {"get", "put", "post", "patch", "delete"}
PLATFORM: Final = {"DouyinEvent", "DoudianPush"}  # the platform's forms: bounded by the body's size, read leniently


def inputs() -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Everything callers say: where, its schema, and the document that its references lead into."""
    for path, item in OPENAPI["paths"].items():
        for method in METHODS & set(item):
            for parameter in item.get("parameters", []) + item[method].get("parameters", []):
                one = follow(parameter, OPENAPI)
                yield f"{method} {path} {one['name']}", one["schema"], OPENAPI
            for content in item[method].get("requestBody", {}).get("content", {}).values():
                schema = content["schema"]
                if schema.get("$ref", "").rsplit("/", 1)[-1] not in PLATFORM:
                    yield f"{method} {path}", schema, OPENAPI
    for message in ASYNCAPI["operations"]["fromDevice"]["messages"]:
        named = message["$ref"].rsplit("/", 1)[1]
        yield named, ASYNCAPI["components"]["messages"][named]["payload"], ASYNCAPI


def follow(node: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    found: Any = document
    for step in node["$ref"].removeprefix("#/").split("/") if "$ref" in node else ():
        found = found[step]
    return found if "$ref" in node else node


def unbounded(where: str, node: dict[str, Any], document: dict[str, Any]) -> Iterator[str]:
    """What this schema lets grow without end."""
    schema = follow(node, document)
    if "enum" in schema or "const" in schema:
        return
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from unbounded(where, part, document)
    kinds = schema.get("type", [])
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        yield from (f"{where}: add {key}" for key in needed(kind, schema) if key not in schema)
    for name, one in schema.get("properties", {}).items():
        yield from unbounded(f"{where}.{name}", one, document)
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(inner, dict):
            yield from unbounded(where, inner, document)


def needed(kind: str, schema: dict[str, Any]) -> list[str]:
    if kind == "string":
        limited = re.fullmatch(r"\^[^*+]*\$", schema.get("pattern", ""))
        return [] if limited else ["maxLength"]
    if kind in ("integer", "number"):
        low = "exclusiveMinimum" if "exclusiveMinimum" in schema else "minimum"
        return [low, "exclusiveMaximum" if "exclusiveMaximum" in schema else "maximum"]
    free = kind == "object" and schema.get("additionalProperties", True) is not True
    return {"array": ["maxItems"]}.get(kind, ["maxProperties"] if free else [])


def test_every_input_is_bounded() -> None:
    found = [line for where, schema, document in inputs() for line in unbounded(where, schema, document)]
    assert not found, "\n".join(["give these a bound in the contract, and the Struct the same:", *found])


def test_it_would_be_seen() -> None:
    schema = {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "properties": {
            "text": {"type": ["string", "null"]},
            "list": {"type": "array", "items": {"type": "integer", "minimum": 0}},
            "digits": {"type": "string", "pattern": "^[0-9]+$"},
            "few": {"type": "string", "pattern": "^[0-9]{1,4}$"},
            "word": {"enum": ["a"]},
        },
    }
    assert list(unbounded("x", schema, {})) == [
        "x: add maxProperties",
        "x.text: add maxLength",
        "x.list: add maxItems",
        "x.list: add maximum",
        "x.digits: add maxLength",
        "x: add maxLength",
    ]

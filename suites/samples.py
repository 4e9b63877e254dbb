"""The smallest body that openapi.yaml allows, for tests that walk all operations."""

import re
from typing import Any

from suites.contract import Operation, openapi


def follow(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without a reference and without parts."""
    if "$ref" in schema:
        return follow(openapi()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    if "allOf" not in schema:
        return schema
    parts = [follow(part) for part in schema["allOf"]]
    properties = {name: one for part in parts for name, one in part.get("properties", {}).items()}
    required = [name for part in parts for name in part.get("required", ())]
    return {"type": "object", "properties": properties, "required": required}


def sample(schema: dict[str, Any]) -> Any:
    """The smallest value that a schema allows, or its example."""
    schema = follow(schema)
    for chosen in ("oneOf", "anyOf"):
        if chosen in schema:
            return sample(schema[chosen][0])
    if "example" in schema or "const" in schema or "enum" in schema:
        return schema.get("example", schema.get("const", schema.get("enum", [None])[0]))
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    if kind == "object":
        return {name: sample(schema["properties"][name]) for name in schema.get("required", [])}
    if kind == "array":
        return [sample(schema["items"])] * schema.get("minItems", 0)
    smallest = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    return {"string": "x" * schema.get("minLength", 1), "boolean": False}.get(kind, smallest)


def body_of(operation: Operation) -> Any:
    """A body the operation would take; None where it has none."""
    content = operation.document.get("requestBody", {}).get("content", {})
    return sample(content["application/json"]["schema"]) if "application/json" in content else None


def query_of(operation: Operation) -> dict[str, Any]:
    """What must stand in the operation's query."""
    listed = openapi()["paths"][operation.path].get("parameters", []) + operation.document.get("parameters", [])
    named = (each["$ref"].rsplit("/", 1)[1] if "$ref" in each else each for each in listed)
    known = [openapi()["components"]["parameters"][each] if isinstance(each, str) else each for each in named]
    return {each["name"]: sample(each["schema"]) for each in known if each["in"] == "query" and each.get("required")}


def parameters_of(operation: Operation) -> tuple[str, ...]:
    """The names in its path."""
    return tuple(re.findall(r"\{(\w+)\}", operation.path))

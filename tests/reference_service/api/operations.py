"""The operations of openapi.yaml as data, for tests that walk all of them."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from suites.samples import follow, sample
from tests.documents import OPENAPI

METHODS = {"get", "put", "post", "patch", "delete"}
ROLES = {"admin", "supervisor", "agent"}


class Operation(NamedTuple):
    """One operation of openapi.yaml."""

    method: str
    path: str
    item: dict[str, Any]

    @property
    def roles(self) -> set[str]:
        return set(self.item.get("x-roles", ()))  # none: the test of the table says so

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """Of the path and of the operation, references followed."""
        listed = OPENAPI["paths"][self.path].get("parameters", []) + self.item.get("parameters", [])
        named = (one["$ref"].rsplit("/", 1)[1] if "$ref" in one else one for one in listed)
        return [OPENAPI["components"]["parameters"][one] if isinstance(one, str) else one for one in named]

    def address(self, **values: str) -> str:
        """With these in place of the path's parameters, a dash for those not named, and whatever query it needs."""
        needed = [one for one in self.parameters if one["in"] == "query" and one.get("required")]
        query = "&".join(f"{one['name']}={sample(one['schema'])}" for one in needed)
        path = re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], "-"), self.path)
        return f"{path}?{query}" if query else path

    def body(self) -> Any:
        contents = self.item.get("requestBody", {}).get("content", {})
        return sample(contents["application/json"]["schema"]) if "application/json" in contents else None


OPERATIONS = [
    Operation(method.upper(), path, item[method])
    for path, item in OPENAPI["paths"].items()
    for method in sorted(METHODS & set(item))
]


def named(operation: Operation) -> str:
    return str(operation.item["operationId"])


def spoilt(schema: dict[str, Any], where: str = "") -> Iterator[tuple[str, Any]]:
    """Values that a schema forbids, each for one reason: what is wrong, and the value."""
    schema = follow(schema)
    if "oneOf" in schema or "anyOf" in schema:
        yield f"{where} of no kind", {"nothing": []}
        return
    if "enum" in schema or "const" in schema:
        yield f"{where} an unknown word", "no such word"
        return
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    kind = kinds[0]
    yield f"{where} of another type", 7 if kind in ("string", "array", "object") else "x"
    yield from beyond(kind, schema, where)
    if kind == "array" and schema.get("maxItems", 10**9) <= 2000:
        yield f"{where} too many", [sample(schema["items"])] * (schema["maxItems"] + 1)
    if kind == "array":
        yield from ((name, [value]) for name, value in spoilt(schema["items"], f"{where}[]"))
    if kind == "object":
        yield from spoilt_object(schema, where)


def beyond(kind: str, schema: dict[str, Any], where: str) -> Iterator[tuple[str, Any]]:
    if kind == "string":
        if "maxLength" in schema:
            yield f"{where} too long", "长" * (schema["maxLength"] + 1)
        if schema.get("minLength"):
            yield f"{where} empty", ""
        if "pattern" in schema:
            yield f"{where} of another form", "\n"
    if kind in ("integer", "number"):
        if "maximum" in schema:
            yield f"{where} too great", schema["maximum"] + 1
        yield f"{where} too small", schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1) - 1
        yield f"{where} beyond every number", 10**30
    if kind == "integer":
        yield f"{where} a fraction", 1.5


def spoilt_object(schema: dict[str, Any], where: str) -> Iterator[tuple[str, Any]]:
    valid = sample(schema)
    for name in schema.get("required", []):
        yield f"{where}.{name} missing", {key: value for key, value in valid.items() if key != name}
        if "null" not in follow(schema["properties"][name]).get("type", ""):
            yield f"{where}.{name} null", valid | {name: None}
    for name, one in schema.get("properties", {}).items():
        yield from ((why, valid | {name: value}) for why, value in spoilt(one, f"{where}.{name}"))

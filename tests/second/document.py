"""The contract's documents, narrowed to what is served here: they are the route table, the roles and the validators."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import jsonschema_rs
import msgspec
import yaml

CONTRACT: Final = Path(__file__).parents[2] / "contract"
MEDIA: Final = "application/json"
SCENES: Final = ("welcome", "off_hours", "queueing")
Validator = jsonschema_rs.Draft202012Validator


class Malformed(ValueError):
    """What was sent is not of the contract's shape; the text says where."""


class Operation(NamedTuple):
    """One operation: who may call it and what it may be given."""

    id: str
    method: str
    path: str
    roles: tuple[str, ...]
    success: int
    shape: Validator | None
    query: dict[str, tuple[Mapping[str, Any], Validator]]

    def body(self, raw: bytes) -> Any:
        """The decoded body. Raises Malformed."""
        try:
            body = msgspec.json.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise Malformed(f"no JSON: {error}") from None
        return checked(self.shape, body)

    def asked(self, given: Mapping[str, str]) -> dict[str, Any]:
        """The query's values, with the defaults. Raises Malformed."""
        asked: dict[str, Any] = {}
        for name, (schema, shape) in self.query.items():
            value: Any = given.get(name)
            if value is None:
                asked[name] = schema.get("default")
                continue
            if schema.get("type") == "integer":
                if not (value.isascii() and value.isdecimal() and len(value) <= 16):
                    raise Malformed(f"{name}: must be a whole number")
                value = int(value)
            asked[name] = checked(shape, value, f"{name}: ")
        return asked


class Document:
    """openapi.yaml with the offered operations only, and the frames that devices may send."""

    def __init__(self, offered: Collection[str]) -> None:
        self._whole = _load("openapi.yaml")
        self._whole["paths"] = {
            path: kept for path, item in self._whole["paths"].items() if (kept := _offered(item, offered))
        }
        self._whole.pop("webhooks", None)
        _narrow(self._whole["components"]["schemas"])
        self.text: Final = yaml.safe_dump(self._whole, allow_unicode=True, sort_keys=False)
        self.asyncapi: Final = (CONTRACT / "asyncapi.yaml").read_text(encoding="utf-8")
        frames = _load("asyncapi.yaml")["components"]
        self.frames: Final = {
            op: Validator({"$ref": f"#/components/schemas/{op.title()}", "components": frames})
            for op in ("identify", "resume", "heartbeat", "ack", "send", "resolve", "read", "typing")
        }

    def operations(self) -> list[Operation]:
        """All that is offered."""
        return [
            self._operation(method, path, operation, item.get("parameters", []))
            for path, item in self._whole["paths"].items()
            for method, operation in item.items()
            if method != "parameters"
        ]

    def _operation(self, method: str, path: str, operation: Mapping[str, Any], shared: list[Any]) -> Operation:
        body = operation.get("requestBody", {}).get("content", {}).get(MEDIA, {}).get("schema")
        query = {}
        for parameter in map(self._resolved, [*shared, *operation.get("parameters", [])]):
            if parameter["in"] == "query":
                schema = self._resolved(parameter["schema"])
                query[parameter["name"]] = schema, self._validator(schema)
        return Operation(
            operation["operationId"],
            method.upper(),
            path,
            tuple(operation["x-roles"]),
            min(int(code) for code in operation["responses"] if code < "4") if operation["responses"] else 200,
            self._validator(body) if body else None,
            query,
        )

    def _resolved(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        found: Any = part
        if "$ref" in part:
            found = self._whole
            for key in part["$ref"].removeprefix("#/").split("/"):
                found = found[key]
        return found  # type: ignore[no-any-return]

    def _validator(self, schema: Mapping[str, Any]) -> Validator:
        return Validator({**schema, "components": self._whole["components"]})


@lru_cache
def document(offered: frozenset[str]) -> Document:
    """Read once a process."""
    return Document(offered)


def checked(shape: Validator | None, value: Any, where: str = "") -> Any:
    """The value, where it is of the shape. Raises Malformed."""
    if shape is None:
        return value
    try:
        shape.validate(value)
    except jsonschema_rs.ValidationError as error:
        place = "/".join(map(str, error.instance_path))
        raise Malformed(f"{where}{place}: {error.message[:200]}" if place else where + error.message[:200]) from None
    return value


def _load(name: str) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((CONTRACT / name).read_text(encoding="utf-8"), loader)


def _offered(item: Mapping[str, Any], offered: Collection[str]) -> dict[str, Any]:
    kept = {method: each for method, each in item.items() if method != "parameters" and each["operationId"] in offered}
    return {"parameters": item["parameters"], **kept} if kept and "parameters" in item else kept


def _narrow(schemas: dict[str, Any]) -> None:
    """What would be taken and not done is refused: a client is told, and a reader of the document as well.

    A word may ask for any spelling: which of them are seen through, the list's own claims tell.
    """
    schemas["NewShop"]["properties"]["platform"]["enum"] = ["open-im"]
    schemas["NewWordList"]["properties"]["contacts"] = {"type": "object", "maxProperties": 0}
    scenes = schemas["AutoReplies"]["properties"]
    for scene in set(scenes) - {*SCENES, "version"}:
        scenes[scene] = False

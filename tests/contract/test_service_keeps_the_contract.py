"""Service and contract are the same set, both ways: routes, bodies and answers, frames and dispatch types.

A failure says what to add where. Exceptions stand in the tables at the top, each with its reason, and one that is no
longer needed is a failure too.
"""

import importlib
import pkgutil
import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_args

import msgspec
from starlette.routing import Route, WebSocketRoute

import reference_service
from reference_service.api import frames
from reference_service.api.routes import ROUTES
from reference_service.domain.dispatches import TYPES
from reference_service.domain.records import Record
from reference_service.domain.register import SETTINGS
from tests.documents import ASYNCAPI, OPENAPI

METHODS = {"get", "put", "post", "patch", "delete"}

DICT = "assembled as a dict; every answer in the API tests is held against this schema, with no field beside it"
PLATFORM = "the platform's own form, read and written in platforms/"
NO_STRUCT: Final = {  # schemas of the contract that no msgspec Struct of the service mirrors
    "Problem": "written by api/problems.py for every refusal alike",
    "NotYetLive": "written by api/problems.py, with the missing lines of api/readiness.py",
    "DouyinEvent": PLATFORM,
    "DouyinAck": PLATFORM,
    "DoudianPush": PLATFORM,
    "DoudianAck": PLATFORM,
    "ClockTime": DICT,
    "CreatedShop": DICT,
    "Removed": DICT,
    "Tokens": DICT,
    "NewPassword": DICT,
    "Agent": DICT,
    "CreatedAgent": DICT,
    "Agents": DICT,
    "Conversation": DICT,
    "ConversationPage": DICT,
    "Message": DICT,
    "MessagePage": DICT,
    "AcceptedReply": DICT,
    "SyncPage": DICT,
    "Replay": DICT,
    "WordList": DICT,
    "CheckResults": DICT,
    "BusinessHoursNow": DICT,
    "BigSaleNow": DICT,
    "OnCallNow": DICT,
    "Health": DICT,
    "Version": DICT,
}
NO_SCHEMA: Final = {  # Structs in api/ that are no schema of openapi.yaml
    "Versioned": "the `version` that every setting's body has beside its own fields",
}
DIFFERENT: Final = {  # where schema and Struct may differ
    "NewReply.text.maxLength": "the domain refuses a long text with its own code, too_long",
    "Send.d.text.maxLength": "as NewReply",
    "Edit.text.maxLength": "as NewReply",
    "Word.word.maxLength": "the filter refuses the word with its own code, unusable_word, and names it",
    "Word.word.minLength": "as maxLength",
    "NewWordList.words.word.maxLength": "as Word",
    "NewWordList.words.word.minLength": "as Word",
    "NewWordList.allow.maxLength": "as Word",
    "NewWordList.allow.minLength": "as Word",
}

DIFFERENT_TOLD: Final[dict[str, str]] = {}


def test_every_operation_of_the_contract_has_a_route_and_every_route_an_operation() -> None:
    promised = {(method.upper(), path) for path, item in OPENAPI["paths"].items() for method in METHODS & set(item)}
    routes = [route for route in ROUTES if isinstance(route, Route)]
    offered = {(method, unmarked(route.path)) for route in routes for method in (route.methods or set()) - {"HEAD"}}
    missing = [f"{method} {path}: in openapi.yaml; add its Route" for method, path in sorted(promised - offered)]
    missing += [f"{method} {path}: a Route; describe it in openapi.yaml" for method, path in sorted(offered - promised)]
    assert not missing, "\n".join(["", *missing])


def test_the_websocket_is_where_the_contract_says() -> None:
    sockets = [route.path for route in ROUTES if isinstance(route, WebSocketRoute)]
    assert sockets == [channel["address"] for channel in ASYNCAPI["channels"].values()]


def test_bodies_and_answers_are_schemas_with_a_name() -> None:
    nameless = [where for where, schema in bodies() if set(schema) != {"$ref"} and schema != {"type": "string"}]
    assert not nameless, f"{nameless}: move each into components/schemas of openapi.yaml, under the name of its Struct"


def test_every_schema_has_its_struct_and_every_struct_of_the_api_its_schema() -> None:
    schemas, structs = set(OPENAPI["components"]["schemas"]), api_structs()
    used = {schema["$ref"].rsplit("/", 1)[1] for _, schema in bodies() if "$ref" in schema}
    wrong = [
        f"{name}: a body or answer of openapi.yaml; add a msgspec Struct of this name to reference_service/api or "
        f"/domain (an answer of the hot path: to NO_STRUCT in {Path(__file__).name}, with the reason)"
        for name in sorted(used - set(structs) - set(NO_STRUCT))
    ]
    wrong += [
        f"{name}: a Struct in {structs[name].__module__}; add its schema to openapi.yaml, or begin its name with _"
        for name in sorted(set(structs) - schemas - set(NO_SCHEMA))
        if structs[name].__module__.startswith("reference_service.api.")
    ]
    wrong += [f"{name}: no exception any more; take it out of NO_STRUCT" for name in sorted(set(NO_STRUCT) - schemas)]
    wrong += [f"{name}: has a Struct; take it out of NO_STRUCT" for name in sorted(set(NO_STRUCT) & set(structs))]
    wrong += [f"{name}: no Struct any more; take it out of NO_SCHEMA" for name in sorted(set(NO_SCHEMA) - set(structs))]
    assert not wrong, "\n".join(["", *wrong])


def test_schemas_and_structs_have_the_same_properties_required_sets_types_and_bounds() -> None:
    compared = sorted(set(api_structs()) & set(OPENAPI["components"]["schemas"]))
    assert len(compared) >= 8
    found = [line for name in compared for line in compare(name, OPENAPI, api_structs()[name])]
    said = ASYNCAPI["operations"]["fromDevice"]["messages"]
    for kind in get_args(frames.Said):
        name = next((n for n in names(said) if n == kind.__struct_config__.tag), None)
        found += compare(kind.__name__, ASYNCAPI, kind) if name else []
    wrong = unexpected(found, DIFFERENT)
    assert not wrong, "\n".join(["", *wrong])


def test_the_frames_of_both_sides_are_the_contracts() -> None:
    operations = ASYNCAPI["operations"]
    understood = {kind.__struct_config__.tag for kind in get_args(frames.Said)}
    assert understood == set(names(operations["fromDevice"]["messages"])), "frames.Said and asyncapi.yaml fromDevice"
    told = {*frames.OPS.values(), "dispatch"}
    assert told == set(names(operations["toDevice"]["messages"])), "frames.OPS and asyncapi.yaml toDevice"
    assert set(frames.OPS) == set(get_args(frames.Told))


def test_the_frames_told_have_the_contracts_fields() -> None:
    wrong = []
    for kind in frames.OPS:
        promised = ASYNCAPI["components"]["schemas"][kind.__name__]["properties"]["d"]
        wrong += [*differences(kind.__name__, fields(promised, ASYNCAPI), fields(*schema_of(kind)))]
    assert not wrong, "\n".join(["", *wrong])


def test_the_dispatch_types_are_the_contracts_with_the_contracts_fields() -> None:
    promised = {
        choice["properties"]["t"]["const"]: fields(choice["properties"]["d"], ASYNCAPI)
        for choice in ASYNCAPI["components"]["schemas"]["Dispatch"]["oneOf"]
    }
    offered = {kind: fields(*schema_of(payload)) for payload, kind in TYPES.items()}
    wrong = [f"{kind}: in asyncapi.yaml; add it to dispatches.TYPES" for kind in sorted(set(promised) - set(offered))]
    wrong += [f"{kind}: in dispatches.TYPES; add it to Dispatch.oneOf" for kind in sorted(set(offered) - set(promised))]
    found: list[str] = []
    for kind in sorted(set(promised) & set(offered)):
        found += differences(kind, promised[kind], offered[kind])
    wrong += unexpected(found, DIFFERENT_TOLD)
    assert not wrong, "\n".join(["", *wrong])


# What the tests are made of: the two sides in one form.


def unmarked(path: str) -> str:
    """{open_id:path}, which may hold a slash, is the contract's {open_id}."""
    return re.sub(r":\w+}", "}", path)


def bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of a request body and of an answer: where it stands, and itself."""
    for path, item in OPENAPI["paths"].items():
        for method in METHODS & set(item):
            answers = [answer for answer in item[method]["responses"].values() if "$ref" not in answer]
            for body in [*answers, item[method].get("requestBody", {})]:
                for content in body.get("content", {}).values():
                    yield f"{method} {path}", content["schema"]
    for answer in OPENAPI["components"]["responses"].values():
        for content in answer["content"].values():
            yield answer["description"], content["schema"]


def api_structs() -> dict[str, type[msgspec.Struct]]:
    """Every Struct that may be a schema of openapi.yaml, by name; where two have one name, that of api/ counts."""
    found: dict[str, type[msgspec.Struct]] = {}
    for module in sorted(modules(), key=lambda one: one.__name__, reverse=True):
        for name, value in vars(module).items():
            own = isinstance(value, type) and value.__module__ == module.__name__
            if own and issubclass(value, msgspec.Struct) and not issubclass(value, Record) and name[0] != "_":
                found[name] = value
    return found


def modules() -> list[types.ModuleType]:
    elsewhere = {"reference_service.api.frames", "reference_service.domain.dispatches"}
    names = [found.name for found in pkgutil.walk_packages(reference_service.__path__, "reference_service.")]
    folders = ("reference_service.api.", "reference_service.domain.", "reference_service.filtering.")
    return [importlib.import_module(name) for name in names if name.startswith(folders) and name not in elsewhere]


def names(messages: list[dict[str, str]]) -> list[str]:
    return [message["$ref"].rsplit("/", 1)[1] for message in messages]


def schema_of(struct: type[msgspec.Struct]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What msgspec says of a Struct: its schema, and the document that its references lead into."""
    schema = msgspec.json.schema(struct)
    return schema, schema


def compare(name: str, document: dict[str, Any], struct: type[msgspec.Struct]) -> Iterator[str]:
    promised = plain(document["components"]["schemas"][name], document)
    offered = plain(*schema_of(struct))
    if struct in SETTINGS:  # the version stands beside a setting's own fields
        promised["properties"].pop("version", None)
        promised["required"] = [one for one in promised["required"] if one != "version"]
    return differences(name, promised, offered)


def differences(where: str, promised: Any, offered: Any) -> Iterator[str]:
    """Sentences of the form "Struct.field: the contract says this, the service that"."""
    if isinstance(promised, dict) and isinstance(offered, dict):
        for key in sorted({*promised, *offered}):
            inner = where if key in ("properties", "items") else f"{where}.{key}"
            yield from differences(inner, promised.get(key), offered.get(key))
    elif promised != offered:
        yield f"{where}: the contract says {promised}, the service {offered}"


def unexpected(found: list[str], excused: dict[str, str]) -> list[str]:
    """The differences without an excuse, and the excuses without a difference."""
    wheres = {line.partition(":")[0] for line in found}
    stale = [f"{where}: no exception any more; take it out of the table" for where in sorted(set(excused) - wheres)]
    return [line for line in found if line.partition(":")[0] not in excused] + stale


SAID_ONLY = {"title", "description", "default", "format", "example", "examples", "not"}


def plain(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """A schema without references, words and spellings: what it allows."""
    if "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return plain(found, document)
    rest = {key: value for key, value in schema.items() if key not in SAID_ONLY and not key.startswith("x-")}
    if "allOf" in rest:
        return merged([plain(part, document) for part in rest["allOf"]])
    if "const" in rest or "enum" in rest:
        return {"values": sorted(rest.get("enum", [rest.get("const")]), key=repr)}
    if isinstance(kinds := rest.get("type"), list):
        return either([{"type": "null"} if one == "null" else plain(rest | {"type": one}, document) for one in kinds])
    if choices := rest.get("oneOf") or rest.get("anyOf"):
        return either([plain(choice, document) for choice in choices])
    if rest.get("type") == "array":
        return rest | {"items": plain(rest.get("items", {}), document)}
    return thing(rest, document) if rest.get("type") == "object" else rest


def thing(rest: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """An object; a property that may be left out may as well be null."""
    required = sorted(rest.get("required", []))
    inner = {name: plain(one, document) for name, one in rest.get("properties", {}).items()}
    for name, one in inner.items():
        if name not in required:
            one.pop("nullable", None)
    shown = rest | {"properties": inner, "required": required}
    if isinstance(rest.get("additionalProperties"), dict):
        shown["additionalProperties"] = plain(rest["additionalProperties"], document)
    return shown


def merged(parts: list[dict[str, Any]]) -> dict[str, Any]:
    properties = {name: one for part in parts for name, one in part["properties"].items()}
    required = sorted({name for part in parts for name in part["required"]})
    return {"type": "object", "properties": properties, "required": required}


def either(choices: list[dict[str, Any]]) -> dict[str, Any]:
    known = [choice for choice in choices if choice != {"type": "null"}]
    one = known[0] if len(known) == 1 else {"choices": sorted(known, key=repr)}
    return one if len(known) == len(choices) else one | {"nullable": True}


def fields(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    """The names and the JSON types, without values and bounds: the API tests hold what is told against those."""
    return loose(plain(schema, document))


def loose(shape: dict[str, Any]) -> Any:
    if "values" in shape:
        kinds = {bool: "boolean", int: "integer", str: "string", type(None): "null"}
        return sorted({kinds[type(value)] for value in shape["values"]})
    if shape.get("type") == "object":
        names = {name: loose(one) for name, one in shape["properties"].items()}
        return {"required": shape["required"], "properties": names}
    if shape.get("type") == "array":
        return {"items": loose(shape["items"])}
    return [shape["type"]] if "type" in shape else re.sub(r"\s+", " ", repr(shape))

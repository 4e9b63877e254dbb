"""The routes of the service and the paths of the contract are the same set, both ways."""

import re
from pathlib import Path

import msgspec
import yaml
from starlette.routing import Route, WebSocketRoute

from reference_service.api import frames
from reference_service.api.routes import ROUTES
from reference_service.domain.dispatching import TYPES

CONTRACT = Path(__file__).parents[2] / "contract"
OPENAPI = yaml.safe_load((CONTRACT / "openapi.yaml").read_text(encoding="utf-8"))
ASYNCAPI = yaml.safe_load((CONTRACT / "asyncapi.yaml").read_text(encoding="utf-8"))
METHODS = {"get", "put", "post", "patch", "delete"}


def test_every_operation_of_the_contract_has_a_route_and_every_route_an_operation() -> None:
    promised = {(method.upper(), path) for path, item in OPENAPI["paths"].items() for method in METHODS & set(item)}
    routes = [route for route in ROUTES if isinstance(route, Route)]
    offered = {(method, route.path) for route in routes for method in (route.methods or set()) - {"HEAD"}}
    assert offered == promised


def test_the_websocket_is_where_the_contract_says() -> None:
    sockets = [route.path for route in ROUTES if isinstance(route, WebSocketRoute)]
    assert sockets == [channel["address"] for channel in ASYNCAPI["channels"].values()]


def test_the_frames_a_device_may_send_are_the_contracts() -> None:
    spoken = {message["$ref"].rsplit("/", 1)[1] for message in ASYNCAPI["operations"]["fromDevice"]["messages"]}
    understood = {kind.__struct_config__.tag for kind in frames.Said.__args__}
    assert understood == spoken


def test_the_dispatch_types_are_the_contracts_with_the_contracts_fields() -> None:
    schemas = ASYNCAPI["components"]["schemas"]
    promised = {}
    for choice in schemas["Dispatch"]["oneOf"]:
        payload = schemas[re.sub(".*/", "", choice["properties"]["d"]["$ref"])]
        promised[choice["properties"]["t"]["const"]] = set(payload["properties"])
    offered = {
        kind: {field.encode_name for field in msgspec.structs.fields(payload)} for payload, kind in TYPES.items()
    }
    assert offered == promised

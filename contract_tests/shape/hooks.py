"""What schemathesis asks of us while it runs: a token for each operation, a signature, and which findings are none.

Loaded by schemathesis in a process of its own; GOLIVE_SHAPE names the file with the tokens.
"""

import hashlib
import os
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import msgspec
import requests
import schemathesis
from requests.auth import AuthBase

from contract_tests.shape.offered import Speakers

SPEAKERS: Final = msgspec.json.decode(Path(os.environ["GOLIVE_SHAPE"]).read_bytes(), type=Speakers)
ROLES: Final = ("operator", "admin", "agent", "supervisor")


@schemathesis.auth(refresh_interval=None)  # else one token would be kept for all operations
class ByRole:
    """Whoever may call the operation (x-roles) calls it."""

    def get(self, case: Any, _: Any) -> str:
        """The token of the first role that may."""
        roles = case.operation.definition.raw.get("x-roles", ())
        return next((SPEAKERS.tokens[role] for role in ROLES if role in roles), "")

    def set(self, case: Any, data: str, _: Any) -> None:
        """Put it into the request."""
        if data:
            case.headers["Authorization"] = f"Bearer {data}"


class Signed(AuthBase):
    """As the platform signs: over the bytes that really go."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """The request with its signature."""
        body = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
        signature = hashlib.sha1(SPEAKERS.client_secret.encode() + body).hexdigest()
        request.headers["X-Douyin-Signature"] = signature
        return request


@schemathesis.hook
def before_call(_: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Sign what the platform pushes, but where the lack of a signature is the point."""
    if "X-Douyin-Signature" in (case.headers or {}):
        kwargs["auth"] = Signed()


@schemathesis.hook
def filter_failure(_: Any, failure: Any, case: Any, response: Any) -> bool:
    """False drops a finding; each of these has its reason."""
    kind = type(failure).__name__
    if kind == "AcceptedNegativeData":
        return not _only_nulls(case)
    if kind == "RejectedPositiveData":
        return not (_named(case, response) or _whole_floats(case.body))
    return True


def _only_nulls(case: Any) -> bool:
    """Null for a field that may be left out is read as left out: without its nulls the body is a right one."""
    content = case.operation.definition.raw.get("requestBody", {}).get("content", {})
    if "application/json" not in content or not isinstance(case.body, dict):
        return False
    components = case.operation.schema.raw_schema["components"]
    schema = {**content["application/json"]["schema"], "components": components}
    return bool(jsonschema_rs.validator_for(schema).is_valid(_without_nulls(case.body)))


def _named(case: Any, response: Any) -> bool:
    """The refusal's code stands in the operation's own words: a rule of the business, not of the form."""
    try:
        code = response.json().get("code", "")
    except ValueError:
        return False
    raw = case.operation.definition.raw
    return bool(code) and code in f"{raw.get('summary', '')} {raw.get('description', '')}"


def _whole_floats(value: Any) -> bool:
    """1.0 is an integer to JSON Schema alone; what wants a whole number wants it written as one."""
    if isinstance(value, dict):
        return any(map(_whole_floats, value.values()))
    if isinstance(value, list):
        return any(map(_whole_floats, value))
    return isinstance(value, float) and value.is_integer()


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value

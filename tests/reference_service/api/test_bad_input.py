"""Whatever is wrong with a body or a query, the answer is the contract's refusal and nothing has changed (LIMIT-1)."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.reference_service.api.operations import OPERATIONS, ROLES, Operation, named, spoilt
from tests.reference_service.api.test_access import MAKERS, rows

pytestmark = pytest.mark.thorough

DEEP = 100_000
NO_JSON = [
    ("nothing", b""),
    ("the beginning of something", b'{"a": [1, '),
    ("no UTF-8", b"\xff\xfe"),
    ("half a surrogate", b'{"a": "\\ud800"}'),
    ("a number too many", b"{} 7"),
    ("null", b"null"),
    ("deep arrays", b"[" * DEEP + b"]" * DEEP),
    ("deep objects", b'{"a":' * (DEEP // 3) + b"1" + b"}" * (DEEP // 3)),
    ("deep where nobody looks", b'{"nobody": ' + b"[" * DEEP + b"]" * DEEP + b"}"),
]
WITH_BODY = [one for one in OPERATIONS if "requestBody" in one.item and one.roles != {"platform"}]
QUERIES = [one for one in OPERATIONS if any(asked["in"] == "query" for asked in one.parameters)]
OTHERWISE = {  # refused as well, for a reason that is looked at first
    ("reply", ".text too long"): (409, "not_assignee"),
}
OPERATOR = {"Authorization": "Bearer op"}


class Caller:
    """Somebody who may ask for an operation, with ids of their own shop."""

    def __init__(self, service: Any, one: Operation, headers: dict[str, str], ids: dict[str, str]) -> None:
        self.service, self.one, self.headers, self.ids = service, one, headers, ids

    async def post(self, content: bytes | AsyncIterator[bytes]) -> tuple[int, str]:
        """Status and code of the refusal."""
        answer = await self.service.http.request(
            self.one.method, self.one.address(**self.ids), content=content, headers=self.headers
        )
        told: tuple[int, str] = answer.status_code, answer.json().get("code", "")
        return told


async def caller(service: Any, one: Operation) -> Caller:
    admin = await service.shop()
    headers = {"operator": OPERATOR, "anyone": {}}.get(*one.roles, admin) if len(one.roles) == 1 else admin
    if one.roles & ROLES and "admin" not in one.roles:
        _, headers = await service.agent(admin, role=sorted(one.roles)[-1])
    missing = set(re.findall(r"\{(\w+)\}", one.path)) - set(MAKERS)
    assert not missing, f"add to MAKERS in test_access.py how a shop gets one: {sorted(missing)}"
    ids = {name: await MAKERS[name](service, admin) for name in re.findall(r"\{(\w+)\}", one.path)}
    return Caller(service, one, headers, ids)


@pytest.mark.parametrize("one", WITH_BODY, ids=named)
async def test_a_wrong_body_is_422_and_changes_nothing(service: Any, one: Operation) -> None:
    asking = await caller(service, one)
    schema = one.item["requestBody"]["content"]["application/json"]["schema"]
    bodies = NO_JSON + [(why, json.dumps(value).encode()) for why, value in spoilt(schema)]
    kept = rows(service.engine)
    for why, body in bodies:
        told = await asking.post(body)
        assert (why, told) == (why, OTHERWISE.get((named(one), why), (422, told[1])))
    assert rows(service.engine) == kept


@pytest.mark.parametrize("one", WITH_BODY, ids=named)
async def test_a_body_too_large_is_413_whether_or_not_it_says_so(service: Any, one: Operation) -> None:
    asking = await caller(service, one)
    settings = service.engine.settings
    size = settings.max_word_list if one.path.endswith(("/sensitive-words", "/check")) else settings.max_body
    kept = rows(service.engine)

    async def piecewise() -> AsyncIterator[bytes]:
        for _ in range(size // 4096):
            yield b" " * 4096
        yield b" "

    assert await asking.post(b" " * (size + 1)) == (413, "too_large")
    assert await asking.post(piecewise()) == (413, "too_large")
    assert rows(service.engine) == kept


@pytest.mark.parametrize("one", QUERIES, ids=named)
async def test_a_wrong_query_is_422(service: Any, one: Operation) -> None:
    asking = await caller(service, one)
    wrong = []
    for asked in (one for one in one.parameters if one["in"] == "query"):
        for why, value in spoilt(asked["schema"]):
            if isinstance(value, list | dict) or (asked["schema"].get("type") == "string" and value == 7):
                continue  # every query is text
            address = one.address(**asking.ids).partition("?")[0]
            answer = await service.http.get(address, params={asked["name"]: value}, headers=asking.headers)
            wrong += [(asked["name"], why, answer.status_code)] if answer.status_code != 422 else []
    assert wrong == []

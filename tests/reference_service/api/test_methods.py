"""A method that a path does not know is refused, and the refusal names those it knows (RFC 9110, section 10.2.1)."""

from collections import defaultdict
from typing import Any

from tests.reference_service.api.operations import OPERATIONS

KNOWN: dict[str, set[str]] = defaultdict(set)
for one in OPERATIONS:
    KNOWN[one.path].add(one.method)


async def test_a_wrong_method_is_told_every_right_one(service: Any) -> None:
    await service.shop()
    service.http.event_hooks = {}  # no operation of the contract is asked for
    told = {}
    for one in OPERATIONS:
        answer = await service.http.request("OPTIONS", one.address(file="x"))
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed"), one.path
        told[one.path] = {method for method in answer.headers["Allow"].split(", ") if method != "HEAD"}
    assert told == KNOWN

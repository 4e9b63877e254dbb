"""AUTH-1: every operation, asked by everybody who may not, and by those who may."""

import asyncio
from typing import Any, Final

import pytest

from security_tests.attacks.belongings import ROLES, RUINOUS, Belongings, belongings
from suites.api import Who
from suites.contract import Operation, operations
from suites.lab import Lab
from suites.samples import body_of, parameters_of, query_of

pytestmark = [pytest.mark.promise("AUTH-1"), pytest.mark.owasp("API5:2023 Broken Function Level Authorization")]
ANY: Final = range(200, 600)
REFUSALS: Final = (401, 403)
WHO: Final = ("anyone", *ROLES, "operator")
SIGNS_OUT: Final = frozenset({"rotate", "rotateAgent"})  # whose tokens end with it
AT_ONCE: Final = 8


def _barred(lab: Lab, who: str) -> list[Operation]:
    """What the target offers and this caller may not do; what the platform signs is no person's."""
    known = (operation for name, operation in sorted(operations().items()) if name in lab.operations)
    may = {"anyone", who}
    found = [each for each in known if "platform" not in each.roles and each.roles and not may & set(each.roles)]
    return [each for each in found if lab.hosted or each.id not in RUINOUS]


async def status(own: Belongings, operation: Operation, who: Who) -> int:
    """What an answer to a well-formed call says."""
    path: dict[str, Any] = {name: own.ids.get(name, "x1") for name in parameters_of(operation)}
    body, query = body_of(operation), query_of(operation)
    return (await own.shop.api(operation.id, who=who, body=body, query=query, expect=ANY, **path)).status


@pytest.mark.parametrize("who", WHO)
async def test_nobody_may_do_what_another_roles_is(lab: Lab, who: str) -> None:
    own = await belongings(lab)
    caller: Who = own.people.get(who, who)
    barred = _barred(lab, who)
    assert barred, f"the contract lets {who} do everything"
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(operation: Operation) -> tuple[str, int]:
        async with gate:
            return operation.id, await status(own, operation, caller)

    answers = await asyncio.gather(*map(one, barred))
    let_in = {name: code for name, code in answers if code not in _due(who, operations()[name])}
    assert not let_in, f"{who} was not refused as the contract says (status by operation): {let_in}"


def _due(who: str, operation: Operation) -> tuple[int, ...]:
    """Who is nobody there is told 401; somebody of another role 403, where the contract knows other roles."""
    if who == "anyone":
        return (401,)
    return (403,) if who in ROLES and "403" in operation.document["responses"] else REFUSALS


@pytest.mark.parametrize("role", ROLES)
async def test_everybody_may_do_what_is_theirs(lab: Lab, role: str) -> None:
    """Who refuses everything keeps everybody out, too: no refusal above says much without this."""
    own = await belongings(lab)
    theirs = [each for name, each in sorted(operations().items()) if name in lab.operations and role in each.roles]
    asked = [each for each in theirs if each.id not in RUINOUS | SIGNS_OUT]
    assert asked, f"the contract lets {role} do nothing"
    answers = {each.id: await status(own, each, own.people[role]) for each in asked}
    refused = {name: code for name, code in answers.items() if code in REFUSALS or code >= 500}
    assert not refused, f"{role} was refused what the contract gives them (status by operation): {refused}"

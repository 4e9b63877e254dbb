"""Every operation of the contract, tried by everybody: spoilt tokens, wrong roles, another shop (AUTH-1, TENANT-1)."""

import base64
import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.routing import Route

from reference_service import tokens
from reference_service.api.access import ACCESS, guarded
from reference_service.domain.register import RECORDS
from tests.reference_service.api.operations import OPENAPI, OPERATIONS, ROLES, Operation, named

PEOPLES = [one for one in OPERATIONS if one.roles & ROLES]
OPERATORS = [one for one in OPERATIONS if one.roles == {"operator"}]
MAKES = {"importOrder"}  # an open_id is the platform's: another shop's becomes known in the caller's, as a new customer
SHARED = {"activateScript", "deactivateScript"}  # scenes are the same in every shop
WITH_IDS = [one for one in PEOPLES if "{" in one.path and one.item["operationId"] not in MAKES | SHARED]


# The table and the contract.


def test_the_table_says_what_the_contract_says() -> None:
    promised = {f"{one.method} {one.path}": sorted(one.roles) for one in OPERATIONS}
    offered = {operation: sorted(who) for operation, who in ACCESS.items()}
    wrong = [f"{one}: add it to api/access.py" for one in sorted(set(promised) - set(offered))]
    wrong += [f"{one}: not in openapi.yaml; take it out of access.py" for one in sorted(set(offered) - set(promised))]
    both = sorted(set(promised) & set(offered))
    wrong += [f"{k}: x-roles {promised[k]}, access.py {offered[k]}" for k in both if promised[k] != offered[k]]
    assert not wrong, "\n".join(["", *wrong])


def test_roles_and_security_of_an_operation_agree() -> None:
    for one in OPERATIONS:
        security = one.item.get("security", OPENAPI["security"])
        if one.roles <= ROLES:
            assert security == [{"personToken": []}], named(one)
        elif one.roles == {"operator"}:
            assert security == [{"operatorKey": []}], named(one)
        else:
            assert (security, len(one.roles)) == ([], 1), named(one)
            assert one.roles <= {"anyone", "platform"}, named(one)


def test_the_contract_lists_the_refusals_that_the_gate_and_the_body_bring() -> None:
    wrong = []
    for one in OPERATIONS:
        needed = {"429"} if one.path.startswith("/api/") else set()
        needed |= {"401"} if one.roles & {*ROLES, "operator"} else set()
        needed |= {"403"} if one.roles & ROLES and one.roles < ROLES else set()
        needed |= {"413", "422"} if "requestBody" in one.item else set()
        missing = sorted(needed - set(one.item["responses"]))
        wrong += [f"{named(one)} in openapi.yaml: add {', '.join(missing)} to its responses"] if missing else []
    assert not wrong, "\n".join(["", *wrong])


def test_a_route_without_a_row_cannot_be_opened() -> None:
    async def handler(_: Any) -> Any:
        raise AssertionError

    with pytest.raises(KeyError, match="/api/v1/forgotten"):
        guarded(Route("/api/v1/forgotten", handler))


# The whole matrix.


@pytest.fixture
async def people(service: Any) -> dict[str, dict[str, str]]:
    """One of each role in shop s1: their headers."""
    admin = await service.shop()
    _, agent = await service.agent(admin)
    _, supervisor = await service.agent(admin, role="supervisor")
    return {"admin": admin, "agent": agent, "supervisor": supervisor}


def spoilt(engine: Any, headers: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """What is no valid access token: its name, and the headers."""
    whole = headers["Authorization"].removeprefix("Bearer ")
    body, _, seal = whole.partition(".")
    claims = tokens.read(engine.key, whole, "access", engine.clock.real())
    assert claims is not None
    yield "nothing", {}
    yield "another scheme", {"Authorization": f"Basic {whole}"}
    yield "the operator's key", {"Authorization": "Bearer op"}
    for use in ("refresh", "session"):
        yield use, bearer(tokens.issue(engine.key, msgspec.structs.replace(claims, use=use)))
    yield "over", bearer(tokens.issue(engine.key, msgspec.structs.replace(claims, until=engine.clock.real())))
    yield "of nobody", bearer(tokens.issue(engine.key, msgspec.structs.replace(claims, person="u99")))
    yield "of an older epoch", bearer(tokens.issue(engine.key, msgspec.structs.replace(claims, epoch=claims.epoch - 1)))
    yield "by another key", bearer(tokens.issue(b"0" * 32, claims))
    yield "truncated", bearer(whole[:-1])
    yield "without a seal", bearer(f"{body}.")
    yield "the body alone", bearer(body)
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    yield "of algorithm none", bearer(f"{unsigned}.{body}.")
    another = base64.urlsafe_b64encode(msgspec.json.encode(msgspec.structs.replace(claims, person="u1"))).rstrip(b"=")
    yield "another body under the seal", bearer(f"{another.decode()}x.{seal}")
    yield "nonsense", {"Authorization": "Bearer \xff\xfe.\x80"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def ask(service: Any, one: Operation, headers: dict[str, str], **ids: str) -> int:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    answer = await service.http.request(one.method, one.address(**ids), json=one.body(), headers=raw)
    return int(answer.status_code)


@pytest.mark.thorough
@pytest.mark.parametrize("one", PEOPLES, ids=named)
async def test_nothing_but_a_valid_token_of_the_right_role_opens(service: Any, people: Any, one: Operation) -> None:
    for name, headers in spoilt(service.engine, people["admin"]):
        assert (name, await ask(service, one, headers)) == (name, 401)
    for role in ROLES:
        status = await ask(service, one, people[role])
        assert (role, status == 403) == (role, role not in one.roles)
        assert status != 401


@pytest.mark.thorough
@pytest.mark.parametrize("one", OPERATORS, ids=named)
async def test_the_operators_calls_need_the_operators_key(service: Any, people: Any, one: Operation) -> None:
    for headers in ({}, {"Authorization": "Basic op"}, bearer("o"), bearer("opp"), *people.values()):
        assert await ask(service, one, headers) == 401


async def test_nothing_but_a_valid_token_opens_a_session_of_a_device(service: Any, people: Any) -> None:
    for name, headers in spoilt(service.engine, people["agent"]):
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        for op, more in (("identify", {"device_id": "d1"}), ("resume", {"session_id": "x.y", "s": 0})):
            device = await service.connect()
            await device.say(op, token=token, **more)
            assert (name, op, await device.closed()) == (name, op, 4001)
    assert service.engine.hub.all() == []


async def conversation(service: Any, admin: dict[str, str]) -> str:
    await service.write("你好")
    return str((await service.http.get("/api/v1/conversations", headers=admin)).json()["items"][0]["id"])


async def agent(service: Any, admin: dict[str, str]) -> str:
    return str((await service.agent(admin))[0])


async def article(service: Any, admin: dict[str, str]) -> str:
    new = {"kind": "faq", "title": "发货时间", "answer": "两天内"}
    return str((await service.http.post("/api/v1/knowledge", json=new, headers=admin)).json()["id"])


async def customer(service: Any, admin: dict[str, str]) -> str:
    order = {"id": "o1", "status": "paid"}
    await service.http.post("/api/v1/customers/c1/orders", json=order, headers=admin)
    return "c1"


async def complaint(service: Any, admin: dict[str, str]) -> str:
    await service.write("坏了", customer=f"c{len(service.engine.world.threads)}")
    about = (await service.http.get("/api/v1/conversations", headers=admin)).json()["items"][-1]["id"]
    new = {"conversation_id": about, "note": "坏了"}
    return str((await service.http.post("/api/v1/complaints", json=new, headers=admin)).json()["id"])


async def incident(service: Any, admin: dict[str, str]) -> str:
    new = {"scene": "stock_out"}
    return str((await service.http.post("/api/v1/incidents", json=new, headers=admin)).json()["id"])


async def canned(service: Any, admin: dict[str, str]) -> str:
    new = {"title": "发货", "text": "今天发货"}
    return str((await service.http.post("/api/v1/canned-responses", json=new, headers=admin)).json()["id"])


async def script(service: Any, admin: dict[str, str]) -> str:
    listed = await service.http.get("/api/v1/emergency-scripts", headers=admin)
    return str(listed.json()["items"][0]["script"]["id"])


async def first_message(_: Any, __: dict[str, str]) -> str:
    return "1"


async def webhook(service: Any, admin: dict[str, str]) -> str:
    body = {"url": "http://127.0.0.1:9/", "events": ["csat.submitted"]}
    return str((await service.http.post("/api/v1/webhooks", json=body, headers=admin)).json()["id"])


async def shop(service: Any, admin: dict[str, str]) -> str:  # noqa: ARG001 - as the others
    return "s1"


async def category(service: Any, admin: dict[str, str]) -> str:
    paper = {"category": "food", "number": "JY1", "expires_on": "2999-12-31"}
    answer = await service.http.patch("/api/v1/shop", json={"certificates": [paper]}, headers=admin)
    assert answer.status_code == 200, answer.text
    return "food"


MAKERS: dict[str, Callable[[Any, dict[str, str]], Awaitable[str]]] = {  # path parameter: an id of shop s1
    "conversation_id": conversation,
    "seq": first_message,
    "agent_id": agent,
    "article_id": article,
    "open_id": customer,
    "script_id": script,
    "webhook_id": webhook,
    "shop_id": shop,
    "category": category,
    "complaint_id": complaint,
    "incident_id": incident,
    "canned_id": canned,
}


@pytest.mark.thorough
@pytest.mark.parametrize("one", WITH_IDS, ids=named)
async def test_another_shops_ids_are_none(service: Any, people: Any, one: Operation) -> None:
    other = await service.shop("s2")
    _, agent = await service.agent(other)
    _, supervisor = await service.agent(other, role="supervisor")
    strangers = {"admin": other, "agent": agent, "supervisor": supervisor}
    names = re.findall(r"\{(\w+)\}", one.path)
    missing = set(names) - set(MAKERS)
    assert not missing, f"add to MAKERS in {Path(__file__).name} how a shop gets one: {sorted(missing)}"
    for role in sorted(one.roles):
        ids = {name: await MAKERS[name](service, people["admin"]) for name in names}
        kept = rows(service.engine)
        assert (role, await ask(service, one, strangers[role], **ids)) == (role, 404)
        assert rows(service.engine) == kept
        assert (role, await ask(service, one, people[role], **ids) == 404) == (role, False)


def rows(engine: Any) -> list[Any]:
    """Everything that is kept."""
    return [engine.reader.rows(record) for record in RECORDS]

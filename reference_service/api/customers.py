"""The customers of a shop: profiles, what people write on them, and orders of the shop's own system (R3.2)."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from reference_service.api.problems import Problem
from reference_service.api.requests import answer, floor_of, leads, number, read, signed_in, words
from reference_service.api.settings import reads, replaces
from reference_service.bounds import Id, Version
from reference_service.domain import coupons, customers, orders
from reference_service.domain.coupons import Coupon, CouponTemplates
from reference_service.domain.customers import Known
from reference_service.domain.events import Account, Ordered, OrderStep, RefundStep
from reference_service.domain.grades import Grade
from reference_service.domain.orders import Purchase
from reference_service.domain.records import Person
from reference_service.domain.world import ShopFloor
from reference_service.filtering import judging
from reference_service.shell.engine import Engine

MOST = 2**53 - 1
SHOWN = 100  # orders of one profile
LONGEST_ID = 256

Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
OrderId = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Fen = Annotated[int, msgspec.Meta(ge=0, le=10**12)]


class RefundCase(msgspec.Struct):
    """As openapi.yaml says."""

    id: OrderId
    status: RefundStep
    amount: Fen | None = None


class NewOrder(msgspec.Struct):
    """As openapi.yaml says."""

    id: OrderId
    status: OrderStep
    amount: Fen | None = None
    refund: RefundCase | None = None


class Order(msgspec.Struct):
    """As openapi.yaml says."""

    id: str
    status: OrderStep
    amount: int | None
    refunds: list[RefundCase]
    bought: bool
    created_at: float
    updated_at: float


class CustomerProfile(msgspec.Struct):
    """As openapi.yaml says."""

    open_id: str
    nick: str
    grade: Grade
    high_spender: bool
    tags: list[str]
    first_seen: float
    last_seen: float
    visits: int
    order_count: int
    bought: int
    spent: int
    unknown_amounts: int
    last_agent_id: str | None
    dedicated_agent_id: str | None
    version: int


class CustomerWithOrders(CustomerProfile):
    """As openapi.yaml says."""

    orders: list[Order]
    coupon: Coupon | None
    coupon_sent: bool


class CustomerPage(msgspec.Struct):
    """As openapi.yaml says."""

    items: list[CustomerProfile]
    next: str | None


class CustomerChange(msgspec.Struct):
    """As openapi.yaml says."""

    tags: Annotated[list[Tag], msgspec.Meta(max_length=20)] | UnsetType = UNSET
    dedicated_agent_id: Id | UnsetType | None = UNSET
    version: Version | None = None


async def list_customers(request: Request) -> Response:
    """One page of the shop's customers, in the order they became known."""
    engine, person = signed_in(request)
    floor, asked = floor_of(engine, person), request.query_params
    grade, high, tag = asked.get("grade", ""), asked.get("high_spender", ""), words(request, "tag", 32)
    if grade not in ("", "new", "regular", "vip") or high not in ("", "true", "false"):
        raise Problem(422, "malformed", "grade must be new, regular or vip; high_spender true or false")
    after, limit = number(request, "after", 0, 0, MOST), number(request, "limit", 100, 1, 1000)
    found = list[CustomerProfile]()
    following = None
    for known in floor.customers.values():
        seen = profile(floor, known) if known.customer.number > after else None
        if seen is None or grade not in ("", seen.grade) or high not in ("", str(seen.high_spender).lower()):
            continue
        if tag and tag not in seen.tags:
            continue
        if len(found) == limit:
            following = str(floor.customers[found[-1].open_id].customer.number)
            break
        found.append(seen)
    await engine.settled()
    return answer(CustomerPage(found, following))


async def get_customer(request: Request) -> Response:
    """One customer of the caller's shop, with their newest orders."""
    engine, person = signed_in(request)
    floor, known = _known(engine, person, request)
    seen = with_orders(floor, known)
    await engine.settled()
    return answer(seen)


async def change_customer(request: Request) -> Response:
    """Replace the tags; name the agent who shall serve them (not for agents)."""
    engine, person = signed_in(request)
    floor, known = _known(engine, person, request)
    new = await read(request, CustomerChange)
    if new.dedicated_agent_id is not UNSET:
        if not leads(person):
            raise Problem(403, "wrong_role", "only a supervisor or administrator names a customer's agent")
        if new.dedicated_agent_id not in {None, *floor.desks}:
            raise Problem(422, "no_such_agent")
    if new.version not in (None, known.customer.version):
        raise Problem(409, "version_is_old", f"the current version is {known.customer.version}")
    changes = engine.begin()
    tags = known.tags if new.tags is UNSET else new.tags
    agent_id = known.customer.dedicated if new.dedicated_agent_id is UNSET else new.dedicated_agent_id
    customers.describe(known, tags, agent_id, changes)
    await engine.keep(changes)
    return answer(with_orders(floor, known))


async def import_order(request: Request) -> Response:
    """Take an order from the shop's own system; the same again, or an earlier step of it, changes nothing."""
    engine, person = signed_in(request)
    open_id = request.path_params["open_id"]
    new = await read(request, NewOrder)
    if not 1 <= len(open_id) <= LONGEST_ID:
        raise Problem(422, "malformed", f"open_id must have 1 to {LONGEST_ID} characters")
    floor = floor_of(engine, person)
    before = floor.orders.get(new.id)
    if before is not None and before.customer not in ("", open_id):
        raise Problem(409, "order_of_another")
    if before is not None and None not in (new.amount, amount(before)) and new.amount != before.amount:
        raise Problem(409, "order_differs", f"its amount is {before.amount}")
    case = new.refund
    told = Ordered(
        account=Account(floor.shop.platform, floor.shop.open_id, floor.shop.client_key),
        message="",
        order=new.id,
        customer=open_id,
        step=new.status,
        amount=new.amount,
        case=case.id if case else "",
        refund=case.status if case else None,
        refunded=case.amount if case else None,
    )
    changes = engine.begin()
    orders.move(floor, told, changes)
    await engine.keep(changes)
    return answer(order_view(floor.orders[new.id]), 200 if before else 201)


def profile(floor: ShopFloor, known: Known) -> CustomerProfile:
    """A customer as a list shows one."""
    return CustomerProfile(**_seen(floor, known))


def with_orders(floor: ShopFloor, known: Known) -> CustomerWithOrders:
    """A customer with the newest of their orders."""
    newest = sorted(known.orders.values(), key=lambda order: (-order.created_at, order.id))[:SHOWN]
    return CustomerWithOrders(
        **_seen(floor, known),
        orders=[order_view(order) for order in newest],
        coupon=coupons.template(floor, known.grade),
        coupon_sent=bool(known.customer.coupon),
    )


def order_view(order: Purchase) -> Order:
    """An order as openapi.yaml shows one."""
    cases = [RefundCase(id, case.step, case.amount) for id, case in order.cases().items()]
    bought = orders.kept(order) is not None
    return Order(order.id, order.step, amount(order), cases, bought, order.created_at, order.updated_at)


def amount(order: Purchase) -> int | None:
    """What was paid, None where nobody told."""
    return None if order.amount < 0 else order.amount


def sayable(floor: ShopFloor, templates: CouponTemplates) -> None:
    """Raises Problem 422 where the shop's own filter would block a coupon (FILTER-1)."""
    for name, coupon in msgspec.structs.asdict(templates).items():
        if coupon is not None and judging.check(floor.words, coupon.words(), "to_customer").text is None:
            raise Problem(422, "blocked", f"the shop's own filter blocks the coupon of {name}")


def _seen(floor: ShopFloor, known: Known) -> dict[str, Any]:
    customer, account = known.customer, known.account
    routed = customers.profile(floor, known)
    return {
        "open_id": customer.open_id,
        "nick": customer.nick,
        "grade": routed.grade,
        "high_spender": routed.high_spender,
        "tags": list(routed.tags),
        "first_seen": customer.first_seen,
        "last_seen": known.last_seen(),
        "visits": customer.visits,
        "order_count": account.orders,
        "bought": account.bought,
        "spent": account.spent,
        "unknown_amounts": account.unknown,
        "last_agent_id": customer.last_agent,
        "dedicated_agent_id": customer.dedicated,
        "version": customer.version,
    }


def _known(engine: Engine, person: Person, request: Request) -> tuple[ShopFloor, Known]:
    floor = floor_of(engine, person)
    known = floor.customers.get(request.path_params["open_id"])
    if known is None:
        raise Problem(404, "not_found")  # another shop's looks like none (TENANT-1)
    return floor, known


BASE = "/api/v1/customers"
ONE = f"{BASE}/{{open_id:path}}"  # ids may hold any characters, slashes too
ROUTES: list[BaseRoute] = [
    Route(BASE, list_customers),
    Route(f"{ONE}/orders", import_order, methods=["POST"]),
    Route(ONE, get_customer),
    Route(ONE, change_customer, methods=["PATCH"]),
    Route("/api/v1/coupon-templates", reads(CouponTemplates)),
    Route("/api/v1/coupon-templates", replaces(CouponTemplates, check=sayable), methods=["PUT"]),
]

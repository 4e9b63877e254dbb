"""A shop's customers: who they are, when they came, and what they are to the shop (R3.2, R7.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import msgspec

from reference_service.domain import grades
from reference_service.domain.changes import Changes
from reference_service.domain.configuring import setting
from reference_service.domain.grades import Account, Profile
from reference_service.domain.happenings import Assigned, CustomerDescribed, Forgotten, Resolved
from reference_service.domain.records import Record
from reference_service.domain.routing_rules import RoutingRules
from reference_service.domain.world import ShopFloor, Thread, World

if TYPE_CHECKING:
    from reference_service.domain.orders import Purchase

_tags = msgspec.json.Decoder(list[str])


class Customer(Record, kw_only=True):
    """One customer of one shop. `last_seen` is kept when a visit begins and ends, and when an order moves."""

    KEY: ClassVar[tuple[str, ...]] = ("shop_id", "open_id")

    shop_id: str
    open_id: str
    number: int  # rises in the shop
    nick: str  # as agents may see it (FILTER-1)
    first_seen: float
    last_seen: float
    visits: int = 0
    tags: str = "[]"  # a JSON list
    last_agent: str | None = None
    dedicated: str | None = None  # the agent named for this customer
    version: int = 0  # of what people set: tags and agent
    coupon: str = ""  # the id of the message that brought the VIPs' coupon


@dataclass(slots=True, eq=False)
class Known:
    """A customer with their orders and newest visit."""

    customer: Customer
    orders: dict[str, Purchase] = field(default_factory=dict)
    account: Account = field(default_factory=Account)  # of these orders
    thread: Thread | None = None

    @property
    def grade(self) -> grades.Grade:
        """As of now."""
        return grades.grade(self.customer.visits, self.account)

    @property
    def tags(self) -> list[str]:
        """What people wrote on this customer."""
        return _tags.decode(self.customer.tags)

    def last_seen(self) -> float:
        """Unix seconds of the newest message, visit or step of an order."""
        visit = self.thread.visit if self.thread else []
        written = next((m.created_at for m in reversed(visit) if m.sender == "customer"), 0.0)
        return max(self.customer.last_seen, written)


def know(floor: ShopFloor, open_id: str, changes: Changes) -> Known:
    """The customer of this id, made where nobody knew them; the caller keeps the record."""
    known = floor.customers.get(open_id)
    if known is None:
        newest = next(reversed(floor.customers.values()), None)
        customer = Customer(
            shop_id=floor.shop.id,
            open_id=open_id,
            number=newest.customer.number + 1 if newest else 1,
            nick="",
            first_seen=changes.at,
            last_seen=changes.at,
        )
        known = floor.customers[open_id] = Known(customer)
    return known


def meet(floor: ShopFloor, thread: Thread, nick: str, changes: Changes) -> None:
    """A visit begins, before it is routed; `nick` as agents may see it."""
    known = know(floor, thread.conversation.customer, changes)
    customer = known.customer
    customer.visits += 1
    customer.nick = nick
    customer.last_seen = changes.at
    known.thread, thread.known = thread, known
    changes.keep(customer)


def profile(floor: ShopFloor, known: Known | None) -> Profile:
    """What routing may know of a customer; of a stranger nothing."""
    if known is None:
        return Profile()
    customer = known.customer
    rich = grades.is_high_spender(known.account, setting(floor, RoutingRules).high_spender_fen)
    return Profile(known.grade, rich, tuple(known.tags), customer.last_agent, customer.dedicated)


def describe(known: Known, tags: list[str], agent_id: str | None, changes: Changes) -> None:
    """What people say of a customer: tags, each once, and the agent named for them."""
    customer = known.customer
    customer.tags = msgspec.json.encode(list(dict.fromkeys(tags))).decode()
    customer.dedicated = agent_id
    customer.version += 1
    changes.keep(customer)
    changes.tell(CustomerDescribed(known))


def served(_: World, happened: Assigned, changes: Changes) -> None:
    """The agent who has a customer's conversation is the last one they met (ROUTE-7)."""
    known, agent_id = happened.thread.known, happened.desk.person.id
    if known is not None and known.customer.last_agent != agent_id:
        known.customer.last_agent = agent_id
        changes.keep(known.customer)


def left(_: World, happened: Resolved, changes: Changes) -> None:
    """A visit is over: its newest message is when the customer was last seen."""
    known = happened.thread.known
    if known is not None and known.last_seen() > known.customer.last_seen:
        known.customer.last_seen = known.last_seen()
        changes.keep(known.customer)


def forgotten(_: World, happened: Forgotten, __: Changes) -> None:
    """A purged conversation is nobody's newest visit any more; who the customer is stays known (forgetting.py)."""
    known = happened.thread.known
    if known is not None and known.thread is happened.thread:
        known.thread = None


def put_back(floor: ShopFloor, thread: Thread) -> None:
    """After a restart: tie a conversation, of which the later ones come later, to its customer."""
    known = thread.known = floor.customers.get(thread.conversation.customer)
    if known is not None and (known.thread is None or known.thread.conversation.state == "resolved"):
        known.thread = thread

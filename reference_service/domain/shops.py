"""Shops, their people and word lists: made, changed, removed."""

from typing import Literal, NamedTuple

import msgspec

from reference_service.domain.changes import Changes
from reference_service.domain.records import Level, Person, Shop, WordList
from reference_service.domain.world import Desk, ShopFloor, World
from reference_service.filtering.words import WordFilter


class Removed(NamedTuple):
    """What a removal took away."""

    shops: int = 0
    agents: int = 0
    conversations: int = 0
    messages: int = 0

    def plus(self, other: "Removed") -> "Removed":
        """Both together."""
        return Removed(*(a + b for a, b in zip(self, other, strict=True)))


def refusal(world: World, shop: Shop) -> Literal["shop_exists", "open_id_taken", "app_secret_differs", ""]:
    """Why a shop cannot be created, "" when it can."""
    if shop.id in world.floors:
        return "shop_exists"
    if (shop.platform, shop.open_id) in world.accounts:
        return "open_id_taken"
    return "app_secret_differs" if world.apps.get(shop.client_key, shop.client_secret) != shop.client_secret else ""


def add_shop(world: World, shop: Shop, admin_seal: str, changes: Changes) -> Person:
    """Create a shop that `refusal` has nothing against, and its administrator, who is returned."""
    place_shop(world, shop)
    changes.keep(shop)
    person = Person(
        id=f"u{world.next_number('people', changes)}",
        shop_id=shop.id,
        role="admin",
        login=f"admin@{shop.id}",
        seal=admin_seal,
        name="admin",
    )
    place_person(world, person)
    changes.keep(person)
    return person


def add_agent(
    world: World,
    shop_id: str,
    name: str,
    level: Level,
    capacity: int | None,
    certified: bool,
    seal: str,
    changes: Changes,
    role: Literal["agent", "supervisor"] = "agent",
    spare: bool = False,
) -> Desk:
    """Add an agent to a shop, or a supervisor, whom routing gives no conversation."""
    floor = world.floors[shop_id]
    number = world.next_number("people", changes)
    person = Person(
        id=f"a{number}",
        shop_id=shop_id,
        role=role,
        login=f"a{number}@{shop_id}",
        seal=seal,
        name=name,
        level=level,
        capacity=floor.shop.capacity if capacity is None else capacity,
        certified=certified,
        spare=spare,
    )
    place_person(world, person)
    changes.keep(person)
    return floor.desks[person.id]


def place_shop(world: World, shop: Shop) -> ShopFloor:
    """Put a shop into the lookups."""
    floor = ShopFloor(shop)
    world.floors[shop.id] = world.accounts[shop.platform, shop.open_id] = floor
    world.apps[shop.client_key] = shop.client_secret
    return floor


def place_person(world: World, person: Person) -> None:
    """Put a person into the lookups; who may hold conversations gets a desk."""
    world.people[person.id] = world.by_login[person.login] = person
    if person.role != "admin":
        world.floors[person.shop_id].desks[person.id] = Desk(person, s=person.swept)


def rotate(person: Person, seal: str, changes: Changes) -> None:
    """Give somebody another password; every token of theirs ends, and their devices are closed (AUTH-1)."""
    person.seal = seal
    sign_out(person, changes)


def sign_out(person: Person, changes: Changes) -> None:
    """End every token that this person has, on open connections too."""
    person.epoch += 1
    changes.keep(person)
    changes.signed_out.append(person.id)


def set_words(floor: ShopFloor, words: WordFilter, changes: Changes) -> WordFilter:
    """Replace a shop's word list at once by a compiled one, under the next version (FILTER-4)."""
    floor.words = words.numbered(floor.words.version + 1)
    parts = (floor.words.words, floor.words.allow, floor.words.contacts)
    listed, allow, contacts = (msgspec.json.encode(part).decode() for part in parts)
    changes.keep(
        WordList(shop_id=floor.shop.id, version=floor.words.version, words=listed, allow=allow, contacts=contacts)
    )
    return floor.words


def remove_shop(world: World, floor: ShopFloor, changes: Changes) -> Removed:
    """Forget a shop and everything of it; the hashes of handled message ids stay."""
    shop = floor.shop
    people = [person for person in world.people.values() if person.shop_id == shop.id]
    for person in people:
        del world.people[person.id], world.by_login[person.login]
    for thread in floor.threads.values():
        del world.threads[thread.conversation.id]
        world.waiting.pop(thread.conversation.id, None)
    del world.floors[shop.id], world.accounts[shop.platform, shop.open_id]
    if not any(other.shop.client_key == shop.client_key for other in world.floors.values()):
        del world.apps[shop.client_key]
    changes.removed_shops.append(shop.id)
    changes.signed_out.extend(person.id for person in people)
    return Removed(1, len(floor.desks), len(floor.threads), sum(thread.seq for thread in floor.threads.values()))

"""The people of a shop: training and certificate, level, capacity, and the spare pool (R1.3, R8.1, R9.1)."""

from typing import ClassVar, Final, Literal, NamedTuple, get_args

from reference_service.domain import assigning, presence, shops
from reference_service.domain.changes import Changes
from reference_service.domain.dispatching import availability_event, tell
from reference_service.domain.records import Level, Record
from reference_service.domain.world import Desk, ShopFloor, World

Topic = Literal["rules", "phrasing", "emergencies"]
TOPICS: Final[tuple[Topic, ...]] = get_args(Topic)
ENOUGH_MIN: Final = 40 * 60  # minutes of training before anybody takes conversations (R8.1)


class Training(Record, kw_only=True):
    """One piece of training; `id` is the caller's, so that telling it again counts once."""

    KEY: ClassVar[tuple[str, ...]] = ("agent_id", "id")

    agent_id: str
    id: str
    shop_id: str
    topic: Topic
    minutes: int
    at: float
    by: str


class Sum(NamedTuple):
    """Somebody's training: minutes in all, and the topics that were never among it."""

    minutes: int
    missing: tuple[Topic, ...]

    def enough(self) -> bool:
        """40 hours, and every topic (R8.1)."""
        return self.minutes >= ENOUGH_MIN and not self.missing


def trained(desk: Desk) -> Sum:
    """The training of an agent so far."""
    topics = {each.topic for each in desk.training.values()}
    return Sum(
        sum(each.minutes for each in desk.training.values()), tuple(topic for topic in TOPICS if topic not in topics)
    )


def train(floor: ShopFloor, desk: Desk, training: Training, changes: Changes) -> None:
    """Record training that is new; the piece that makes it enough certifies the agent, who may get work at once."""
    desk.training[training.id] = training
    changes.keep(training)
    if trained(desk).enough() and not desk.person.certified:
        desk.person.certified = True
        changes.keep(desk.person)
        assigning.let_queue_in(floor, changes)


class Terms(NamedTuple):
    """What an administrator sets of an agent."""

    name: str
    level: Level
    capacity: int
    certified: bool
    spare: bool
    disabled: bool


def terms(desk: Desk) -> Terms:
    """As they are now."""
    person = desk.person
    return Terms(person.name, person.level, person.capacity, person.certified, person.spare, person.disabled)


def change(world: World, desk: Desk, new: Terms, changes: Changes) -> None:
    """Set them. What the agent holds stays, even above a lower capacity; who may not sign in hands everything on."""
    person, was = desk.person, terms(desk)
    if new == was:
        return
    person.name, person.level, person.capacity, person.certified, person.spare, person.disabled = new
    changes.keep(person)
    if new.capacity != was.capacity:
        tell(desk, availability_event(desk), changes)
    if new.disabled and not was.disabled:
        shops.sign_out(person, changes)
        presence.set_availability(world, desk, "offline", changes)
    assigning.let_queue_in(world.floors[person.shop_id], changes)


def strength(floor: ShopFloor) -> int:
    """How many agents a shop's ordinary days can count on: certified, neither of the spare pool nor disabled (R1.3)."""
    people = (desk.person for desk in floor.desks.values() if desk.person.role == "agent")
    return sum(person.certified and not person.spare and not person.disabled for person in people)


def call_spares(floor: ShopFloor, on: bool, changes: Changes) -> None:
    """Let the rules give work to the spare pool, or no more; what they hold stays theirs (R9.1)."""
    floor.spares_on = on
    assigning.let_queue_in(floor, changes)

"""What a shop's administrator sets of its people: terms, training, shifts; and how much work somebody has."""

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.operator import Name
from reference_service.api.problems import Problem
from reference_service.api.requests import answer, floor_of, leads, read, signed_in
from reference_service.api.team import desk_named, view
from reference_service.domain import routing, shifts, staff
from reference_service.domain.records import Level
from reference_service.domain.routing import Hindrance
from reference_service.domain.shifts import Shifts
from reference_service.domain.staff import Topic
from reference_service.domain.world import Desk
from reference_service.shell.engine import Engine

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Hours = Annotated[float, msgspec.Meta(gt=0, le=100)]


class AgentChange(msgspec.Struct):
    """As openapi.yaml says."""

    name: Name | UnsetType = UNSET
    level: Level | UnsetType = UNSET
    capacity: Annotated[int, msgspec.Meta(ge=1, le=1000)] | UnsetType = UNSET
    certified: bool | UnsetType = UNSET
    spare: bool | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET


class NewTraining(msgspec.Struct):
    """As openapi.yaml says."""

    id: Id
    topic: Topic
    hours: Hours


class TrainingPiece(msgspec.Struct):
    """As openapi.yaml says."""

    id: str
    topic: Topic
    hours: float
    at: float
    by: str


class TrainingRecord(msgspec.Struct):
    """As openapi.yaml says."""

    agent_id: str
    hours: float
    missing_topics: list[Topic]
    certified: bool
    items: list[TrainingPiece]


class AgentShifts(msgspec.Struct):
    """As openapi.yaml says."""

    on_shift: bool
    next_change: float | None
    plan: Shifts


class AgentLoad(msgspec.Struct):
    """As openapi.yaml says."""

    agent_id: str
    load: int
    capacity: int
    room: int
    routed: bool
    hindrances: list[Hindrance]
    conversations: list[str]
    snoozed: list[str]


async def change(request: Request) -> Response:
    """Set terms of an agent; what is absent stays."""
    engine, person = signed_in(request)
    desk = desk_named(engine, person, request)
    wanted = msgspec.structs.asdict(await read(request, AgentChange))
    new = staff.terms(desk)._replace(**{name: value for name, value in wanted.items() if value is not UNSET})
    changes = engine.begin()
    staff.change(engine.world, desk, new, changes)
    await engine.keep(changes)
    return answer(view(desk))


async def train(request: Request) -> Response:
    """Record a piece of training, once for its id."""
    engine, person = signed_in(request)
    desk = desk_named(engine, person, request)
    new = await read(request, NewTraining)
    minutes = round(new.hours * 60)
    if minutes < 1:
        raise Problem(422, "malformed", "a minute at least")
    known = desk.training.get(new.id)
    if known is not None and (known.topic, known.minutes) != (new.topic, minutes):
        raise Problem(409, "training_differs", f"{known.topic}, {known.minutes} min")
    changes = engine.begin()
    if known is None:
        piece = staff.Training(
            agent_id=desk.person.id,
            id=new.id,
            shop_id=person.shop_id,
            topic=new.topic,
            minutes=minutes,
            at=changes.at,
            by=person.id,
        )
        staff.train(floor_of(engine, person), desk, piece, changes)
    await engine.keep(changes)
    return answer(training_view(desk), 200 if known else 201)


async def get_training(request: Request) -> Response:
    """The training of an agent: theirs to see, and their leads'."""
    engine, desk = _own_or_led(request)
    seen = training_view(desk)
    await engine.settled()
    return answer(seen)


async def get_shifts(request: Request) -> Response:
    """The shifts of an agent: theirs to see, and their leads'."""
    engine, desk = _own_or_led(request)
    seen = shifts_view(desk, engine.clock.now())
    await engine.settled()
    return answer(seen)


async def put_shifts(request: Request) -> Response:
    """Replace the shifts of an agent."""
    engine, person = signed_in(request)
    desk = desk_named(engine, person, request)
    planned = await read(request, Shifts)
    changes = engine.begin()
    shifts.put(engine.world, desk, planned, changes)
    await engine.keep(changes)
    return answer(shifts_view(desk, changes.at))


async def get_load(request: Request) -> Response:
    """What an agent has, and what keeps the rules from giving them more."""
    engine, desk = _own_or_led(request)
    hindrances = routing.hindrances(engine.world.floors[desk.person.shop_id], desk)
    load, capacity = len(desk.held), desk.person.capacity
    seen = AgentLoad(
        desk.person.id,
        load,
        capacity,
        max(0, capacity - load),
        not hindrances,
        hindrances,
        list(desk.held),
        list(desk.snoozed),
    )
    await engine.settled()
    return answer(seen)


def training_view(desk: Desk) -> TrainingRecord:
    """Training as openapi.yaml shows it."""
    total = staff.trained(desk)
    items = [TrainingPiece(each.id, each.topic, each.minutes / 60, each.at, each.by) for each in desk.training.values()]
    return TrainingRecord(desk.person.id, total.minutes / 60, list(total.missing), desk.person.certified, items)


def shifts_view(desk: Desk, now: float) -> AgentShifts:
    """Shifts as openapi.yaml shows them."""
    return AgentShifts(desk.on_shift, shifts.next_change(desk.person, now), shifts.plan(desk.person))


def _own_or_led(request: Request) -> tuple[Engine, Desk]:
    engine, person = signed_in(request)
    desk = desk_named(engine, person, request)
    if not leads(person) and person.id != desk.person.id:
        raise Problem(403, "wrong_role", "only the agent, a supervisor or an administrator")
    return engine, desk


ONE: Final = "/api/v1/agents/{agent_id}"
ROUTES: Final = (
    Route(ONE, change, methods=["PATCH"]),
    Route(f"{ONE}/training", get_training),
    Route(f"{ONE}/training", train, methods=["POST"]),
    Route(f"{ONE}/shifts", get_shifts),
    Route(f"{ONE}/shifts", put_shifts, methods=["PUT"]),
    Route(f"{ONE}/load", get_load),
)

"""The shop's profile and what it must prove; the operator's word on that (R1.1, R1.2, R2.1)."""

from typing import Annotated, Final, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api.problems import Problem
from reference_service.api.requests import answer, floor_of, operator, read, signed_in
from reference_service.bounds import Version
from reference_service.domain import configuring, going_live
from reference_service.domain import qualification as proofs
from reference_service.domain.changes import Changes
from reference_service.domain.configuring import setting
from reference_service.domain.going_live import Live, Phase
from reference_service.domain.profile import Categories, Concurrent, Policy, Promises, ShopProfile
from reference_service.domain.qualification import Category, Standing
from reference_service.domain.shelves import shelf
from reference_service.domain.world import ShopFloor
from reference_service.shell.logs import log

Number = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Date = Annotated[str, msgspec.Meta(pattern=r"^2\d{3}-\d{2}-\d{2}$", max_length=10)]
Why = Annotated[str, msgspec.Meta(max_length=500)]
OWN: Final = ShopProfile.__struct_fields__


class NewCertificate(msgspec.Struct):
    """As openapi.yaml says."""

    category: Category
    number: Number
    expires_on: Date


class ShopPatch(msgspec.Struct):
    """As openapi.yaml says; what is left out stays."""

    version: Version | None = None
    qualification_number: Number | None = None
    certificates: Annotated[list[NewCertificate], msgspec.Meta(max_length=10)] | None = None
    categories: Categories | None = None
    after_sale_policy: Policy | None = None
    service_promises: Promises | None = None
    expected_concurrent: Concurrent | None = None


class Decision(msgspec.Struct):
    """As openapi.yaml says."""

    number: Number
    verified: bool
    why: Why = ""


class Proof(msgspec.Struct):
    """As openapi.yaml says."""

    number: str
    state: Standing
    submitted_at: float
    decided_at: float | None
    why: str


class CategoryProof(Proof):
    """As openapi.yaml says."""

    category: Category
    expires_on: str


class Proofs(msgspec.Struct):
    """As openapi.yaml says."""

    qualification: Proof | None
    certificates: list[CategoryProof]


class Shop(msgspec.Struct):
    """As openapi.yaml says."""

    id: str
    name: str
    platform: Literal["open-im", "doudian"]
    test: bool
    phase: Phase
    live_at: float | None
    live_by: str | None
    version: int
    qualification: Proof | None
    certificates: list[CategoryProof]
    categories: list[Category]
    after_sale_policy: str
    service_promises: list[str]
    expected_concurrent: int


async def get_shop(request: Request) -> Response:
    """The shop as it is."""
    engine, person = signed_in(request)
    seen = view(floor_of(engine, person))
    await engine.settled()
    return answer(seen)


async def change_shop(request: Request) -> Response:
    """Change what is given, all or nothing."""
    engine, person = signed_in(request)
    patch = await read(request, ShopPatch)
    floor = floor_of(engine, person)
    current = configuring.version(floor, ShopProfile)
    if patch.version not in (None, current):
        raise Problem(409, "version_is_old", f"the current version is {current}")
    _dates(patch)
    changes = engine.begin()
    _change(floor, patch, changes)
    await engine.keep(changes)
    return answer(view(floor))


async def get_proofs(request: Request) -> Response:
    """What a shop has submitted, for the operator."""
    engine = operator(request)
    seen = proofs_of(_floor(engine.world.floors, request))
    await engine.settled()
    return answer(seen)


async def decide_qualification(request: Request) -> Response:
    """The operator's word on the licence."""
    engine = operator(request)
    decision = await read(request, Decision)
    floor, changes = _floor(engine.world.floors, request), engine.begin()
    submitted = shelf(floor, proofs.Qualification).get("")
    proofs.decide(floor, submitted, decision.number, decision.verified, decision.why, changes)
    await engine.keep(changes)
    log("qualification_decided", shop=floor.shop.id, verified=decision.verified)
    return answer(proofs_of(floor))


async def decide_certificate(request: Request) -> Response:
    """The operator's word on a category's certificate."""
    engine = operator(request)
    decision = await read(request, Decision)
    floor, changes = _floor(engine.world.floors, request), engine.begin()
    category = request.path_params["category"]
    submitted = shelf(floor, proofs.Certificate).get(category)
    proofs.decide(floor, submitted, decision.number, decision.verified, decision.why, changes)
    await engine.keep(changes)
    log("certificate_decided", shop=floor.shop.id, category=category, verified=decision.verified)
    return answer(proofs_of(floor))


def view(floor: ShopFloor) -> Shop:
    """A shop as openapi.yaml shows one."""
    profile, live, submitted = setting(floor, ShopProfile), shelf(floor, Live).get(""), proofs_of(floor)
    return Shop(
        id=floor.shop.id,
        name=floor.shop.name,
        platform=floor.shop.platform,
        test=floor.shop.test,
        phase=going_live.phase(floor),
        live_at=live.at if live else None,
        live_by=live.by if live else None,
        version=configuring.version(floor, ShopProfile),
        qualification=submitted.qualification,
        certificates=submitted.certificates,
        categories=list(profile.categories),
        after_sale_policy=profile.after_sale_policy,
        service_promises=list(profile.service_promises),
        expected_concurrent=profile.expected_concurrent,
    )


def proofs_of(floor: ShopFloor) -> Proofs:
    """What a shop has submitted, as openapi.yaml shows it."""
    licence = shelf(floor, proofs.Qualification).get("")
    certificates = sorted(shelf(floor, proofs.Certificate).values(), key=lambda one: one.category)
    return Proofs(
        Proof(licence.number, licence.state, licence.submitted_at, licence.decided_at, licence.why)
        if licence
        else None,
        [
            CategoryProof(
                one.number, one.state, one.submitted_at, one.decided_at, one.why, one.category, one.expires_on
            )
            for one in certificates
        ],
    )


def _change(floor: ShopFloor, patch: ShopPatch, changes: Changes) -> None:
    if patch.qualification_number is not None:
        proofs.submit(floor, patch.qualification_number, changes)
    for new in patch.certificates or ():
        proofs.submit_certificate(floor, new.category, new.number, new.expires_on, changes)
    given = {name: getattr(patch, name) for name in OWN if getattr(patch, name) is not None}
    if given:
        configuring.put(floor, msgspec.structs.replace(setting(floor, ShopProfile), **given), changes)


def _dates(patch: ShopPatch) -> None:
    for new in patch.certificates or ():
        try:
            proofs.over_at(new.expires_on)
        except ValueError:
            raise Problem(422, "malformed", f"{new.category}: expires_on is no date") from None


def _floor(floors: dict[str, ShopFloor], request: Request) -> ShopFloor:
    floor = floors.get(request.path_params["shop_id"])
    if floor is None:
        raise Problem(404, "not_found")
    return floor


ROUTES = (
    Route("/api/v1/shop", get_shop),
    Route("/api/v1/shop", change_shop, methods=["PATCH"]),
    Route("/api/v1/shops/{shop_id}/qualification", get_proofs),
    Route("/api/v1/shops/{shop_id}/qualification", decide_qualification, methods=["POST"]),
    Route("/api/v1/shops/{shop_id}/certificates/{category}", decide_certificate, methods=["POST"]),
)

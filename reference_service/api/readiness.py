"""The checklist, the trial run and going live (READY-1, TRIAL-1, R1, R2)."""

from typing import Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_service.api import shop
from reference_service.api.problems import Problem
from reference_service.api.requests import answer, floor_of, signed_in
from reference_service.domain import going_live, readiness, trials
from reference_service.domain.going_live import Phase
from reference_service.domain.trial_verdict import WHY, Reason
from reference_service.shell.logs import log


class Bilingual(msgspec.Struct):
    """As openapi.yaml says."""

    zh: str
    en: str


class ReadinessItem(msgspec.Struct):
    """As openapi.yaml says."""

    id: str
    requirement: str
    ok: bool
    missing: Bilingual | None


class Readiness(msgspec.Struct):
    """As openapi.yaml says."""

    ready: bool
    phase: Phase
    items: list[ReadinessItem]


class TrialFigures(msgspec.Struct):
    """As openapi.yaml says."""

    answered_rounds: int
    average_response_s: float | None
    ratings: int
    satisfied: int
    csat: float | None


class TrialReason(msgspec.Struct):
    """As openapi.yaml says."""

    code: Reason
    text: Bilingual


class Trial(msgspec.Struct, rename={"started_at": "from"}):
    """As openapi.yaml says."""

    state: Literal["none", "running", "passed", "failed"]
    number: int
    started_at: float | None
    until: float | None
    figures: TrialFigures
    reasons: list[TrialReason]


async def get_readiness(request: Request) -> Response:
    """The checklist as of now."""
    engine, person = signed_in(request)
    floor = floor_of(engine, person)
    items = [item_view(item) for item in readiness.checklist(floor, engine.clock.now())]
    seen = Readiness(all(item.ok for item in items), going_live.phase(floor), items)
    await engine.settled()
    return answer(seen)


async def start_trial(request: Request) -> Response:
    """Begin the 48 hours."""
    engine, person = signed_in(request)
    floor, changes = floor_of(engine, person), engine.begin()
    trial = trials.start(engine.world, floor, person, changes)
    await engine.keep(changes)
    log("trial_started", shop=floor.shop.id, number=trial.number)
    return answer(trial_view(trial), 201)


async def get_trial(request: Request) -> Response:
    """The newest trial, running or over."""
    engine, person = signed_in(request)
    seen = trial_view(trials.newest(floor_of(engine, person)))
    await engine.settled()
    return answer(seen)


async def go_live(request: Request) -> Response:
    """Live from now on, or 409 with what is missing."""
    engine, person = signed_in(request)
    floor, changes = floor_of(engine, person), engine.begin()
    if missing := going_live.go_live(floor, person, changes):
        raise Problem(409, "not_ready", "the checklist is not complete", missing=[item_view(item) for item in missing])
    await engine.keep(changes)
    log("shop_live", shop=floor.shop.id)
    return answer(shop.view(floor))


def item_view(item: readiness.Item) -> ReadinessItem:
    """A line as openapi.yaml shows one."""
    missing = Bilingual(item.missing.zh, item.missing.en) if item.missing else None
    return ReadinessItem(item.id, item.requirement, missing is None, missing)


def trial_view(trial: trials.Trial | None) -> Trial:
    """A trial as openapi.yaml shows one; without any its state is none."""
    if trial is None:
        return Trial("none", 0, None, None, TrialFigures(0, None, 0, 0, None), [])
    counted = trial.figures
    figures = TrialFigures(counted.rounds, counted.average_s, counted.ratings, counted.satisfied, counted.csat)
    reasons = [TrialReason(reason, Bilingual(*WHY[reason])) for reason in trial.why()]
    return Trial(trial.state, trial.number, trial.started_at, trial.until, figures, reasons)


ROUTES = (
    Route("/api/v1/readiness", get_readiness),
    Route("/api/v1/trial", get_trial),
    Route("/api/v1/trial", start_trial, methods=["POST"]),
    Route("/api/v1/go-live", go_live, methods=["POST"]),
)

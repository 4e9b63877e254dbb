"""Test hooks, there only with --test-hooks: the business's clock and speed, and forgetting everything."""

from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from reference_service.api.operator import remove
from reference_service.api.problems import Problem
from reference_service.api.requests import answer, operator, read
from reference_service.shell.engine import Engine


class ClockJump(msgspec.Struct):
    """As openapi.yaml says."""

    advance_s: Annotated[float, msgspec.Meta(ge=0, le=400 * 86400.0)] = 0.0


class BusinessSpeed(msgspec.Struct):
    """As openapi.yaml says."""

    speed: Annotated[float, msgspec.Meta(gt=0, le=100_000)]


async def jump(request: Request) -> Response:
    """Move the business's time ahead; answered when everything that became due by that is durable."""
    engine = _hooked(request)
    wanted = await read(request, ClockJump)
    await engine.travel(wanted.advance_s)
    return answer({"now": engine.clock.now()})


async def set_speed(request: Request) -> Response:
    """Divide the tier, reminder and complaint clocks that are set from now on."""
    engine = _hooked(request)
    engine.world.speed = (await read(request, BusinessSpeed)).speed
    return answer({"speed": engine.world.speed})


async def reset(request: Request) -> Response:
    """Forget every shop."""
    engine = _hooked(request)
    await remove(engine, list(engine.world.floors.values()))
    return Response(status_code=204)


def _hooked(request: Request) -> Engine:
    engine = operator(request)
    if not engine.settings.test_hooks:
        raise Problem(404, "not_found", "start with --test-hooks")
    return engine

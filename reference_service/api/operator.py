"""The operator's calls: shops and test data."""

import secrets
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from reference_service import tokens
from reference_service.api.problems import Problem
from reference_service.api.requests import answer, operator, read
from reference_service.domain import shops
from reference_service.domain.events import PlatformName
from reference_service.domain.records import Shop
from reference_service.domain.shops import Removed
from reference_service.domain.world import ShopFloor
from reference_service.platforms import WEBHOOKS
from reference_service.platforms.api import PlatformError
from reference_service.shell.engine import Engine
from reference_service.shell.logs import log

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Opaque = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]


class NewShop(msgspec.Struct):
    """As openapi.yaml says."""

    name: Name
    open_id: Opaque
    client_key: Opaque
    client_secret: Opaque
    id: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{1,64}$")] | None = None
    authorization_code: Annotated[str, msgspec.Meta(max_length=256)] = ""
    capacity: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 15
    test: bool = False
    platform: PlatformName = "open-im"


async def create_shop(request: Request) -> Response:
    """Create a shop; its authorization code is exchanged first, so that a bad one creates nothing."""
    engine = operator(request)
    wanted = await read(request, NewShop)
    shop = Shop(
        id=wanted.id or f"shop-{secrets.token_hex(6)}",
        name=wanted.name,
        open_id=wanted.open_id,
        client_key=wanted.client_key,
        client_secret=wanted.client_secret,
        capacity=wanted.capacity,
        test=wanted.test,
        platform=wanted.platform,
    )
    _refuse(engine, shop)
    if wanted.authorization_code:
        await _authorize(engine, shop, wanted.authorization_code)
        _refuse(engine, shop)  # another call may have been quicker meanwhile
    password = secrets.token_urlsafe(18)
    changes = engine.begin()
    admin = shops.add_shop(engine.world, shop, tokens.password_seal(engine.key, password), changes)
    await engine.keep(changes)
    log("shop_created", shop=shop.id, test=shop.test)
    created = {
        "id": shop.id,
        "name": shop.name,
        "open_id": shop.open_id,
        "admin_login": admin.login,
        "admin_password": password,
        "webhook_url": str(request.url.replace(path=WEBHOOKS[shop.platform].PATH, query="")),
    }
    return answer(created, 201)


async def delete_shop(request: Request) -> Response:
    """Remove one shop."""
    engine = operator(request)
    floor = engine.world.floors.get(request.path_params["shop_id"])
    if floor is None:
        raise Problem(404, "not_found")
    await remove(engine, [floor])
    return Response(status_code=204)


async def delete_test_data(request: Request) -> Response:
    """Remove every shop marked as test data (R4.4)."""
    engine = operator(request)
    removed = await remove(engine, [floor for floor in engine.world.floors.values() if floor.shop.test])
    return answer(removed._asdict())


def _refuse(engine: Engine, shop: Shop) -> None:
    if code := shops.refusal(engine.world, shop):
        raise Problem(409, code)


async def _authorize(engine: Engine, shop: Shop, code: str) -> None:
    api = engine.apis.get(shop.platform)
    if api is None:
        raise Problem(502, "no_platform", "the service was started without a gateway")
    try:
        granted = await api.authorize(shop, code)
    except PlatformError as error:
        raise Problem(502, "platform_failed", f"{error} {error.words}".strip()) from error
    shop.access_token, shop.refresh_token = granted.access_token, granted.refresh_token
    shop.token_until = engine.clock.real() + granted.lasts_s


async def remove(engine: Engine, floors: list[ShopFloor]) -> Removed:
    """Remove shops and wait until that is durable."""
    changes, removed = engine.begin(), Removed()
    for floor in floors:
        removed = removed.plus(shops.remove_shop(engine.world, floor, changes))
    await engine.keep(changes)
    if floors:
        log("shops_removed", **removed._asdict())
    return removed

"""An ASGI application is found by its name, started, asked and stopped; a wrong name says what is wrong with it."""

import pytest

from targets.asgi import application, serving
from targets.interface import TargetError
from tests.targets import asgi_apps

HERE = "asgi:tests.targets.asgi_apps"


async def test_an_application_is_started_asked_and_stopped() -> None:
    asgi_apps.EVENTS.clear()
    async with serving(f"{HERE}:whole") as client:
        answer = await client.get("/", params={"name": "甲"})
        assert (answer.status_code, answer.text, asgi_apps.EVENTS) == (200, "hello 甲", ["started"])
    assert asgi_apps.EVENTS == ["started", "stopped"]


async def test_one_that_knows_no_lifespan_is_asked_all_the_same() -> None:
    async with serving(f"{HERE}:bare") as client:
        assert (await client.get("/")).status_code == 204


async def test_one_that_refuses_to_start_is_not_asked() -> None:
    with pytest.raises(TargetError, match="did not start: no database"):
        async with serving(f"{HERE}:refuses_to_start"):
            pass


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("tests.targets.asgi_apps:whole", "names no ASGI factory; write `asgi:package.module:create`"),
        ("asgi:tests.targets.asgi_apps", "names no ASGI factory"),
        ("asgi:no.such.module:create", "cannot be loaded: ModuleNotFoundError"),
        (f"{HERE}:nothing", "has no 'nothing'"),
        (f"{HERE}:number", "gives no ASGI application"),
        (f"{HERE}:broken", "cannot be loaded: OSError: no disk"),
    ],
)
def test_a_wrong_name_says_what_is_wrong(name: str, why: str) -> None:
    with pytest.raises(TargetError, match=why):
        application(name)

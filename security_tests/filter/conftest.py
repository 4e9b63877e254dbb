"""Doors to the filter: the target in this process where it is an ASGI factory, and over the network by its adapter."""

import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count

import httpx
import pytest
import pytest_asyncio

from golive import config as golive_config
from reports.filter_figures import Relation
from security_tests.conftest import REFERENCE
from security_tests.filter.door import Asgi, Door, needed
from security_tests.filter.measuring import Measured, Tally
from suites.labs import Labs
from targets.asgi import serving
from targets.interface import TargetError

WAYS = ("process", "network")


class Applications:
    """The target as an ASGI application of this process, started when first asked for."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._stack = contextlib.AsyncExitStack()
        self._numbers = count(1)
        self._client: httpx.AsyncClient | None = None

    async def door(self) -> Asgi:
        """A shop of its own; skips where the target is no factory."""
        if not self._name:
            pytest.skip("not offered: the target as an ASGI factory (--asgi)")
        if self._client is None:
            try:
                self._client = await self._stack.enter_async_context(serving(self._name))
            except TargetError as error:
                pytest.fail(str(error), pytrace=False)
        made = Asgi(self._client, os.environ.get("REFERENCE_OPERATOR_KEY", "operator"), next(self._numbers))
        await made.open()
        return made

    async def close(self) -> None:
        """Stop it."""
        await self._stack.aclose()


def _factory(config: pytest.Config) -> str:
    if given := config.getoption("asgi"):
        return str(given)
    bundled = config.getoption("target") == golive_config.REFERENCE and not config.getoption("reference_program")
    return REFERENCE if bundled else ""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def applications(request: pytest.FixtureRequest) -> AsyncIterator[Applications]:
    """The application of this process."""
    made = Applications(_factory(request.config))
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="session", params=WAYS)
async def door(request: pytest.FixtureRequest, applications: Applications, labs: Labs) -> Door:
    """The filter of a shop of its own, in this process and over the network."""
    if request.param == "process":
        return await applications.door()
    return needed(await (await labs()).shop(agents=0))


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Iterator[Measured]:
    """What the test measures goes into the result."""
    made = Measured()
    yield made
    if (told := made.figures()) is not None:
        record_property("filter", told)


@pytest.fixture
def relation(request: pytest.FixtureRequest, measured: Measured) -> Iterator[Tally]:
    """The count of the relation that the test is about, which goes into the result under its name and the way in."""
    made = Tally()
    yield made
    name = request.node.originalname.removeprefix("test_").replace("_", " ")
    way = request.node.callspec.params["door"]
    measured.relations.append(Relation(f"{name}[{way}]", made.examples, made.broken))
    if made.looks and not made.examples:
        pytest.fail("of all cases none could have broken the relation: nothing is known of it", pytrace=False)

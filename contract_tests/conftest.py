"""The contract suite's plugin, and the lab whose platform pushes batches."""

from typing import TYPE_CHECKING

import pytest_asyncio

if TYPE_CHECKING:  # a plugin is imported by pytest, which rewrites its asserts
    from suites.lab import Lab
    from suites.labs import Labs

pytest_plugins = ["suites.plugin"]


@pytest_asyncio.fixture(loop_scope="session")
async def doudian(labs: "Labs") -> "Lab":
    """A lab whose platform speaks the doudian profile: the target's own where that does, else one beside it."""
    own = await labs()
    return own if own.platform.batches else await labs(platform="doudian")

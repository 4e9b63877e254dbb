"""The labs of one process, each with settings of its own."""

import contextlib
from pathlib import Path
from typing import Final

import pytest

from golive.failures import Failure
from history.scenario import Gateway
from suites.lab import FAILED, Lab
from suites.opening import open_lab
from suites.setting import Setting

_FAILED: Final = (Failure, Exception)


class Labs:
    """The labs of this process, each opened when first asked for; one that cannot be opened is not tried again."""

    def __init__(self, asked: Setting, folder: Path) -> None:
        self.open: dict[tuple[object, ...], Lab] = {}
        self._asked, self._folder = asked, folder
        self._stack = contextlib.AsyncExitStack()
        self.failed = ""

    async def __call__(
        self, *, platform: str = "", gateway: Gateway | None = None, service: tuple[str, ...] = ()
    ) -> Lab:
        """The lab with that platform profile, gateway and further arguments of the bundled reference."""
        if self.failed:
            pytest.fail(self.failed, pytrace=False)
        key = (platform, gateway, service)
        if key not in self.open:
            if service and self._asked.bound is not None:
                pytest.skip("not offered: a target with settings of a test's own; only the bundled reference has them")
            if platform and self._asked.bound is not None:
                pytest.skip(f"not offered: platform {platform}; a target of golive.toml speaks its adapter's own")
            if self._asked.reach.gateway_port:  # which is one lab's at a time
                await self._stack.aclose()
                self.open.clear()
            try:
                made = open_lab(self._asked, self._folder, platform=platform, gateway=gateway, service=service)
                self.open[key] = await self._stack.enter_async_context(made)
            except _FAILED as error:
                self.failed = f"{FAILED}: {error or type(error).__name__}"
                pytest.fail(self.failed, pytrace=False)
        return self.open[key]

    async def close(self) -> None:
        """Close them all."""
        await self._stack.aclose()

    def story(self) -> str:
        """What happened in all of them."""
        return "\n".join(text for lab in self.open.values() if (text := lab.story.text()))

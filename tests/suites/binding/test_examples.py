"""The check on adapters and systems that nobody wrote for it: the examples of docs/examples."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.console import Console

from golive.config import TargetConfig
from suites.binding.__main__ import check
from suites.setting import Setting
from tests.examples.system import ADMIN, PASSWORD, System, running

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


@asynccontextmanager
async def staging(name: str, system: System) -> AsyncIterator[Setting]:
    async with running(system) as url:
        bound = TargetConfig(url=url, adapter=str(EXAMPLES / f"{name}.py"))
        yield Setting("tiny", bound, {"admin_token": ADMIN, "agent_password": PASSWORD}, patience_s=5.0)


async def checked(to: Setting, folder: Path) -> tuple[int, list[str]]:
    """The exit code, and the lines that are wrong."""
    printed = io.StringIO()
    code = await check(to, folder, folder / "push.json", Console(file=printed, width=300))
    return code, [line for line in printed.getvalue().splitlines() if line.startswith("✗")]


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["polled_rest", "websocket"])
async def test_an_example_is_bound(name: str, tmp_path: Path) -> None:
    async with staging(name, System()) as to:
        assert await checked(to, tmp_path) == (0, [])


@pytest.mark.thorough
async def test_a_system_that_forgets_ids_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLIVE_LANG", "en")
    async with staging("websocket", System("forgets ids")) as to:
        code, (line,) = await checked(to, tmp_path)
    assert (code, line.startswith("✗ a duplicate push"), "pushed twice, it was told 2 times" in line) == (1, True, True)

"""An adapter that speaks httpx, and what its system may answer: respx plays it at the HTTP edge."""

import io
from pathlib import Path

import httpx
import pytest
import respx
from rich.console import Console

from golive.config import TargetConfig
from suites.binding.__main__ import check
from suites.setting import Setting

ADAPTER = '''
"""The adapter of a system that is polled over HTTP, by httpx."""

import httpx

from targets.interface import Agent, Limits, Shop, TargetError, Version


class Polled:
    name, offers, limits, platform = "polled", frozenset(), Limits(poll_s=0.2), "open-im"

    async def open(self, run):
        self.run, self.http = run, httpx.AsyncClient(base_url=run.target_url, timeout=0.5)
        about = await self.ask("GET", "/about")
        return Version(about["name"], about["version"])

    async def close(self):
        await self.http.aclose()
        return []

    async def shop(self, want):
        made = await self.ask("POST", "/tenants", json={"account": want.open_id})
        return Shop(want.id, made["id"], self.run.secrets["hook"])

    async def agents(self, shop, n):
        return [Agent(f"a{number}", shop, 15, self.run.secrets["password"]) for number in range(n)]

    async def connect(self, agent, device, resume):
        await self.ask("POST", "/login", json={"user": agent.id, "password": agent.secret})

    async def ask(self, method, path, **more):
        try:
            answer = await self.http.request(method, path, **more)
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise TargetError(f"{method} {path}: {error or type(error).__name__}") from error


target = Polled()
'''
URL = "http://127.0.0.1:9"
SECRET = "a-password-of-2025"


async def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[str]]:
    monkeypatch.setenv("GOLIVE_LANG", "en")
    (tmp_path / "polled.py").write_text(ADAPTER, encoding="utf-8")
    bound = TargetConfig(url=URL, adapter=str(tmp_path / "polled.py"))
    to = Setting("staging", bound, {"password": SECRET, "hook": f"{URL}/hook"}, patience_s=1.0)
    printed = io.StringIO()
    code = await check(to, tmp_path, tmp_path / "none.json", Console(file=printed, width=300))
    assert SECRET not in printed.getvalue()
    return code, [line for line in printed.getvalue().splitlines() if line.startswith("✗")]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (httpx.Response(200, text="<html>welcome</html>"), "GET /about: Expecting value"),
        (httpx.Response(401, text="expired"), "GET /about: Client error '401 Unauthorized'"),
        (httpx.Response(200, json={"title": "ours"}), "KeyError: 'name'"),
        (httpx.ReadTimeout("read timeout"), "GET /about: read timeout"),
        (httpx.ConnectError("all connection attempts failed"), "GET /about: all connection attempts failed"),
    ],
)
async def test_whatever_the_first_call_gets_it_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: httpx.Response | Exception, says: str
) -> None:
    with respx.mock(base_url=URL) as staging:
        staging.get("/about").mock(**{"side_effect" if isinstance(answer, Exception) else "return_value": answer})
        code, (line,) = await checked(tmp_path, monkeypatch)
    assert (code, line[:7], says in line) == (1, "✗ reach", True), line


async def test_a_webhook_that_does_not_answer_stops_the_list_with_the_gateways_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with respx.mock(base_url=URL) as staging:
        staging.get("/about").respond(json={"name": "ours", "version": "7"})
        staging.post("/tenants").respond(json={"id": "t1"})
        code, (line,) = await checked(tmp_path, monkeypatch)
        assert staging.calls.call_count == 2
    assert (code, line.startswith("✗ shop and agents"), "the gateway refused the webhook" in line) == (1, True, True)

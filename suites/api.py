"""Calls of our HTTP contract by operationId; every answer is held against contract/openapi.yaml."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

import aiohttp
import msgspec
import pytest

from suites.contract import operations, wrong_answer
from suites.story import Story
from targets.interface import Agent

Who = Agent | str  # an agent, "admin", "operator", "anyone", or a whole Authorization header such as "Bearer x"
Bearer = Callable[[Who], Awaitable[str]]


class Answer(NamedTuple):
    """`body` is decoded JSON, or text where the answer is none."""

    status: int
    body: Any
    headers: Mapping[str, str]


class Api:
    """One shop's view of the target's API. `offered` are the operations that the target's own document lists."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        url: str,
        bearer: Bearer,
        offered: Collection[str],
        story: Story,
        patience_s: float,
    ) -> None:
        self._http, self._url, self._bearer = http, url, bearer
        self._offered, self._story, self._patience_s = offered, story, patience_s

    def need(self, *names: str) -> None:
        """Skip the test (*not verified*) where the target does not offer one of these operations."""
        for name in names:
            if name not in operations():
                raise LookupError(f"openapi.yaml has no operation {name!r}")
            if name not in self._offered:
                pytest.skip(f"not offered: operation {name}")

    async def __call__(
        self,
        operation: str,
        *,
        who: Who = "admin",
        body: object = None,
        query: Mapping[str, str | int | float] | None = None,
        headers: Mapping[str, str] | None = None,
        expect: int | Collection[int] = (),
        **path: str | int,
    ) -> Answer:
        """Call it; path parameters are keywords. `expect` () means any success. Fails on another status, or where the
        answer is not as openapi.yaml says.
        """
        self.need(operation)
        known = operations()[operation]
        where = known.path.format(**{name: quote(str(value), safe="") for name, value in path.items()})
        sent = {**(headers or {})}
        if authorization := await self._authorization(who):
            sent["Authorization"] = authorization
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else msgspec.json.encode(body)
            sent.setdefault("Content-Type", "application/json")
        answer, kind = await self._send(known.method, where, data, sent, query)
        name = who if isinstance(who, str) else who.id
        self._story.tell(name if " " not in name else "somebody", f"{known.method} {where} -> {answer.status}")
        wanted = {expect} if isinstance(expect, int) else set(expect)
        if answer.status not in wanted and (wanted or answer.status >= 300):
            due = sorted(wanted) or "a success"
            raise AssertionError(f"{known.method} {where} answered {answer.status}, {due} was due: {answer.body}")
        if wrong := wrong_answer(known, answer.status, kind, answer.body):
            raise AssertionError(f"{known.method} {where}: {wrong}")
        return answer

    async def _authorization(self, who: Who) -> str:
        if isinstance(who, str) and (who == "anyone" or " " in who):
            return "" if who == "anyone" else who
        return f"Bearer {await self._bearer(who)}"

    async def _send(
        self,
        method: str,
        path: str,
        data: bytes | None,
        headers: Mapping[str, str],
        query: Mapping[str, str | int | float] | None,
    ) -> tuple[Answer, str]:
        async with (
            asyncio.timeout(self._patience_s + 10),
            self._http.request(method, self._url + path, data=data, headers=headers, params=query) as got,
        ):
            raw = await got.read()
            kind = got.headers.get("Content-Type", "").partition(";")[0]
            try:
                body = msgspec.json.decode(raw) if kind.endswith("json") and raw else raw.decode(errors="replace")
            except (msgspec.DecodeError, UnicodeDecodeError):
                told = f"{method} {path} answered {got.status} with {kind} that is none: {raw[:200]!r}"
                raise AssertionError(told) from None
            return Answer(got.status, body, dict(got.headers)), kind

"""Calls to the bundled reference's HTTP interface, and how they fail."""

import asyncio
from typing import Any, Final

import aiohttp
import msgspec

from targets.interface import Run, TargetError
from targets.reference_device import ANSWER_S

BROKEN: Final = (aiohttp.ClientError, OSError, TimeoutError)


class _Problem(msgspec.Struct):
    code: str = ""


class Refused(TargetError):
    """The target answered, and not with success; `code` is the problem's."""

    def __init__(self, says: str, status: int, code: str) -> None:
        super().__init__(says)
        self.status = status
        self.code = code


class Calls:
    """(method, path, token, body) -> decoded answer, {} where it is empty; anything but 2xx in time raises."""

    def __init__(self, run: Run) -> None:
        self._run = run

    async def __call__(self, method: str, path: str, token: str = "", body: object = None) -> Any:
        """One call. Raises Refused where the answer is no success, TargetError where there is none."""
        url = self._run.target_url + path
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        data = None if body is None else msgspec.json.encode(body)
        if data is not None:
            headers["Content-Type"] = "application/json"
        try:
            async with (
                asyncio.timeout(ANSWER_S),
                self._run.http.request(method, url, data=data, headers=headers) as got,
            ):
                status, answer = got.status, await got.read()
        except BROKEN as error:
            raise TargetError(f"{method} {url}: no answer ({why(error)}); is the target running there?") from error
        if status >= 300:
            says = f"{method} {url}: answered {status}: {answer[:200].decode(errors='replace')}"
            raise Refused(says, status, _code(answer))
        try:
            return msgspec.json.decode(answer) if answer else {}
        except msgspec.DecodeError as error:
            raise TargetError(f"{method} {url}: the answer is no JSON; is this the reference service?") from error


def why(error: BaseException) -> str:
    """A broken connection in words."""
    return f"not within {ANSWER_S:.0f} s" if isinstance(error, TimeoutError) else str(error) or type(error).__name__


def _code(answer: bytes) -> str:
    try:
        return msgspec.json.decode(answer, type=_Problem).code
    except msgspec.DecodeError:
        return ""

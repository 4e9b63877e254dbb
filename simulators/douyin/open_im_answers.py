"""The answers of profile `open-im` to calls: HTTP 200 also where it refuses (douyin-protocol.md 4c)."""

from typing import Any

import msgspec

from simulators.douyin.open_im_codes import code
from targets.platform import Accepted, Grant, Outcome, Refusal, Response, Stub


class Status(msgspec.Struct, frozen=True):
    """`data` of every answer."""

    error_code: int = 0
    description: str = ""


class Extra(msgspec.Struct, frozen=True, kw_only=True):
    """`extra` of every answer; `now` in whole seconds."""

    error_code: int = 0
    sub_error_code: int = 0
    description: str = ""
    sub_description: str = ""
    now: int
    logid: str


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The whole answer."""

    extra: Extra
    data: Status | msgspec.Raw
    msg_id: str = ""


_encode = msgspec.json.Encoder().encode


def answer(outcome: Accepted | Stub | Refusal, now_s: float, log_id: str) -> Response:
    """The answer to a call, its code in `extra` and in `data`; HTTP 404 to a call that is not simulated."""
    number, words, message = 0, "", ""
    data: Status | msgspec.Raw = Status()
    if isinstance(outcome, Refusal):
        if outcome.reason == "not_simulated":
            return Response(404, f"{outcome.words}\n".encode())
        number, words = code(outcome.reason), outcome.words
        data = Status(number, words)
    elif isinstance(outcome, Stub):
        data = msgspec.Raw(outcome.data)
    else:
        message = outcome.message
    extra = Extra(error_code=number, description=words, now=int(now_s), logid=log_id)
    return Response(200, _encode(Answer(extra=extra, data=data, msg_id=message)))


def token_answer(outcome: Outcome) -> Response:
    """The answer of /oauth/…."""
    data: dict[str, Any]
    if isinstance(outcome, Grant):
        data = {
            "access_token": outcome.access_token,
            "expires_in": int(outcome.expires_in),
            "refresh_token": outcome.refresh_token,
            "refresh_expires_in": int(outcome.refresh_expires_in),
            "open_id": outcome.shop.open_id,
            "error_code": 0,
            "description": "",
        }
        return Response(200, _encode({"data": data, "message": "success"}))
    refused = outcome if isinstance(outcome, Refusal) else Refusal("bad_parameter", "")
    data = {"error_code": code(refused.reason), "description": refused.words}
    return Response(200, _encode({"data": data, "message": "error"}))

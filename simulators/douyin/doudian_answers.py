"""The answers of Doudian's open API: HTTP 200 whatever they say (section 2, [C])."""

from typing import Any

import msgspec

from simulators.douyin.doudian_codes import CODES
from targets.platform import Grant, Outcome, Refusal, Response, Stub

_encode = msgspec.json.Encoder().encode


def answer(outcome: Outcome, log_id: str, legacy: bool) -> Response:
    """The answer to a call; `legacy` adds err_no and message."""
    number, sub, words = 10000, "", "success"
    if isinstance(outcome, Refusal):
        (number, sub), words = CODES[outcome.reason], outcome.words
    refused = number != 10000
    said: dict[str, Any] = {
        "code": number,
        "msg": words,
        "sub_code": sub,
        "sub_msg": words if refused else "",
        "log_id": log_id,
        "data": _data(outcome),
    }
    if legacy:
        said |= {"err_no": number if refused else 0, "message": words}
    return Response(200, _encode(said))


def _data(outcome: Outcome) -> Any:
    if isinstance(outcome, Grant):
        return {
            "access_token": outcome.access_token,
            "expires_in": int(outcome.expires_in),
            "refresh_token": outcome.refresh_token,
            "scope": "SCOPE",
            "shop_id": int(outcome.shop.open_id),
            "shop_name": outcome.shop.name,
            "authority_id": "",
            "auth_subject_type": "",
        }
    if isinstance(outcome, Stub):
        return msgspec.Raw(outcome.data)
    if isinstance(outcome, Refusal):
        return None
    return {"message_id": outcome.message} if outcome.message else {}

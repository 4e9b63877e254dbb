"""What open.douyin.com's answers to a reply mean."""

from typing import Any

import msgspec
import pytest

from reference_service.domain.outbox import Answer
from reference_service.platforms.open_im_api import understand


def told(extra: int = 0, data: int = 0, **more: Any) -> bytes:
    inner = {"extra": {"error_code": extra, "description": "e"}, "data": {"error_code": data, "description": "d"}}
    return msgspec.json.encode(inner | more)


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, told(msg_id="@r=="), Answer("ok", "@r==")),
        (200, told(28001005), Answer("busy", code=28001005, words="e")),
        (200, told(28003018), Answer("busy", code=28003018, words="e")),
        (200, told(28001003), Answer("expired", code=28001003, words="e")),
        (200, told(data=28001008), Answer("expired", code=28001008, words="d")),
        (200, told(data=28001007), Answer("refused", code=28001007, words="d")),
        (400, told(), Answer("refused", code=400, words="d")),
        (429, b"", Answer("busy", code=28003018, words="HTTP 429")),
        (502, told(msg_id="@r=="), Answer("lost", words="HTTP 502")),
        (200, b"<html>", Answer("lost", code=200, words="HTTP 200 with a strange body")),
        (200, b"\xff", Answer("lost", code=200, words="HTTP 200 with a strange body")),
        (404, b"<html>", Answer("refused", code=404, words="HTTP 404 with a strange body")),
    ],
)
def test_both_codes_inside_the_answer_decide(status: int, body: bytes, answer: Answer) -> None:
    assert understand(status, body) == answer

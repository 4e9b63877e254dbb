"""A real push beside golive's own: which fields differ."""

from typing import Any

import msgspec
import pytest

from history.run import App
from simulators.douyin.profiles import profile
from suites.binding.sample import Unreadable, body_of, differences, nearest, ours, shape
from targets.platform import Message

APP = App(client_key="k", client_secret="s")
OPEN_IM = profile("open-im")
TEXT = Message("receive", "71", "72", "73", "74", "小李", "发货了吗", 9, 1_764_000_000_000)
READ = TEXT._replace(event="read")


def pushed(message: Message, platform: str = "open-im") -> Any:
    return msgspec.json.decode(profile(platform).write([message], APP))


@pytest.mark.parametrize("platform", ["open-im", "doudian"])
@pytest.mark.parametrize("message", [TEXT, READ, TEXT._replace(event="recall"), TEXT._replace(event="echo")])
def test_our_own_push_is_known_and_differs_in_nothing(platform: str, message: Message) -> None:
    speaks = profile(platform)
    if message.event not in speaks.tells:
        pytest.skip(f"{platform} does not push {message.event}")
    theirs = shape(pushed(message, platform))
    written = ours(speaks, APP)
    assert differences(theirs, written[nearest(theirs, written)]) == []


def test_every_difference_is_named_with_its_place() -> None:
    real = pushed(TEXT)
    del real["log_id"]
    real["content"]["trace"] = {"id": 7}
    real["content"]["index"] = "9"
    theirs, written = shape(real), ours(OPEN_IM, APP)
    assert nearest(theirs, written) == "receive"
    assert differences(theirs, written["receive"]) == [
        "only the real push has /content/trace (object)",
        "only the real push has /content/trace/id (number)",
        "only golive's has /log_id (text)",
        "/content/index is text there, number here",
    ]


def test_content_as_a_text_is_looked_into_and_told_apart() -> None:
    real = pushed(TEXT)
    real["content"] = msgspec.json.encode(real["content"]).decode()
    told = differences(shape(real), ours(OPEN_IM, APP)["receive"])
    assert told == ["/content is object as text there, object here"]


def test_a_file_holds_the_body_or_an_object_with_it() -> None:
    body = pushed(TEXT)
    raw = msgspec.json.encode(body)
    kept = [raw, msgspec.json.encode({"headers": {}, "body": body}), msgspec.json.encode({"body": raw.decode()})]
    assert [body_of(each) for each in kept] == [body] * 3


@pytest.mark.parametrize("raw", [b"", b"{", b"7", b"[]", b'{"body": "x"}', b"\xff"])
def test_what_is_no_push_is_said(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        body_of(raw)

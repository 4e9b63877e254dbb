"""The platform's events as they really come: content as object or string, strange ids, strange places."""

import msgspec
import pytest

from reference_service.domain.events import Content, EventError, parse

OBJECT = b'{"event":"im_receive_msg","client_key":"k","from_user_id":"c","to_user_id":"o","content":%s,"log_id":"1"}'
CONTENT = '{"conversation_short_id":"@C==","server_message_id":"@m==","message_type":"text","text":"捷途70","index":7}'


@pytest.mark.parametrize("content", [CONTENT.encode(), msgspec.json.encode(CONTENT)], ids=["object", "string"])
def test_content_may_be_an_object_or_a_json_string(content: bytes) -> None:
    envelope, read = parse(OBJECT % content)
    assert (envelope.event, envelope.from_user_id, envelope.to_user_id) == ("im_receive_msg", "c", "o")
    assert (read.conversation_short_id, read.server_message_id, read.text, read.place()) == (
        "@C==",
        "@m==",
        "捷途70",
        7,
    )


@pytest.mark.parametrize(
    ("index", "place"),
    [(7, 7), ("7", 7), (None, None), ("x", None), ("", None), (-1, None), (2**63 - 1, 2**63 - 1), (2**63, None)],
)
def test_a_place_is_a_number_that_storage_can_hold_or_none(index: int | str | None, place: int | None) -> None:
    assert Content(index=index).place() == place


def test_a_message_without_text_is_named_by_its_kind() -> None:
    assert Content(message_type="image").words() == "[image]"
    assert Content(message_type="text", text="").words() == ""


def test_an_unknown_event_is_read_whatever_its_content() -> None:
    envelope, _ = parse(b'{"event":"im_dance","content":[1,{"a":null}]}')
    assert envelope.event == "im_dance"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"content":{}}',
        b'{"event":7}',
        b"\xff\xfe",
        b'{"event":"im_receive_msg","content":"{"}',
        b'{"event":"im_receive_msg","content":{"conversation_short_id":"@C=="}}',
        b'{"event":"im_receive_msg","content":{"text":{}}}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_event_is_an_error_that_says_so(body: bytes) -> None:
    with pytest.raises(EventError, match=r"\w"):
        parse(body)

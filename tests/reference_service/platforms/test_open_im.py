"""Open-im's webhook as it really comes: signed raw bytes, content as object or string, strange ids, strange places."""

from typing import Any

import msgspec
import pytest

from reference_service.domain.events import (
    Account,
    Echoed,
    Entered,
    EventError,
    Pushed,
    Rated,
    Read,
    Recalled,
    Written,
    place_of,
    rated_of,
)
from reference_service.platforms import open_im

VECTOR_SECRET = "test_secret"
VECTOR_BODY = b'{"event":"verify_webhook","client_key":"abc","content":{"challenge":12345}}'
VECTOR = "ff779a3b9e9daa2d1484d22450cd02e9fcfc4e62"
CONTENT = '{"conversation_short_id":"@C==","server_message_id":"@m==","message_type":"text","text":"捷途70","index":7}'
OURS = Account("open-im", "o", "k")


def genuine(body: bytes, given: str, *secrets: str) -> bool:
    apps = {f"app{number}": secret for number, secret in enumerate(secrets)}
    return open_im.genuine(apps, {"x-douyin-signature": given} if given else {}, body)


def event(name: str, content: bytes, frm: str = "c", to: str = "o") -> bytes:
    head = f'{{"event":"{name}","client_key":"k","from_user_id":"{frm}","to_user_id":"{to}","content":'
    return head.encode() + content + b',"log_id":"1"}'


def test_signature_equals_the_published_algorithms_vector() -> None:
    assert open_im.sign(VECTOR_SECRET, VECTOR_BODY) == VECTOR


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("", "missing"),
        (VECTOR[:-1], "truncated"),
        (VECTOR.upper(), "another spelling"),
        (VECTOR + "0", "longer"),
        ("é" * 40, "not ASCII"),
    ],
)
def test_wrong_signatures_are_refused(given: str, why: str) -> None:
    assert not genuine(VECTOR_BODY, given, VECTOR_SECRET), why


def test_a_reserialised_body_is_refused() -> None:
    assert not genuine(VECTOR_BODY.replace(b":", b": "), VECTOR, VECTOR_SECRET)


def test_any_of_several_apps_may_have_signed() -> None:
    assert genuine(VECTOR_BODY, VECTOR, "other", VECTOR_SECRET)
    assert not genuine(VECTOR_BODY, VECTOR, "other")
    assert not genuine(VECTOR_BODY, VECTOR)


@pytest.mark.parametrize("content", [CONTENT.encode(), msgspec.json.encode(CONTENT)], ids=["object", "string"])
def test_content_may_be_an_object_or_a_json_string(content: bytes) -> None:
    written = Written(OURS, "@C==", "@m==", "c", "", "text", "捷途70", 7)
    assert open_im.parse({}, event("im_receive_msg", content)) == Pushed((written,), b"{}")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (event("im_send_msg", CONTENT.encode(), frm="o", to="c"), Echoed(OURS, "@C==", "@m==", "捷途70")),
        (
            event(
                "im_enter_direct_msg", b'"{\\"conversation_short_id\\":\\"@C==\\",\\"server_message_id\\":\\"@E==\\"}"'
            ),
            Entered(OURS, "@C==", "@E==", "c"),
        ),
        (event("im_enter_direct_msg", b"{}"), Entered(OURS, "", "", "c")),
        (event("im_recall_msg", b'"{\\"server_message_id\\":\\"@m==\\"}"'), Recalled(OURS, "", "@m==")),
        (event("im_message_read", b'{"conversation_short_id":"@C==","index":"9"}'), Read(OURS, "@C==", 9)),
        (
            event("golive_im_score", b'{"conversation_short_id":"@C==","server_message_id":"@r==","score":"4"}'),
            Rated(OURS, "@C==", "@r==", 4),
        ),
    ],
)
def test_echo_entry_recall_read_and_rating_have_their_own_meaning(body: bytes, told: Any) -> None:
    assert open_im.parse({}, body) == Pushed((told,), b"{}")


@pytest.mark.parametrize("stars", [1, 2, 3, 4, 5])
def test_every_number_of_stars_is_taken_as_number_and_as_digit(stars: int) -> None:
    for given in (stars, str(stars)):
        assert rated_of(OURS, "@C==", "@r==", given) == Rated(OURS, "@C==", "@r==", stars)


def test_the_nickname_is_the_writers() -> None:
    users = b'{"server_message_id":"m","conversation_short_id":"C","user_infos":[%s,%s]}' % (
        b'{"open_id":"o","nick_name":"shop"}',
        '{"open_id":"c","nick_name":"小王"}'.encode(),
    )
    (written,) = open_im.parse({}, event("im_receive_msg", users)).events
    assert isinstance(written, Written)
    assert written.nick == "小王"


def test_a_challenge_comes_back_as_it_was_sent() -> None:
    assert open_im.parse({}, VECTOR_BODY).answer == b'{"challenge":12345}'
    assert open_im.parse({}, VECTOR_BODY.replace(b"12345", b'"x"')).answer == b'{"challenge":"x"}'


@pytest.mark.parametrize(
    ("index", "place"),
    [(7, 7), ("7", 7), (None, None), ("x", None), ("", None), (-1, None), (2**63 - 1, 2**63 - 1), (2**63, None)],
)
def test_a_place_is_a_number_that_storage_can_hold_or_none(index: int | str | None, place: int | None) -> None:
    assert place_of(index) == place


@pytest.mark.parametrize("name", ["im_dance", "im_authorize"])
def test_an_event_of_no_interest_is_acknowledged_whatever_its_content(name: str) -> None:
    assert open_im.parse({}, event(name, b'[1,{"a":null}]')) == Pushed((), b"{}", (name,))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"content":{}}',
        b'{"event":7}',
        b"\xff\xfe",
        b'{"event":"verify_webhook","content":{}}',
        b'{"event":"im_receive_msg","content":"{"}',
        b'{"event":"im_receive_msg","content":{"conversation_short_id":"@C=="}}',
        b'{"event":"im_receive_msg","content":{"text":{}}}',
        b'{"event":"golive_im_score","content":{"conversation_short_id":"@C==","server_message_id":"@r==","score":6}}',
        b'{"event":"golive_im_score","content":{"conversation_short_id":"@C==","score":5}}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_event_is_an_error_that_says_so(body: bytes) -> None:
    with pytest.raises(EventError, match=r"\w"):
        open_im.parse({}, body)

"""The checker of the session grammar on hand-written sessions: good ones pass, and each sin is named."""

from typing import Any

import pytest

from suites.grammar import Written, breaches, closed


def said(op: str, s: int = 0, **d: Any) -> Written:
    return Written("service", op, s, d)


def asked(op: str, **d: Any) -> Written:
    return Written("device", op, 0, d)


HELLO = [said("hello", heartbeat_s=15, resume_window_s=30)]
FRESH = [*HELLO, asked("identify", token="t", device_id="1"), said("ready", s=0, agent_id="a1")]
FRESH = [*FRESH[:2], Written("service", "ready", 0, {"s": 7})]
BACK = [*HELLO, asked("resume", session_id="x", s=7)]

GOOD = {
    "a fresh device and live dispatches": [*FRESH, said("dispatch", 8), said("dispatch", 9), closed(1000)],
    "resume, replay, live": [
        *BACK,
        said("dispatch", 8),
        said("dispatch", 9),
        Written("service", "resumed", 0, {"replayed": 2, "s": 9}),
        said("dispatch", 10),
    ],
    "resume with nothing missed": [
        *BACK,
        Written("service", "resumed", 0, {"replayed": 0, "s": 7}),
        said("dispatch", 8),
    ],
    "an invalid session, then identify": [
        *BACK,
        said("invalid_session", resumable=False),
        *FRESH[1:],
        said("dispatch", 8),
    ],
    "a reply accepted before its dispatch": [
        *FRESH,
        asked("send", client_msg_id="m"),
        said("sent", client_msg_id="m"),
        said("dispatch", 8),
    ],
    "a reply accepted after its dispatch": [
        *FRESH,
        asked("send", client_msg_id="m"),
        said("dispatch", 8),
        said("sent", client_msg_id="m"),
    ],
    "a reply refused": [*FRESH, asked("send", client_msg_id="m"), said("error", code="blocked", client_msg_id="m")],
    "heartbeats": [*FRESH, asked("heartbeat"), Written("service", "heartbeat_ack", 0, {"s": 7}), said("dispatch", 8)],
    "a read that is refused": [*FRESH, asked("read", seq=99), said("error", code="bad_seq")],
    "a restart": [*FRESH, said("reconnect", why="restarting"), closed(1012)],
    "no name in time": [*HELLO, closed(4001)],
    "a frame that is none": [*HELLO, asked("nonsense"), said("error", code="bad_frame"), closed(4002)],
}
BAD = {
    "something before hello": ([said("ready", 0)], "hello was due"),
    "a dispatch before ready": ([*FRESH[:2], said("dispatch", 8)], "ready or error was due"),
    "a dispatch before the device has a name": ([*HELLO, said("dispatch", 8)], "error was due"),
    "a gap": ([*FRESH, said("dispatch", 9)], "s is 9 after 7"),
    "the same twice": ([*FRESH, said("dispatch", 8), said("dispatch", 8)], "s is 8 after 8"),
    "a gap in the replay": ([*BACK, said("dispatch", 9)], "s is 9 after 7"),
    "a live dispatch before resumed": (
        [*BACK, said("dispatch", 8), Written("service", "resumed", 0, {"replayed": 0, "s": 7})],
        "written were 1",
    ),
    "a replay, then an invalid session": ([*BACK, said("dispatch", 8), said("invalid_session")], "follows 1 replayed"),
    "an answer nobody asked for": ([*FRESH, said("sent", client_msg_id="m")], "nothing with client_msg_id 'm'"),
    "two answers": (
        [*FRESH, asked("send", client_msg_id="m"), *[said("sent", client_msg_id="m")] * 2],
        "nothing with client_msg_id 'm'",
    ),
    "an error about nothing": ([*FRESH, said("error", code="bad_frame")], "nothing with client_msg_id ''"),
    "a beat nobody asked for": ([*FRESH, Written("service", "heartbeat_ack", 0, {"s": 7})], "no heartbeat"),
    "a beat ahead of the device": (
        [*FRESH, asked("heartbeat"), Written("service", "heartbeat_ack", 0, {"s": 9})],
        "it says s 9",
    ),
    "more after reconnect": ([*FRESH, said("reconnect"), said("dispatch", 8)], "nothing else"),
    "another code after reconnect": ([*FRESH, said("reconnect"), closed(1000)], "1012, not 1000"),
    "a code of nobody's": ([*FRESH, closed(4999)], "4999 is none"),
    "a second hello": ([*FRESH, said("hello")], "hello has no place"),
}


@pytest.mark.parametrize("session", GOOD.values(), ids=GOOD)
def test_a_session_by_the_grammar_passes(session: list[Written]) -> None:
    assert breaches(session) == []


@pytest.mark.parametrize(("session", "words"), BAD.values(), ids=BAD)
def test_a_sin_against_the_grammar_is_named(session: list[Written], words: str) -> None:
    (wrong,) = breaches(session)
    assert words in wrong

"""What of the Synapse example can be held true without Synapse: the adapter's words, the bridge's reading of Douyin."""

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from simulators.douyin.profiles import profile
from targets.interface import Event
from targets.loading import load, run_file
from targets.platform import Message

FOLDER = Path(__file__).parents[2] / "docs" / "examples" / "synapse"
SPEAKS = profile("open-im")
APP = SPEAKS.app(Random(1))
SAID = Message("receive", "@M1==", "@Cs01.c1==", "ou_c1", "shop-1", "小王", "在吗 <b>", 1, 0)


@pytest.fixture(scope="module")
def douyin() -> Any:
    return run_file(FOLDER / "douyin.py")


def test_the_adapter_is_one() -> None:
    target = load(str(FOLDER / "adapter.py"))
    assert (target.name, target.offers) == ("synapse", {"resume", "recall", "transfer"})


def test_the_bridge_takes_what_the_platform_signed_and_nothing_else(douyin: Any) -> None:
    request = SPEAKS.sign(SPEAKS.write([SAID], APP), [SAID], APP)
    given = request.headers["X-Douyin-Signature"]
    assert douyin.genuine(APP.client_secret, request.body, given)
    for body, secret, sign in (
        (request.body + b" ", APP.client_secret, given),
        (request.body, "another", given),
        (request.body, APP.client_secret, given[:20]),
        (request.body, APP.client_secret, ""),
    ):
        assert not douyin.genuine(secret, body, sign)


def test_the_bridge_reads_a_message_an_echo_and_a_recall(douyin: Any) -> None:
    heard = douyin.parse(SPEAKS.write([SAID], APP))
    assert heard == douyin.Pushed(
        "im_receive_msg", "shop-1", "ou_c1", "小王", "@Cs01.c1==", "@M1==", "在吗 <b>", "", None
    )
    echo = douyin.parse(SPEAKS.write([SAID._replace(event="echo")], APP))
    assert (echo.event, echo.shop, echo.customer, echo.source) == ("im_send_msg", "shop-1", "ou_c1", APP.client_key)
    recall = douyin.parse(SPEAKS.write([SAID._replace(event="recall")], APP))
    assert (recall.event, recall.message) == ("im_recall_msg", "@M1==")
    assert douyin.parse(b'{"event":"im_dance","content":[1]}').event == "im_dance"
    for rubbish in (b"", b"[]", b"{"):
        with pytest.raises(ValueError, match=r"."):
            douyin.parse(rubbish)


def test_a_reply_that_was_on_its_way_when_the_bridge_died_is_known_as_such(tmp_path: Path) -> None:
    store = run_file(FOLDER / "store.py").Store
    first = store(str(tmp_path / "s"))
    first.keep_reply("!r", "k1", "$1", "您好")
    first.keep_reply("!r", "k2", "$3", "再见")
    first.mark(first.replies("!r")[0], "sending")
    first.keep_reply("!r", "k1", "$2", "您好")  # told twice
    again = store(str(tmp_path / "s"))
    assert [(reply.name, reply.state) for reply in again.replies("!r")] == [("k1", "sending"), ("k2", "new")]
    assert again.rooms_that_wait() == ["!r"]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (
            {"type": "com.example.douyin.assigned", "content": {"agent": "@a:x"}},
            Event("assigned", "!r", "system", "$1"),
        ),
        (
            {"type": "com.example.douyin.assigned", "content": {"agent": None}},
            Event("released", "!r", "system", "$1", note="resolved"),
        ),
        (
            {"type": "m.room.message", "content": {"body": "在吗", "com.example.douyin": {"message_id": "@M1=="}}},
            Event("message", "!r", "customer", "$1", "@M1==", text="在吗"),
        ),
        (
            {
                "type": "m.room.message",
                "content": {"com.example.douyin": {"client_id": "k", "in_doubt": True, "why": "w"}} | {"body": "?"},
            },
            Event("in_doubt", "!r", "system", "$1", client_id="k", note="w"),
        ),
        ({"type": "m.room.redaction", "content": {"redacts": "$0"}}, Event("recalled", "!r", "customer", "$0")),
        ({"type": "m.room.topic", "content": {}}, None),
    ],
)
def test_the_adapter_reads_a_rooms_events(raw: dict[str, Any], told: Event | None) -> None:
    read = run_file(FOLDER / "adapter.py").read
    assert read("!r", {"event_id": "$1", "sender": "@douyin_1:x", **raw}, "@a:x") == told


def test_every_requirement_is_pinned_by_hash_and_names_no_index() -> None:
    text = (FOLDER / "requirements.txt").read_text(encoding="utf-8")
    wanted = re.findall(r"^([\w.-]+)==\S+ \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE)
    assert len(wanted) == len(re.findall(r"^[\w.-]+==", text, re.MULTILINE)) > 60
    assert "://" not in text


def test_synapse_is_told_to_stay_on_this_machine() -> None:
    told = run_file(FOLDER / "run.py").homeserver("secret")
    assert [listener["bind_addresses"] for listener in told["listeners"]] == [["127.0.0.1"]]
    assert (told["federation_domain_whitelist"], told["trusted_key_servers"], told["report_stats"]) == ([], [], False)

"""The platform's decisions, without a server."""

from random import Random
from typing import Any

import msgspec
import pytest

from history.run import first_id
from simulators.douyin import frames
from simulators.douyin.conversation import Conversation
from simulators.douyin.doudian import Doudian
from simulators.douyin.open_im import OpenIm
from simulators.douyin.switchboard import Replied, Switchboard, Withdrawn
from targets.platform import Call, Grant, Platform, Recall, Refusal, Reply, TokenCall
from tests.simulators.douyin.conftest import make_spec

NOW = 1_700_000_000.0


def made(**settings: Any) -> Switchboard:
    return Switchboard(make_spec(**settings), OpenIm())


def ask(board: Switchboard, what: Reply | Recall, now: float = NOW) -> Replied | Withdrawn | Refusal:
    shop = board.allow(Call(token(board), "shop-1", what), now)
    return shop if isinstance(shop, Refusal) else board.do(shop, what, now)


def joined(board: Switchboard, customer: str = "c1", shop: str = "s1") -> Conversation:
    conversation = board.hello(frames.Hello(customer, shop, "小王"))
    assert isinstance(conversation, Conversation)
    return conversation


def token(board: Switchboard, shop: int = 1) -> str:
    grant = board.tokens.grant(TokenCall("code", code=f"code-{shop}"), NOW)
    assert isinstance(grant, Grant)
    return grant.access_token


def test_a_customer_meets_a_shop_in_one_conversation_however_often_they_come() -> None:
    board = made()
    assert joined(board) is joined(board)
    assert joined(board).id == "@C1.s1.c1=="
    assert len({joined(board, c, s).id for c in ("c1", "c2") for s in ("s1", "s2")}) == 4


@pytest.mark.parametrize("platform", [OpenIm(), Doudian()])
def test_no_id_of_a_run_comes_again_in_another(platform: Platform) -> None:
    given: list[str] = []
    for seed in range(20):
        spec = msgspec.structs.replace(make_spec(), first=first_id(Random(seed)))
        board = Switchboard(spec, platform)
        given += [joined(board).id, *(board.fresh_id(event) for event in ("receive", "enter", "rated"))]
    assert len(set(given)) == len(given)


def test_an_unknown_shop_is_an_error() -> None:
    assert made().hello(frames.Hello("c1", "s9")) == frames.Error("unknown_shop", "this run has no shop 's9'")


def test_both_directions_share_one_index_and_ids_never_repeat() -> None:
    board = made()
    talk = joined(board)
    first, _ = board.send(talk, frames.Send("1", "a"), NOW)
    replied = ask(board, Reply(talk.id, "ou_c1", first.message, "b"), NOW)
    second, _ = board.send(talk, frames.Send("2", "c"), NOW)
    assert isinstance(replied, Replied)
    assert [first.index, replied.receive.index, second.index] == [1, 2, 3]
    assert len({first.message, replied.receive.message, second.message}) == 3
    assert replied.echo == talk.event("echo", replied.receive.message, "b", 2, NOW)


@pytest.mark.parametrize(
    ("change", "reason", "why"),
    [
        ({"conversation": "@C9.s1.c9=="}, "unknown_conversation", "conversation_id is unknown"),
        ({"conversation": "@C2.s2.c1=="}, "unknown_conversation", "conversation_id is unknown"),
        ({"to": "ou_c2"}, "bad_parameter", "to_user_id is not the customer"),
        ({"answers": "@M99=="}, "bad_parameter", "msg_id is no customer's message"),
        ({"text": ""}, "bad_parameter", "text must have 1 to 2000 characters"),
        ({"text": "长" * 2001}, "bad_parameter", "text must have 1 to 2000 characters"),
    ],
)
def test_a_reply_with_a_wrong_field_is_refused(change: dict[str, str], reason: str, why: str) -> None:
    board = made()
    talk = joined(board)
    joined(board, "c1", "s2")
    accepted, _ = board.send(talk, frames.Send("1", "a"), NOW)
    refused = ask(board, Reply(talk.id, "ou_c1", accepted.message, "b")._replace(**change), NOW)
    assert isinstance(refused, Refusal)
    assert refused.reason == reason
    assert refused.words.startswith(why)
    assert talk.missed(0) == []


def test_the_token_is_looked_at_before_the_rate_and_the_rate_before_the_parameters() -> None:
    board = made(calls_per_s=1.0)
    mine, wrong = token(board), Reply("@none==", "", "", "")

    def reason(account: str, access: str) -> str:
        shop = board.allow(Call(access, account, wrong), NOW)
        refused = shop if isinstance(shop, Refusal) else board.do(shop, wrong, NOW)
        assert isinstance(refused, Refusal)
        return refused.reason

    assert [reason("shop-1", "act.no"), reason("shop-2", mine), reason("shop-1", mine), reason("shop-1", mine)] == [
        "token_invalid",
        "token_mismatch",
        "unknown_conversation",
        "rate",
    ]


def test_the_window_and_the_count_are_the_scenarios() -> None:
    board = made(replies_per_turn=1, reply_open_s=60.0)
    talk = joined(board)
    accepted, _ = board.send(talk, frames.Send("1", "a"), NOW)
    reply = Reply(talk.id, "ou_c1", accepted.message, "b")
    outcomes = [
        ask(board, reply, NOW + 61),
        *(ask(board, reply, NOW) for _ in "12"),
    ]
    assert [outcome.reason if isinstance(outcome, Refusal) else "taken" for outcome in outcomes] == [
        "quota",
        "taken",
        "quota",
    ]


def test_a_reply_is_taken_back_once_and_only_in_its_conversation() -> None:
    board = made()
    talk = joined(board)
    accepted, _ = board.send(talk, frames.Send("1", "a"), NOW)
    replied = ask(board, Reply(talk.id, "ou_c1", accepted.message, "b"), NOW)
    assert isinstance(replied, Replied)
    elsewhere = ask(board, Recall(joined(board, "c2").id, replied.receive.message), NOW)
    once, twice = (ask(board, Recall(talk.id, replied.receive.message), NOW) for _ in "12")
    assert [type(each) for each in (elsewhere, once, twice)] == [Refusal, Withdrawn, Refusal]


def test_a_customer_takes_back_only_what_they_wrote_and_reads_only_what_is_there() -> None:
    board = made()
    talk = joined(board)
    accepted, _ = board.send(talk, frames.Send("1", "a"), NOW)
    assert board.recall(talk, frames.Recall(accepted.message), NOW) == talk.event(
        "recall", accepted.message, "", 0, NOW
    )
    assert isinstance(board.recall(talk, frames.Recall("@M99=="), NOW), frames.Error)
    assert board.read(talk, frames.Read(1), NOW) == talk.event("read", "", "", 1, NOW)
    assert isinstance(board.read(talk, frames.Read(2), NOW), frames.Error)

"""What a conversation remembers, and how much of it."""

from simulators.douyin.conversation import KEPT_REPLIES, KEPT_SENDS, Conversation
from simulators.douyin.frames import Accepted, Receive
from simulators.douyin.window import ReplyWindow
from targets.platform import Message
from tests.simulators.douyin.conftest import SHOPS


def conversation() -> Conversation:
    return Conversation("@C==", SHOPS[0], "c1", "ou_c1", "小王", ReplyWindow())


def test_a_customer_who_comes_back_gets_what_lies_beyond_the_index_they_saw() -> None:
    talk = conversation()
    replies = [Receive(f"m{n}", n, "") for n in (2, 4, 5)]
    for reply in replies:
        talk.keep_reply(reply)
    assert [talk.missed(0), talk.missed(2), talk.missed(5)] == [replies, replies[1:], []]


def test_a_recalled_reply_is_not_sent_again() -> None:
    talk = conversation()
    talk.keep_reply(Receive("m2", 2, ""))
    assert [talk.drop_reply("m2"), talk.drop_reply("m2"), talk.missed(0)] == [True, False, []]


def test_memory_is_bounded() -> None:
    talk = conversation()
    for n in range(2000):
        talk.keep_send(Accepted(f"c1-{n}", f"m{n}", n))
        talk.keep_reply(Receive(f"r{n}", n, ""))
    assert (len(talk._sends), len(talk.missed(-1))) == (KEPT_SENDS, KEPT_REPLIES)
    assert talk.sent("c1-0") is None
    assert talk.sent("c1-1999") == Accepted("c1-1999", "m1999", 1999)
    assert [talk.wrote("m1999"), talk.wrote("m0")] == [True, False]


def test_an_event_carries_both_accounts_and_the_time_in_ms() -> None:
    assert conversation().event("receive", "m1", "你好", 1, 1700000000.5) == Message(
        "receive", "m1", "@C==", "ou_c1", "shop-1", "小王", "你好", 1, 1700000000500
    )

"""Life stories joined from all streams."""

from history.tokens import token
from reports.life import is_token

S = 1_000_000_000


def test_a_message_has_its_whole_story(tell, clean):
    row = tell(clean).messages.row(0, named=True)
    assert row == {
        "message": "@1",
        "own": "c1-1",
        "shop": "s1",
        "conversation": "@C1",
        "customer": "c1",
        "index": 1,
        "accepted": 1_002_000_000,
        "intended": 1_000_000_000,
        "sent": 1_001_000_000,
        "listed": False,
        "pushed": 1_003_000_000,
        "attempts": 1,
        "acknowledged": 1_005_000_000,
        "undelivered": None,
    }


def test_a_reply_has_its_whole_story(tell, clean):
    row = tell(clean).replies.row(0, named=True)
    assert (row["token"], row["conversation"], row["customer"], row["agent"]) == ("r1", "@C1", "c1", "a1")
    times = ("answered", "taken", "called", "delivered", "received")
    assert [row[name] for name in times] == [2 * S + ms * 1_000_000 for ms in (0, 4, 6, 7, 8)]
    assert [row[name] for name in ("refused", "open", "failed", "doubted")] == [None] * 4


def test_the_first_push_and_the_last_attempt_count(tell):
    text = """
1 gateway accepted message=@1 ref=c1-1
2 gateway pushed message=@1 n=1
4 gateway pushed message=@1 n=2
5 gateway acknowledged message=@1 n=2
"""
    row = tell(text).messages.row(0, named=True)
    assert (row["pushed"], row["attempts"], row["acknowledged"]) == (2 * S, 2, 5 * S)


def test_a_retried_reply_is_one_reply(tell):
    text = """
1 agents answered message=r1 ref=@1
2 agents replied message=r1 note=unknown
3 agents replied message=r1 note=ok
"""
    history = tell(text)
    assert len(history.replies) == 1
    row = history.replies.row(0, named=True)
    assert (row["open"], row["taken"]) == (2 * S, 3 * S)


def test_target_conversations_are_known_by_the_messages_seen_in_them(tell, clean):
    assert sorted(tell(clean).conversations.rows()) == [("k1", "@C1", 1), ("k2", "@C2", 1)]


def test_tokens_are_told_from_platform_ids():
    assert is_token(token(1, 2, 3))
    assert not is_token("@M0000001==")
    assert not is_token("")

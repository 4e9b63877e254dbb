"""What agents write."""

from random import Random

from fixtures.dialogues import intents
from fixtures.words import listed_in, words
from history.tokens import clean, find
from simulators.workforce.replies import Replies


def test_every_reply_carries_its_own_readable_clean_token() -> None:
    replies = Replies(65535, 107, 0.5, Random(1))
    drafts = [replies.write("退款什么时候到账") for _ in range(500)]
    assert [find(draft.text) for draft in drafts] == [draft.token for draft in drafts]
    assert len({draft.token for draft in drafts}) == 500
    assert all(clean(draft.token, words()) for draft in drafts)


def test_a_reply_fits_what_the_customer_asked() -> None:
    asked = intents()["refund"]
    assert Replies(1, 2, 0.0, Random(1)).write(asked.customer[0]).words in asked.agent


def test_the_share_with_a_listed_word_is_as_asked_and_is_told() -> None:
    replies = Replies(1, 2, 0.1, Random(1))
    drafts = [replies.write("你好") for _ in range(2000)]
    assert 150 < sum(draft.listed for draft in drafts) < 250
    assert [draft.listed for draft in drafts] == [bool(listed_in(draft.text)) for draft in drafts]


def test_a_decent_reply_has_no_listed_word() -> None:
    replies = Replies(1, 2, 1.0, Random(1))
    assert not any(replies.write("你好", decent=True).listed for _ in range(100))


def test_two_agents_never_share_a_token() -> None:
    first, second = Replies(1, 2, 0.0, Random(1)), Replies(1, 3, 0.0, Random(1))
    assert not {first.write("").token for _ in range(300)} & {second.write("").token for _ in range(300)}

"""The reply window, row by row."""

from simulators.douyin.window import ReplyWindow


def test_six_replies_and_no_seventh_until_the_customer_writes_again() -> None:
    window = ReplyWindow()
    window.customer_wrote("m1", 0.0)
    for _ in range(6):
        assert window.may_answer("m1", 1.0) == "yes"
        window.answered()
    assert window.may_answer("m1", 1.0) == "too many"
    window.customer_wrote("m2", 2.0)
    assert (window.may_answer("m2", 2.0), window.may_answer("m1", 2.0)) == ("yes", "yes")


def test_a_message_may_be_answered_for_24_hours() -> None:
    window = ReplyWindow()
    window.customer_wrote("m1", 0.0)
    assert (window.may_answer("m1", 86400.0), window.may_answer("m1", 86400.1)) == ("yes", "too late")


def test_a_message_nobody_wrote_cannot_be_answered() -> None:
    assert ReplyWindow().may_answer("m9", 0.0) == "unknown message"


def test_messages_past_the_window_are_forgotten() -> None:
    window = ReplyWindow(open_s=10.0)
    for second in range(100):
        window.customer_wrote(f"m{second}", float(second))
    assert len(window._written) == 11

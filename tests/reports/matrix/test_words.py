"""Every sentence of a ruling has its Chinese."""

from datetime import date

from reports.matrix.accepted import Accepted
from reports.matrix.merge import NO_VERSION, SOME_CASES
from reports.matrix.ruling import judge
from reports.page.words import phrase

TODAY = date(2026, 11, 28)


def test_every_reason_of_a_ruling_is_translated(run, make):
    late, lost, held = (
        Accepted(promise="KNOW-1", reason="x", owner="y", expires=date(2026, 1, 1)),
        Accepted(promise="DELIVERY-1", reason="x", owner="y", expires=TODAY),
        Accepted(promise="BOT-1", reason="x", owner="y", expires=TODAY),
    )
    known = Accepted(promise="VIP-1", reason="x", owner="y", expires=TODAY)
    cases = [make("KNOW-1/a", "broken"), make("DELIVERY-1/a", "broken"), make("BOT-1/a"), make("VIP-1/a", "broken"),
             make("FAQ-1/a", "unknown", "?"), make("SYNC-1/a", "not verified", "not offered: clock"),
             make("stray", "broken"), make("other stray", "unknown")]  # fmt: skip
    told = (
        judge(run(*cases, planned=9), (late, lost, held, known), TODAY)[1].reasons + judge(run(), (), TODAY)[1].reasons
    )
    unread = run(make("FAQ-1/a"), planned=0, failed="a.py cannot be read: ImportError: b")
    told += judge(unread, (), TODAY)[1].reasons[:2]
    told += (SOME_CASES, NO_VERSION, "the target changed during the run: 7.1, 7.2")
    told += ("the test was set up and never called",)
    assert len(told) > 10
    assert [reason for reason in told if phrase(reason).zh == reason] == []

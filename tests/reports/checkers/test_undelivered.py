"""What the gateway gave up."""

from reports.checkers import undelivered

TAKEN = """
1.0 gateway accepted message=@1 ref=c1-1 actor=c1 shop=s1 conversation=@C1 n=1
1.1 gateway pushed message=@1 n=1
"""


def judged(history):
    verdict = undelivered.check(history)
    return verdict.state, verdict.opportunities, verdict.metrics["undelivered"], verdict.unknown


def test_acknowledged_holds(tell):
    assert judged(tell(TAKEN + "1.2 gateway acknowledged message=@1")) == ("holds", 1, 0, 0)


def test_given_up_is_undelivered(tell):
    text = TAKEN + "6.1 gateway push_failed message=@1 note=timeout\n30 gateway undelivered message=@1"
    verdict = undelivered.check(tell(text))
    assert (verdict.state, verdict.violations) == ("broken", 1)
    assert [step.what for step in verdict.example if step.wrong] == ["push of @1 fails: timeout", "gives @1 up"]


def test_neither_taken_nor_given_up_is_unknown(tell):
    assert judged(tell(TAKEN)) == ("unknown", 0, 0, 1)

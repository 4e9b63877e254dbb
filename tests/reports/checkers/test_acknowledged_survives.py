"""Loss on the way to the agents: the smallest bad histories first."""

from reports.checkers import acknowledged_survives, reaches_every_device, resume_is_exact
from reports.model import Step

ACKNOWLEDGED = """
0.0 agents device_on actor=a1 device=a1/1 shop=s1 note=fresh
1.0 customers sent message=c1-1
1.0 gateway accepted message=@1 ref=c1-1 actor=c1 shop=s1 conversation=@C1 n=1
1.1 gateway pushed message=@1 n=1
1.2 gateway acknowledged message=@1
"""
SHOWN = "1.3 agents shown message=@1 actor=a1 device=a1/1 shop=s1 conversation=k1 ref=m1 n=1\n"
SECOND = "0.0 agents device_on actor=a1 device=a1/2 shop=s1 note=fresh\n"


def judged(checker, history):
    verdict = checker.check(history)
    return verdict.state, verdict.opportunities, verdict.violations, verdict.unknown


def test_acknowledged_and_never_shown_is_lost(tell):
    verdict = acknowledged_survives.check(tell(ACKNOWLEDGED))

    assert (verdict.state, verdict.violations, verdict.metrics) == ("broken", 1, {"lost_to_agent": 1})
    assert verdict.example == (
        Step(t_s=1.0, who="customer", to="gateway", what="sends c1-1"),
        Step(t_s=1.0, who="gateway", what="accepts it as @1, place 1"),
        Step(t_s=1.1, who="gateway", to="target", what="pushes @1, attempt 1"),
        Step(t_s=1.2, who="target", to="gateway", what="acknowledges @1", wrong=True),
        Step(t_s=60.0, who="target", to="agent", what="never shows @1 to any agent", wrong=True),
    )


def test_shown_on_the_one_device_is_not_lost(tell):
    assert judged(acknowledged_survives, tell(ACKNOWLEDGED + SHOWN)) == ("holds", 1, 0, 0)


def test_never_acknowledged_is_no_opportunity(tell):
    history = tell(ACKNOWLEDGED.replace("acknowledged", "push_failed"))
    assert judged(acknowledged_survives, history) == ("unknown", 0, 0, 0)


def test_shown_only_in_another_shop_is_lost_in_its_own(tell):
    history = tell(ACKNOWLEDGED + SHOWN.replace("shop=s1", "shop=s2"))
    assert judged(acknowledged_survives, history) == ("broken", 1, 1, 0)


def test_withheld_though_clean_is_lost(tell):
    assert judged(acknowledged_survives, tell(ACKNOWLEDGED + SHOWN.replace("shown", "withheld"))) == ("broken", 1, 1, 0)


def test_withheld_for_its_listed_word_is_not_lost(tell):
    text = (ACKNOWLEDGED + SHOWN.replace("shown", "withheld")).replace("message=c1-1", "message=c1-1 note=listed")
    assert judged(acknowledged_survives, tell(text)) == ("holds", 1, 0, 0)


def test_acknowledged_a_moment_before_the_record_ends_is_unknown(tell):
    assert judged(acknowledged_survives, tell(ACKNOWLEDGED, end=11)) == ("unknown", 0, 0, 1)
    assert judged(acknowledged_survives, tell(ACKNOWLEDGED, end=12)) == ("broken", 1, 1, 0)


def test_a_stream_cut_short_is_judged_up_to_the_common_watermark(tell):
    cut = ACKNOWLEDGED + "5 agents watermark\n60 customers end\n60 gateway end"
    assert judged(acknowledged_survives, tell(cut, end=None)) == ("unknown", 0, 0, 1)
    longer = ACKNOWLEDGED + "20 agents watermark\n60 customers end\n60 gateway end"
    assert judged(acknowledged_survives, tell(longer, end=None)) == ("broken", 1, 1, 0)


FULL = """
0.1 agents availability actor=a1 device=a1/1 shop=s1 n=1 note=online
0.2 gateway accepted message=@0 ref=c0-1 actor=c0 shop=s1 conversation=@C0 n=1
0.2 gateway pushed message=@0 n=1
0.2 gateway acknowledged message=@0
0.2 agents assigned actor=a1 device=a1/1 shop=s1 conversation=k0 n=1
0.2 agents shown message=@0 actor=a1 device=a1/1 shop=s1 conversation=k0 ref=m0 n=1
"""


def test_waiting_to_the_end_while_every_agent_is_full_is_set_apart_and_said(tell):
    verdict = acknowledged_survives.check(tell(FULL + ACKNOWLEDGED))
    assert (verdict.opportunities, verdict.violations) == (1, 0)
    assert "1 waited in a queue" in verdict.reason


def test_agents_who_are_not_there_are_no_queue(tell):
    gone = "0.5 agents device_off actor=a1 device=a1/1 shop=s1 note=1006\n"
    assert judged(acknowledged_survives, tell(FULL + ACKNOWLEDGED + gone)) == ("broken", 2, 1, 0)
    assert judged(acknowledged_survives, tell(ACKNOWLEDGED.partition("note=fresh")[2])) == ("broken", 1, 1, 0)


def test_too_many_left_in_the_queue_make_it_unknown(tell):
    assert acknowledged_survives.check(tell(FULL + ACKNOWLEDGED)).state == "unknown"


def test_a_queue_excuses_nothing_once_an_agent_was_free(tell):
    freed = "5 agents released actor=a1 device=a1/1 shop=s1 conversation=k0 note=resolved\n"
    assert judged(acknowledged_survives, tell(FULL + ACKNOWLEDGED + freed)) == ("broken", 2, 1, 0)


def test_a_queue_excuses_nothing_once_the_conversation_was_assigned(tell):
    late = """
3 agents assigned actor=a1 device=a1/1 shop=s1 conversation=k1 n=1
3 gateway accepted message=@2 ref=c1-2 actor=c1 shop=s1 conversation=@C1 n=2
3 gateway pushed message=@2 n=1
3 gateway acknowledged message=@2
3 agents shown message=@2 actor=a1 device=a1/1 shop=s1 conversation=k1 ref=m2 n=2
"""
    assert judged(acknowledged_survives, tell(FULL + ACKNOWLEDGED + late)) == ("broken", 3, 1, 0)


def test_a_queue_is_doubted_when_a_conversation_was_assigned_that_never_showed_a_message(tell):
    stranger = "3 agents assigned actor=a1 device=a1/1 shop=s1 conversation=k9 n=1\n"
    assert judged(acknowledged_survives, tell(FULL + ACKNOWLEDGED + stranger)) == ("unknown", 1, 0, 1)


def test_missing_on_a_second_device_that_was_online_is_missed(tell):
    history = tell(SECOND + ACKNOWLEDGED + SHOWN)
    assert judged(acknowledged_survives, history) == ("holds", 1, 0, 0)
    assert judged(reaches_every_device, history) == ("broken", 2, 1, 0)
    assert acknowledged_survives.check(history).metrics == {"lost_to_agent": 1}


def test_a_second_device_that_was_off_and_never_came_back_has_no_duty(tell):
    history = tell(SECOND + "0.5 agents device_off actor=a1 device=a1/2 shop=s1 note=cut\n" + ACKNOWLEDGED + SHOWN)
    assert judged(reaches_every_device, history) == ("holds", 1, 0, 0)
    assert judged(resume_is_exact, history) == ("unknown", 0, 0, 0)


AWAY = SECOND + "0.5 agents device_off actor=a1 device=a1/2 shop=s1 note=cut\n" + ACKNOWLEDGED + SHOWN
BACK = "2.0 agents device_on actor=a1 device=a1/2 shop=s1 note=resumed\n"


def test_missing_after_a_resume_is_missed_on_resume(tell):
    history = tell(AWAY + BACK)
    verdict = resume_is_exact.check(history)
    assert (verdict.state, verdict.violations, verdict.metrics) == ("broken", 1, {"missed_on_resume": 1})
    assert verdict.example[-1] == Step(t_s=60.0, who="target", to="a1/2", what="never shows @1", wrong=True)
    assert judged(reaches_every_device, history) == ("holds", 1, 0, 0)
    assert acknowledged_survives.check(history).metrics == {"lost_to_agent": 1}


def test_replayed_after_a_resume_is_exact(tell):
    replayed = "2.1 agents shown message=@1 actor=a1 device=a1/2 shop=s1 conversation=k1 ref=m1 n=1\n"
    assert judged(resume_is_exact, tell(AWAY + BACK + replayed)) == ("holds", 1, 0, 0)


def test_a_fresh_connection_promises_no_replay(tell):
    assert judged(resume_is_exact, tell(AWAY + BACK.replace("resumed", "fresh"))) == ("unknown", 0, 0, 0)


def test_a_target_does_not_escape_by_cutting_its_devices_every_few_seconds(tell):
    flapping = "".join(
        f"{t} agents device_off actor=a1 device=a1/2 shop=s1 note=1006\n"
        f"{t}.2 agents device_on actor=a1 device=a1/2 shop=s1 note=resumed\n"
        for t in range(3, 58, 4)
    )
    assert judged(resume_is_exact, tell(SECOND + ACKNOWLEDGED + SHOWN + flapping)) == ("broken", 1, 1, 0)


def test_resumed_so_late_that_it_could_not_show_it_any_more_is_unknown(tell):
    history = tell(AWAY + BACK.replace("2.0", "55.0"))
    assert judged(resume_is_exact, history) == ("unknown", 0, 0, 1)

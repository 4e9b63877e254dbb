"""Who gets a conversation."""

from typing import Any

from reference_service.domain import customers, routing
from reference_service.domain.configuring import setting
from reference_service.domain.grades import Profile
from reference_service.domain.routing_rules import RoutingRule, RoutingRules


def decide(stage: Any, **profile: Any) -> Any:
    rules = setting(stage.floor, RoutingRules).rules
    return routing.decide(rules, Profile(**profile), list(routing.ready(stage.floor)))


def vip(stage: Any, customer: str) -> None:
    for number in (1, 2):
        stage.order(customer, f"{customer}-{number}")


def test_the_least_loaded_able_agent_is_picked_then_the_eldest(stage: Any) -> None:
    first, second = stage.agent(), stage.agent()
    for n in range(4):
        stage.write(f"c{n}", f"m{n}")
    assert list(first.held) == ["cv1", "cv3"]
    assert list(second.held) == ["cv2", "cv4"]


def test_the_ninth_agent_is_older_than_the_tenth(stage: Any) -> None:
    desks = [stage.agent() for _ in range(10)]
    assert (desks[7].person.id, desks[8].person.id) == ("a9", "a10")
    stage.available(desks[0], "away")
    assert decide(stage, grade="new").desk is desks[1]
    for desk in desks[1:7]:
        stage.available(desk, "away")
    assert decide(stage, grade="new").desk is desks[7]


def test_uncertified_away_offline_deviceless_and_full_agents_get_nothing(stage: Any) -> None:
    stage.agent(certified=False)
    stage.agent(device=None)
    stage.available(stage.agent(), "away")
    stage.available(stage.agent(), "offline")
    full = stage.agent(capacity=1)
    stage.write("c0", "m0")
    assert list(full.held) == ["cv1"]
    stage.write("c1", "m1")
    assert stage.thread("c1").conversation.state == "queued"


def test_agents_of_other_shops_change_nothing(stage: Any) -> None:
    stage.shop("s2")
    stranger = stage.agent(shop="s2")
    stage.write("c1", "m1")
    assert stage.thread("c1").conversation.state == "queued"
    assert stranger.held == {}


def test_the_precedence_holds_each_when_able(stage: Any) -> None:
    desks = {level: stage.agent(level=level) for level in ("regular", "trainee", "senior", "dedicated")}
    last = desks["regular"].person.id
    best = {"grade": "vip", "high_spender": True, "last_agent": last}
    assert decide(stage, **best).rule == "dedicated"
    stage.available(desks["dedicated"], "away")
    assert decide(stage, **best).rule == "last agent"
    stage.available(desks["regular"], "away")
    assert decide(stage, **best).rule == "senior"
    assert decide(stage, grade="new", last_agent=last) == (
        "trainee",
        desks["trainee"],
        (
            ("dedicated", "not_for_them", "for vip, the customer is new"),
            ("last agent", "nobody_able", "the agent who served them last is not able"),
            ("senior", "not_for_them", "for high spenders"),
        ),
    )
    stage.available(desks["senior"], "away")
    told = decide(stage, **best)
    assert (told.rule, told.desk, [passed.why for passed in told.passed]) == (
        "fallback",
        desks["trainee"],
        ["nobody_able", "nobody_able", "nobody_able", "not_for_them"],
    )


def test_with_nobody_able_the_customer_waits_by_the_last_rule(stage: Any) -> None:
    told = decide(stage, grade="regular")
    assert (told.rule, told.desk) == ("fallback", None)
    assert [passed.why for passed in told.passed] == ["not_for_them", "nobody_named", "not_for_them", "not_for_them"]


def test_a_vip_gets_the_agent_named_for_them_before_any_of_level_dedicated(stage: Any) -> None:
    dedicated, named = stage.agent(level="dedicated"), stage.agent()
    vip(stage, "c1")
    known = stage.floor.customers["c1"]
    stage._do(lambda changes: customers.describe(known, [], named.person.id, changes))
    stage.write("c1", "m1")
    assert (list(named.held), list(dedicated.held)) == (["cv1"], [])


def test_an_agent_named_for_a_customer_who_is_no_vip_waits_until_they_are_one(stage: Any) -> None:
    first, named = stage.agent(), stage.agent()
    stage.order("c1", "o1")
    known = stage.floor.customers["c1"]
    stage._do(lambda changes: customers.describe(known, [], named.person.id, changes))
    stage.write("c1", "m1")
    assert (list(first.held), list(named.held)) == (["cv1"], [])


def test_a_returning_customer_meets_the_last_agent_whatever_their_load(stage: Any) -> None:
    first = stage.agent(capacity=3)
    stage.write("c1", "m1")
    stage.agent(capacity=3)
    stage.write("c2", "m2")
    stage.write("c3", "m3")
    stage.resolve(stage.thread("c1"))
    assert len(first.held) == 1
    stage.write("c9", "m9")
    stage.write("c1", "m4")
    assert stage.thread("c1").conversation.agent_id == first.person.id


def test_high_spenders_meet_seniors_and_new_customers_trainees(stage: Any) -> None:
    plain, senior, trainee = (stage.agent(9, level=level) for level in ("regular", "senior", "trainee"))
    stage.order("rich", "o-rich", 100_000)
    stage.order("richer", "o-richer", 100_001)
    stage.order("poor", "o-poor", 99_999)
    for customer in ("rich", "richer", "fresh", "fresher", "poor"):
        stage.write(customer, f"m-{customer}")
    held = [[thread.conversation.customer for thread in desk.held.values()] for desk in (plain, senior, trainee)]
    assert held == [["poor"], ["rich", "richer"], ["fresh", "fresher"]]


def test_a_shops_own_rules_decide_from_then_on(stage: Any) -> None:
    regular, senior = stage.agent(), stage.agent(level="senior")
    urgent = RoutingRule("tea", "senior", tag="茶")
    stage.put(RoutingRules([urgent, RoutingRule("rest", "anybody")]))
    stage.write("c0", "m0")
    assert list(regular.held) == ["cv1"]
    stage.order("c1", "o1")
    known = stage.floor.customers["c1"]
    stage._do(lambda changes: customers.describe(known, ["茶"], None, changes))
    stage.write("c9", "m1")
    stage.write("c1", "m2")
    assert "cv3" in senior.held

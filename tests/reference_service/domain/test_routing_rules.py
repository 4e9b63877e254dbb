"""Rules as data: total, and none that is never reached."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.domain.grades import Profile
from reference_service.domain.routing import decide
from reference_service.domain.routing_rules import PRECEDENCE, RoutingRule, RoutingRules

FALLBACK = {"name": "rest", "to": "anybody"}
PROFILES = st.builds(
    Profile, st.sampled_from(["new", "regular", "vip"]), st.booleans(), st.sampled_from([(), ("急",), ("急", "茶")])
)
RULES = st.lists(
    st.fixed_dictionaries(
        {"to": st.sampled_from(["dedicated", "last_agent", "trainee", "regular", "senior", "anybody"])},
        optional={
            "grade": st.sampled_from(["new", "regular", "vip"]),
            "high_spender": st.booleans(),
            "tag": st.sampled_from(["急", "茶"]),
        },
    ),
    max_size=8,
)


def read(rules: Any) -> RoutingRules:
    return msgspec.convert({"rules": rules}, RoutingRules)


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ([], "last rule must be for everybody"),
        ([{"name": "a", "to": "senior"}], "last rule must be for everybody"),
        ([{"name": "a", "to": "anybody", "grade": "vip"}], "last rule must be for everybody"),
        ([{"name": "a", "to": "anybody", "high_spender": False}], "last rule must be for everybody"),
        ([{"name": "a", "to": "anybody", "tag": "急"}], "last rule must be for everybody"),
        ([FALLBACK, {"name": "a", "to": "senior"}], "last rule must be for everybody"),
        ([{"name": "a", "to": "anybody"}, FALLBACK], "never reached"),
        ([{"name": "rest", "to": "senior"}, FALLBACK], "one name"),
        ([{"name": "a", "to": "the boss"}, FALLBACK], "Invalid enum"),
        ([{"name": "", "to": "senior"}, FALLBACK], "length"),
    ],
)
def test_rules_that_leave_somebody_out_or_are_never_reached_are_refused(rules: Any, why: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=why):
        read(rules)


def test_without_any_put_the_precedence_is_the_promised_one() -> None:
    assert RoutingRules().rules == list(PRECEDENCE)
    assert [(rule.name, rule.to) for rule in PRECEDENCE] == [
        ("dedicated", "dedicated"),
        ("last agent", "last_agent"),
        ("senior", "senior"),
        ("trainee", "trainee"),
        ("fallback", "anybody"),
    ]


@pytest.mark.thorough
@given(RULES, PROFILES)
def test_every_profile_meets_exactly_one_rule_of_any_set_that_is_taken(rules: Any, profile: Profile) -> None:
    named = [rule | {"name": f"r{number}"} for number, rule in enumerate(rules)]
    try:
        taken = read([*named, FALLBACK]).rules
    except msgspec.ValidationError:
        assert {"to": "anybody"} in rules
        return
    decision = decide(taken, profile, [])
    assert (decision.rule, decision.desk) == ("rest", None)
    assert [passed.rule for passed in decision.passed] == [rule.name for rule in taken[:-1]]


def test_a_rule_says_what_of_a_customer_it_is_not_for() -> None:
    profile = Profile("regular", False, ("急",))
    told = [
        RoutingRule("r", "senior", **more).differs(profile)
        for more in (
            {},
            {"grade": "regular", "high_spender": False, "tag": "急"},
            {"grade": "vip"},
            {"high_spender": True},
            {"tag": "茶"},
        )
    ]
    assert told == ["", "", "for vip, the customer is regular", "for high spenders", "for the tag 茶"]

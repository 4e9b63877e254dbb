"""ROUTE-3, ROUTE-5: whatever the rules a profile meets exactly one rule, and the same one each time."""

from collections.abc import Sequence
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from security_tests.profiles import examples
from security_tests.routing.neighbours import Neighbours
from suites.lab import Lab, LabShop
from targets.interface import Agent

LEVELS: Final = ("dedicated", "senior", "senior", "trainee", "regular", "regular")
GRADES: Final = ("new", "regular", "vip")
TAGS: Final = ("老客", "批发")
TO: Final = ("dedicated", "last_agent", "trainee", "regular", "senior", "anybody")
STRANGER: Final = len(LEVELS)  # a place beyond the staff: somebody who is not of this shop

RULE: Final = st.fixed_dictionaries(
    {"to": st.sampled_from(TO)},
    optional={
        "grade": st.sampled_from(GRADES),
        "high_spender": st.booleans(),
        "tag": st.sampled_from(TAGS),
    },
)
PROFILE: Final = st.fixed_dictionaries(
    {
        "grade": st.sampled_from(GRADES),
        "high_spender": st.booleans(),
        "tags": st.lists(st.sampled_from(TAGS), unique=True),
    }
    | {"priority": st.sampled_from(("normal", "high", "urgent"))},
    optional={"last": st.integers(0, STRANGER), "dedicated": st.integers(0, STRANGER)},
)


class Office:
    """A shop with one of the staff away, and the first of each pair busier than the second."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.shop: LabShop = self.run(lab.shop(agents=len(LEVELS), capacity=9))
        self.run(self._open())
        self.away = {len(LEVELS) - 1}
        self.loads = self._loads()

    def run(self, work: Any) -> Any:
        """Do it in the lab's loop."""
        return self._lab.loop.run_until_complete(work)

    def ask(self, profile: dict[str, Any]) -> dict[str, Any]:
        """The target's decision."""
        body = {name: value for name, value in profile.items() if name not in ("last", "dedicated")}
        named = {"last_agent_id": profile.get("last"), "dedicated_agent_id": profile.get("dedicated")}
        body |= {name: self._id(place) for name, place in named.items() if place is not None}
        return dict(self.run(self.shop.api("previewRouting", body=body)).body)

    def rules(self, rules: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Put these rules in force, each with a name, and one for everybody to anybody after them."""
        named = [{"name": f"rule {number}", **rule} for number, rule in enumerate(rules) if not _for_all(rule)]
        whole = [*named, {"name": "the rest", "to": "anybody"}]
        self.run(self.shop.api("putRoutingRules", body={"rules": whole}))
        return whole

    def expected(self, rules: Sequence[dict[str, Any]], profile: dict[str, Any]) -> dict[str, Any]:
        """The slow decision: the first rule that is for them and finds somebody; the least loaded, then the eldest."""
        passed: list[str] = []
        for rule in rules:
            able = [
                place for place in range(len(LEVELS)) if place not in self.away and self._leads(rule, profile, place)
            ]
            if _is_for(rule, profile) and able:
                best = min(able, key=lambda place: (self.loads[place], place))
                return {"rule": rule["name"], "agent_id": self.shop.agents[best].id, "passed": passed}
            passed.append(rule["name"])
        raise AssertionError("the last rule leads to anybody, and somebody is able")

    def _leads(self, rule: dict[str, Any], profile: dict[str, Any], place: int) -> bool:
        named = profile.get("dedicated")
        if rule["to"] == "dedicated" and named is not None and named < STRANGER and named not in self.away:
            return bool(place == named)
        if rule["to"] == "last_agent":
            return bool(place == profile.get("last"))
        return str(rule["to"]) in ("anybody", LEVELS[place])

    def _id(self, place: int) -> str:
        return self.shop.agents[place].id if place < STRANGER else "somebody-else"

    async def _open(self) -> None:
        for agent, level in zip(self.shop.agents, LEVELS, strict=True):
            await self.shop.api("changeAgent", agent_id=agent.id, body={"level": level})
            await self.shop.desk(agent)
        for _ in LEVELS[:4]:
            await (await self.shop.customer()).say("在吗")
            await self._lab.settled()
        away: Agent = self.shop.agents[-1]
        await self.shop.api("setAvailability", who=away, agent_id=away.id, body={"availability": "away"})

    def _loads(self) -> list[int]:
        staff = self.run(self.shop.api("listAgents")).body["items"]
        load = {each["id"]: int(each["load"]) for each in staff}
        return [load[agent.id] for agent in self.shop.agents]


@pytest.mark.promise("ROUTE-3")
def test_under_any_rules_every_profile_meets_exactly_one(lab: Lab) -> None:
    office = _office(lab)

    @hypothesis_settings(max_examples=examples(4.0))
    @given(st.lists(RULE, max_size=5), st.lists(PROFILE, min_size=1, max_size=6))
    def holds(rules: list[dict[str, Any]], profiles: list[dict[str, Any]]) -> None:
        whole = office.rules(rules)
        for profile in profiles:
            told = office.ask(profile)
            seen = {
                "rule": told["rule"],
                "agent_id": told["agent_id"],
                "passed": [each["rule"] for each in told["passed"]],
            }
            assert seen == office.expected(whole, profile), f"profile {profile} under {whole}"
            assert told["tier"] == _tier(profile), f"profile {profile}"

    holds()


@pytest.mark.promise("ROUTE-5")
def test_the_same_profile_gets_the_same_answer_whatever_other_shops_do(lab: Lab) -> None:
    office, neighbours = _office(lab), Neighbours(lab)

    @hypothesis_settings(max_examples=examples(2.0))
    @given(PROFILE)
    def holds(profile: dict[str, Any]) -> None:
        before = office.ask(profile)
        neighbours.write()
        assert office.ask(profile) == before, f"profile {profile}"

    holds()


def _office(lab: Lab) -> Office:
    lab.need("contract")
    office_needs = ("previewRouting", "putRoutingRules", "changeAgent", "setAvailability", "listAgents")
    if lacking := [name for name in office_needs if name not in lab.operations]:
        pytest.skip(f"not offered: operation {lacking[0]}")
    return Office(lab)


def _for_all(rule: dict[str, Any]) -> bool:
    return rule["to"] == "anybody" and len(rule) == 1


def _is_for(rule: dict[str, Any], profile: dict[str, Any]) -> bool:
    alike = all(rule.get(key, profile[key]) == profile[key] for key in ("grade", "high_spender"))
    return alike and ("tag" not in rule or rule["tag"] in profile["tags"])


def _tier(profile: dict[str, Any]) -> str:
    if profile["grade"] == "vip" or profile["priority"] == "urgent":
        return "vip"
    return "high" if profile["high_spender"] or profile["priority"] == "high" else "normal"

"""Customers: when they came, when they were last seen, and who served them."""

from typing import Any

from reference_service.domain import assigning, customers
from reference_service.domain.changes import Changes
from reference_service.domain.events import Ordered
from reference_service.domain.grades import Profile
from reference_service.filtering.words import Word


def known(stage: Any, customer: str = "c1") -> Any:
    return stage.floor.customers[customer]


def resolve(stage: Any, customer: str = "c1") -> None:
    stage._do(lambda changes: assigning.resolve(stage.floor, stage.thread(customer), "agent", changes))


def test_a_visit_is_counted_when_it_begins_and_not_at_every_message(stage: Any) -> None:
    stage.write("c1", "m1")
    stage.now += 5
    stage.write("c1", "m2")
    assert (known(stage).customer.visits, known(stage).grade) == (1, "new")
    resolve(stage)
    stage.now += 5
    stage.write("c1", "m3")
    customer = known(stage).customer
    assert (customer.visits, customer.first_seen, customer.last_seen) == (2, 1000.0, 1010.0)
    assert known(stage).grade == "regular"


def test_a_message_within_a_visit_writes_nothing_of_the_customer_and_is_seen_all_the_same(stage: Any) -> None:
    stage.write("c1", "m1")
    stage.now += 5
    stage.write("c1", "m2")
    assert "Customer" not in {record.__name__ for record, _ in stage.all[-1].rows}
    assert known(stage).last_seen() == 1005.0
    resolve(stage)
    assert known(stage).customer.last_seen == 1005.0


def test_a_name_is_what_the_filter_lets_agents_see(stage: Any) -> None:
    stage.words(Word("昵称"), Word("c2", to_agent="block"))
    stage.write("c1", "m1")
    stage.write("c2", "m2")
    assert [known(stage, name).customer.nick for name in ("c1", "c2")] == ["**c1", ""]


def test_the_last_agent_is_the_one_who_had_the_conversation_last(stage: Any) -> None:
    first = stage.agent()
    stage.write("c1", "m1")
    assert known(stage).customer.last_agent == first.person.id
    second = stage.agent()
    stage.available(first, "offline")
    assert known(stage).customer.last_agent == second.person.id


def test_tags_are_kept_once_each_and_the_version_rises(stage: Any) -> None:
    stage.write("c1", "m1")
    stage._do(lambda changes: customers.describe(known(stage), ["乙", "甲", "乙"], "a2", changes))
    assert (known(stage).tags, known(stage).customer.dedicated, known(stage).customer.version) == (
        ["乙", "甲"],
        "a2",
        1,
    )


def test_the_agent_sees_a_vip_in_the_assignment(stage: Any) -> None:
    for order in ("o1", "o2"):
        stage.event(Ordered(stage.account("s1"), "", order, "c1", "paid"))
    desk = stage.agent()
    stage.write("c1", "m1")
    (assigned,) = stage.told(desk, "conversation.assigned")
    assert assigned["customer"] == {"open_id": "c1", "nick": "昵称c1", "grade": "vip", "tags": []}


def test_a_strangers_profile_is_that_of_a_new_customer(stage: Any) -> None:
    assert customers.profile(stage.floor, None) == Profile("new", False, (), None, None)
    changes = Changes(at=1.0)
    assert customers.profile(stage.floor, customers.know(stage.floor, "c9", changes)) == Profile()

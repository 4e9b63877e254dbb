"""What differs from the oracle is said of the promise that forbids it."""

from collections import Counter

from security_tests.routing.duty import LEADS, Fired
from security_tests.routing.judging import Fault, clocks, judge
from security_tests.routing.model import Routing
from security_tests.routing.people import Agent, Customer
from security_tests.routing.seen import Place, Seen, Taken, Told, Waiting


def shop(*agents: Agent) -> Routing:
    """A shop of these agents and of customers c1 to c3."""
    return Routing(agents, [Customer(f"c{number}") for number in (1, 2, 3)])


def seen(queue: tuple[str, ...] = (), **agents: str) -> Seen:
    """A look: who is with whom, and the others wait in this order."""
    places = {name: Place("open", agent, 1, 1) for name, agent in agents.items()}
    places |= {name: Place("queued", "", 1, 1) for name in queue if name not in places}
    return Seen(places, Counter(dict.fromkeys(places, 1)), [Waiting(name, "normal") for name in queue])


def written(routing: Routing, *names: str) -> Routing:
    """The same shop after these have written."""
    for name in names:
        routing.write(name, 0.0)
    return routing


def promise(routing: Routing, look: Seen) -> str:
    fault = judge(routing, look, 1.0)
    return fault.promise if fault else ""


def test_nothing_is_said_of_what_is_as_it_should_be() -> None:
    routing = written(shop(Agent("a", 1)), "c1", "c2")
    assert judge(routing, seen(("c2",), c1="a"), 1.0) is None


def test_two_homes_or_none_break_the_first_promise() -> None:
    routing = written(shop(Agent("a", 1)), "c1", "c2")
    lost = seen((), c1="a")
    lost.places["c2"] = Place("queued", "", 1, 1)
    assert promise(routing, seen(("c1", "c2"), c1="a")) == "ROUTE-1"
    assert promise(routing, lost) == "ROUTE-1"
    assert promise(routing, seen((), c1="a")) == "ROUTE-1"


def test_more_than_the_capacity_breaks_the_second() -> None:
    routing = written(shop(Agent("a", 1)), "c1", "c2")
    assert promise(routing, seen((), c1="a", c2="a")) == "ROUTE-2"
    look = seen(("c2",), c1="a")
    look.taken = [Taken("c1", "a", 2, 1)]
    assert promise(routing, look) == "ROUTE-2"


def test_a_colleague_of_another_kind_breaks_the_third_one_alike_the_fifth_the_wrong_face_the_seventh() -> None:
    routing = written(shop(Agent("a", 1, capacity=3), Agent("t", 2, "trainee"), Agent("u", 3, "trainee")), "c1")
    assert promise(routing, seen(c1="a")) == "ROUTE-3"
    assert promise(routing, seen(c1="u")) == "ROUTE-5"
    routing.resolve("c1", 1.0)
    routing.write("c1", 2.0)
    assert promise(routing, seen(c1="a")) == "ROUTE-7"


def test_the_wrong_one_served_or_a_wrong_queue_breaks_the_fourth() -> None:
    routing = written(shop(Agent("a", 1)), "c1", "c2", "c3")
    assert promise(routing, seen(("c3", "c2"), c1="a")) == "ROUTE-4"
    assert promise(routing, seen(("c1", "c2"), c3="a")) == "ROUTE-4"


def test_who_is_not_able_or_not_of_the_shop_or_given_twice_breaks_the_sixth() -> None:
    routing = written(shop(Agent("a", 1, word="away"), Agent("b", 2)), "c1")
    assert promise(routing, seen(c1="a")) == "ROUTE-6"
    assert promise(routing, seen(c1="?")) == "ROUTE-6"
    look = seen(c1="b")
    look.taken = [Taken("c1", "b", 1, 1)] * 2
    assert promise(routing, look) == "ROUTE-6"


def test_what_is_laid_aside_is_with_its_agent_and_with_nobody_else() -> None:
    routing = written(shop(Agent("a", 1), Agent("b", 2)), "c1")
    routing.snooze("c1", 60.0, 0.0)
    look = seen()
    look.places["c1"], look.conversations["c1"] = Place("snoozed", "a", 1, 1), 1
    assert promise(routing, look) == ""
    look.places["c1"] = Place("snoozed", "", 1, 1)
    assert promise(routing, look) == "ROUTE-1"
    assert promise(routing, seen(c1="b")) == "ROUTE-1"


def test_what_woke_with_somebody_else_breaks_the_seventh() -> None:
    routing = written(shop(Agent("a", 1), Agent("b", 2)), "c1")
    routing.snooze("c1", 60.0, 0.0)
    routing.wake("c1", 60.0)
    assert promise(routing, seen(c1="a")) == ""
    assert promise(routing, seen(c1="b")) == "ROUTE-7"


def test_what_the_bot_should_have_or_no_longer_have_breaks_the_bots() -> None:
    routing = shop(Agent("a", 1))
    routing.write("c1", 0.0, bot=True)
    look = seen()
    look.places["c1"], look.conversations["c1"] = Place("bot", "", 1, 1), 1
    assert promise(routing, look) == ""
    assert promise(routing, seen(c1="a")) == "BOT-1"
    routing.hand_over("c1", 1.0)
    assert promise(routing, look) == "BOT-1"


def test_clocks_tell_each_once_to_all_it_concerns_and_never_early() -> None:
    due = [Fired("TIER-1", "c1", "instant breached", 1, 30.0, frozenset({"a", LEADS}))]
    told = [Told("TIER-1", "c1", "instant breached", 1, who, 30.0) for who in ("a", LEADS)]
    assert clocks(due, told) is None
    assert clocks(due, told[:1]) == _fault(
        f"{LEADS} was told 'instant breached' of c1 (message 1) 0 times, 1 times is due"
    )
    assert clocks(due, [*told, told[0]]) == _fault(
        "a was told 'instant breached' of c1 (message 1) 2 times, 1 times is due"
    )
    assert clocks([], told[:1]) == _fault("a was told 'instant breached' of c1 (message 1) 1 times, 0 times is due")
    early = [one._replace(at=29.0) for one in told]
    assert clocks(due, early) == _fault("'instant breached' of c1 is dated 1.000 s before it was due")


def test_who_is_given_a_conversation_again_is_told_of_it_again() -> None:
    due = [Fired("UNREAD-1", "c1", "unread", 1, at, frozenset({"a"})) for at in (60.0, 900.0)]
    told = [Told("UNREAD-1", "c1", "unread", 1, "a", at) for at in (60.0, 900.0)]
    assert clocks(due, told) is None
    assert clocks(due, told[:1]) == Fault("UNREAD-1", "a was told 'unread' of c1 (message 1) 1 times, 2 times is due")
    early = [told[0], told[1]._replace(at=800.0)]
    assert clocks(due, early) == Fault("UNREAD-1", "'unread' of c1 is dated 100.000 s before it was due")


def _fault(what: str) -> Fault:
    return Fault("TIER-1", what)

"""The oracle of the clocks says what the contract's sentences say."""

from security_tests.routing.duty import COMPLAINT_S, LEADS, Complaint, Fired, Watch
from security_tests.routing.oracle import Oracle
from security_tests.routing.people import Agent, Customer


def struck(watch: Watch, until: float) -> list[tuple[str, float]]:
    """What fires up to a moment, and when."""
    fired: list[Fired] = []
    while (due := watch.next_at()) is not None and due <= until:
        fired += watch.strike(due)
    return [(each.what, each.at) for each in fired]


def test_the_three_clocks_warn_and_fire_in_order_from_the_first_unanswered_message() -> None:
    watch = Watch("c1")
    watch.writes(1, 100.0, heard=False)
    watch.writes(2, 120.0, heard=False)
    assert struck(watch, 1000.0) == [
        ("instant warning", 124.0),
        ("instant breached", 130.0),
        ("professional warning", 244.0),
        ("professional breached", 280.0),
        ("human warning", 340.0),
        ("human breached", 400.0),
    ]


def test_an_automatic_message_stops_the_instant_clock_only() -> None:
    watch = Watch("c1")
    watch.writes(1, 0.0, heard=True)
    assert [what for what, _ in struck(watch, 180.0)] == ["professional warning", "professional breached"]


def test_a_persons_reply_stops_them_all_and_the_next_message_begins_anew() -> None:
    watch = Watch("c1")
    watch.writes(1, 0.0, heard=False)
    assert struck(watch, 25.0) == [("instant warning", 24.0)]
    watch.replied()
    assert struck(watch, 500.0) == []
    watch.writes(3, 500.0, heard=False)
    assert struck(watch, 530.0) == [("instant warning", 524.0), ("instant breached", 530.0)]


def test_warnings_are_told_to_the_agent_and_breaches_to_the_supervisors_too() -> None:
    watch = Watch("c1", "a")
    watch.writes(1, 0.0, heard=False)
    warned, breached = watch.strike(24.0)[0], watch.strike(30.0)[0]
    assert (warned.told, breached.told) == (frozenset({"a"}), frozenset({"a", LEADS}))


def test_unread_is_told_once_a_minute_after_it_came_or_was_given_and_not_after_a_read() -> None:
    watch = Watch("c1", "a")
    watch.writes(1, 0.0, heard=True)
    watch.turn = None  # its clocks are another matter
    watch.writes(2, 10.0, heard=True)
    watch.turn = None
    assert struck(watch, 600.0) == [("unread", 60.0)]
    watch.given("b", 600.0)
    assert watch.next_at() == 660.0
    watch.read(1)
    assert watch.next_at() == 70.0  # the second one came then
    watch.read(2)
    assert watch.next_at() is None


def test_a_complaint_rises_twice_and_is_breached_after_48_hours() -> None:
    watch = Watch("c1", "a", complaint=Complaint("k", 0.0))
    assert struck(watch, COMPLAINT_S) == [("supervisor", 86400.0), ("admin", 129600.0), ("breached", 172800.0)]


def test_a_closed_complaint_rises_no_more() -> None:
    watch = Watch("c1", "a", complaint=Complaint("k", 0.0))
    assert struck(watch, 90000.0) == [("supervisor", 86400.0)]
    watch.complaint = Complaint("k", 0.0, closed=True)
    assert watch.next_at() is None


def test_a_complaint_is_not_closed_silently_nor_by_an_agent_once_it_has_risen() -> None:
    oracle = Oracle([Agent("a", 1)], [Customer("c1")])
    oracle.writes("c1", 1, 0.0)
    oracle.complains("c1", "k", 1.0)
    assert oracle.refusals("c1", by_agent=True) == {"not_contacted"}
    oracle.advance(90_000.0)
    assert oracle.refusals("c1", by_agent=True) == {"not_contacted", "escalated"}
    complaint = oracle.watches["c1"].complaint
    assert complaint is not None
    complaint.contacted = True
    assert oracle.refusals("c1", by_agent=False) == set()
    complaint.closed = True
    assert oracle.refusals("c1", by_agent=False) == {"already_closed"}


def test_a_sale_lets_spares_in_at_its_beginning_and_gives_them_nothing_new_after_its_end() -> None:
    oracle = Oracle([Agent("p", 1, spare=True, capacity=2)], [Customer("c1"), Customer("c2")])
    oracle.sells(0.0, 100.0, 200.0)
    oracle.writes("c1", 1, 50.0)
    oracle.advance(99.0)
    assert oracle.routing.waiting(99.0) == ["c1"]
    oracle.advance(100.0)
    assert oracle.routing.agents["p"].held == ["c1"]
    oracle.advance(200.0)
    oracle.writes("c2", 1, 201.0)
    assert (oracle.routing.agents["p"].held, oracle.routing.waiting(201.0)) == (["c1"], ["c2"])


def test_the_template_answers_once_a_visit_and_only_at_night() -> None:
    oracle = Oracle([Agent("a", 1)], [Customer("c1")])
    assert not oracle.writes("c1", 1, 0.0)
    oracle.plan = type(oracle.plan)({})
    assert [oracle.writes("c1", seq, float(seq)) for seq in (2, 3)] == [True, False]
    oracle.resolves("c1", 4.0)
    assert oracle.writes("c1", 5, 5.0)

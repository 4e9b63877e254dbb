"""What was committed is what is there after a restart."""

import contextlib
from pathlib import Path
from typing import Any

import apsw
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_service.domain import speaking, waiting
from reference_service.domain.changes import Changes
from reference_service.domain.events import Ordered, Read
from reference_service.domain.outbox import Answer
from reference_service.domain.refusal import Refusal
from reference_service.domain.routing_rules import RoutingRules
from reference_service.domain.world import World
from reference_service.filtering.words import Word
from reference_service.storage import tables
from reference_service.storage.journal import commit
from reference_service.storage.reader import Reader
from reference_service.storage.recovery import recover

PEOPLES = ("resolve", "snooze", "transfer", "reopen", "label", "read", "edit", "take back", "seen")
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("write", "write", "late", "recall", "reply", "reply", "say", "ok", "lost", "offline"),
                *("online", "order", *PEOPLES),
            ]
        ),
        st.integers(0, 3),
    ),
    min_size=15,
    max_size=50,
)


@pytest.mark.thorough
@settings(max_examples=60, deadline=None)
@given(actions=ACTIONS)
def test_the_world_after_a_restart_is_the_world_before_it(
    tmp_path_factory: Any, new_stage: Any, actions: list[tuple[str, int]]
) -> None:
    stage = new_stage()
    stage.put(RoutingRules(age_s=7.0))
    stage.words(Word("微信", pinyin=True, aliases=("薇信",)), Word("骗", to_agent="block", separators=False))
    desks = [stage.agent(capacity=2) for _ in range(2)]
    for number, (what, who) in enumerate(actions):
        _act(stage, desks[who % 2], f"c{who}", what, number)
    stage.wait(0.0)  # what is due by now has been done before the stop, too: waits have risen
    assert _picture(_restarted(stage, tmp_path_factory.mktemp("data"))) == _picture(stage.world)


def test_a_restarted_service_gives_no_id_twice(stage: Any, tmp_path: Path) -> None:
    removed = stage.agent()
    changes = Changes()
    world = _restarted(stage, tmp_path)
    assert world.next_number("people", changes) > int(removed.person.id[1:])
    assert world.next_number("conversations", changes) == 1


def test_a_reply_under_way_stays_before_a_recall_of_an_older_one(stage: Any, tmp_path: Path) -> None:
    desk = stage.agent()
    stage.write("c1", "m1")
    stage.reply(desk, stage.thread("c1"), "您好", "k1")
    stage.answer(stage.calls[0], Answer("ok", "r2"))
    stage.reply(desk, stage.thread("c1"), "稍等", "k2")
    stage.take_back("c1", 2, desk.person)
    entries = [(m.seq, m.step) for m in _restarted(stage, tmp_path).threads["cv1"].outbox]
    assert entries == [(3, "echo"), (2, "queued")]


def test_the_queue_after_a_restart_has_the_same_order_and_rises_at_the_same_moments(stage: Any, tmp_path: Path) -> None:
    for number in range(6):
        stage.write(f"c{number}", f"m{number}")
        stage.wait(50.0)
    for order in ("o1", "o2"):
        stage.order("c5", order)
    stage.label("c3", "high")
    world = _restarted(stage, tmp_path)
    queue, restored = stage.floor.queue, world.floors["s1"].queue
    places = [(thread.conversation.customer, restored.tier(thread)) for thread in restored]
    assert places == [(thread.conversation.customer, queue.tier(thread)) for thread in queue]
    assert places == [("c0", 0), ("c1", 0), ("c3", 0), ("c5", 0), ("c2", 1), ("c4", 2)]
    clocks = [world.agenda.when(waiting.CLOCK, thread.conversation.id) for thread in restored]
    assert clocks == [stage.world.agenda.when(waiting.CLOCK, thread.conversation.id) for thread in queue]
    assert [clock is None for clock in clocks] == [True, True, True, True, False, False]


def _restarted(stage: Any, folder: Path) -> World:
    connection = apsw.Connection(str(folder / "service.db"))
    tables.prepare(connection)
    commit(connection, stage.all)
    connection.close()
    reader = Reader(folder / "service.db")
    world, _ = recover(reader, stage.now, 10.0)
    reader.close()
    return world


def _act(stage: Any, desk: Any, customer: str, what: str, number: int) -> None:
    stage.now += 1.0
    known = f"@{customer}-s1" in stage.floor.threads
    if what == "write":
        stage.write(customer, f"m{number}", ("加我微信", "骗", "你好")[number % 3], index=number)
    elif what == "late":
        stage.write(customer, f"m{number}", index=0)
    elif what == "recall":
        stage.recall(f"m{number - 1}")
    elif what in PEOPLES and known:
        with contextlib.suppress(Refusal):
            _handle(stage, desk, customer, what, number)
    elif what == "reply" and desk.held:
        stage.reply(desk, next(iter(desk.held.values())), f"您好{number}", f"k{number}")
    elif what == "say" and known:
        changes = Changes(at=stage.now)
        speaking.say(stage.world, stage.thread(customer), f"欢迎{number}", "welcome", changes)
        stage.all.append(changes)
        stage.calls.extend(changes.calls)
    elif what in ("ok", "lost") and stage.calls:
        stage.answer(stage.calls.pop(0), Answer("ok", f"r{number}") if what == "ok" else Answer("lost"))
    elif what == "order":
        step = ("created", "paid", "cancelled")[number % 3]
        named = customer if number % 2 else ""
        order, case = f"o{number % 4}", f"r{number % 2}"
        stage.event(Ordered(stage.account("s1"), f"p{number}", order, named, step, number, case, "asked"))
    elif what in ("online", "offline"):
        stage.available(desk, what)


def _handle(stage: Any, desk: Any, customer: str, what: str, number: int) -> None:
    if what == "resolve":
        stage.resolve(stage.thread(customer))
    elif what == "snooze":
        stage.snooze(customer, 1000.0)
    elif what == "transfer":
        stage.transfer(customer, None, "看一下", desk.person)
    elif what == "reopen":
        stage.reopen(customer)
    elif what == "seen":
        stage.event(Read(stage.account("s1"), f"@{customer}-s1", number))
    elif what == "read":
        stage.read(desk, customer, stage.thread(customer).seq)
    elif what in ("edit", "take back"):
        _amend(stage, desk, customer, what)
    else:
        stage.label(customer, "high", "退款")


def _amend(stage: Any, desk: Any, customer: str, what: str) -> None:
    wanted = "queued" if what == "edit" else ""
    mine = [m for m in stage.thread(customer).visit if m.agent_id == desk.person.id and m.step == wanted]
    for message in mine[:1]:
        if what == "edit":
            stage.edit(customer, message.seq, "改好了", desk.person)
        else:
            stage.take_back(customer, message.seq, desk.person)


def _picture(world: World) -> dict[str, Any]:
    """All that must survive. Calls under way are waited for after a restart, and devices are gone."""
    return {
        "taken": world.taken,
        "counters": world.counters,
        "apps": world.apps,
        "people": {name: msgspec.structs.asdict(person) for name, person in world.people.items()},
        "words": {
            name: (f.words.version, f.words.words, f.words.allow, f.words.contacts) for name, f in world.floors.items()
        },
        "queues": {name: [(t.conversation.id, f.queue.tier(t)) for t in f.queue] for name, f in world.floors.items()},
        "desks": {name: _desk(desk) for f in world.floors.values() for name, desk in f.desks.items()},
        "clocks": {name: world.agenda.when("snooze", name) for name in world.threads if _snoozed(world, name)},
        "threads": {name: _thread(thread) for name, thread in world.threads.items()},
        "orders": {
            name: {o.id: msgspec.structs.asdict(o) for o in f.orders.values()} for name, f in world.floors.items()
        },
        "customers": {name: [_known(k) for k in f.customers.values()] for name, f in world.floors.items()},
    }


def _snoozed(world: World, name: str) -> bool:
    return world.threads[name].conversation.state == "snoozed"


def _desk(desk: Any) -> dict[str, Any]:
    sent = {key: (message.id, message.text, message.status) for key, message in desk.sent.items()}
    return {"s": desk.s, "held": sorted(desk.held), "snoozed": sorted(desk.snoozed), "sent": sent}


def _known(known: Any) -> dict[str, Any]:
    thread = known.thread and known.thread.conversation.id
    kept = msgspec.structs.asdict(known.customer)
    return kept | {"orders": sorted(known.orders), "account": known.account, "thread": thread}


def _thread(thread: Any) -> dict[str, Any]:
    open_now = thread.conversation.state != "resolved"
    # What is taken back may go before or after the replies that wait; whatever is under way is first.
    waits = [(m.status == "sent", m.seq, m.attempt, m.status, m.shown) for m in thread.outbox]
    outbox = waits[:1] + sorted(waits[1:])
    return {
        "conversation": msgspec.structs.asdict(thread.conversation),
        "seq": thread.seq,
        "happened": thread.happened,
        "top_index": thread.top_index,
        "told": thread.told,
        "outbox": outbox,
        "own": thread.own,
        "visit": [(m.seq, m.shown, m.status, m.platform_id) for m in thread.visit] if open_now else [],
        "answering": thread.answering,
    }

"""The world rebuilt from the tables at start, after a stop or a kill alike."""

from collections import deque
from typing import Final

import msgspec

from reference_service.domain import (
    announcing,
    big_sale,
    bot_visits,
    complaint_clock,
    configuring,
    customers,
    duty,
    emergency,
    incidents,
    orders,
    outbox,
    retention,
    shelves,
    shifts,
    snoozing,
    trials,
    waiting,
)
from reference_service.domain.articles import Article
from reference_service.domain.changes import Changes
from reference_service.domain.customers import Customer, Known
from reference_service.domain.orders import Purchase
from reference_service.domain.overload import Overload
from reference_service.domain.records import (
    Conversation,
    Counter,
    Message,
    Person,
    Setting,
    Shop,
    Taken,
    Told,
    WordList,
)
from reference_service.domain.register import SETTINGS, SHELVED
from reference_service.domain.reminders import Reminded
from reference_service.domain.shops import place_person, place_shop
from reference_service.domain.staff import Training
from reference_service.domain.tiers import TierMark
from reference_service.domain.world import Thread, World
from reference_service.filtering.words import Contacts, Word, WordFilter
from reference_service.storage.reader import Reader

# Of a visit that is not over: rows that have a conversation_id and a seq.
IN_VISIT: Final = (
    "EXISTS (SELECT 1 FROM conversation WHERE id = conversation_id AND state <> 'resolved' AND seq >= visit_from)"
)
NEWEST: Final = {  # what a Thread knows of its newest rows
    "seq": "SELECT conversation_id, max(seq) FROM message GROUP BY 1",
    "top_index": 'SELECT conversation_id, max("index") FROM message WHERE "index" IS NOT NULL GROUP BY 1',
    "rated": "SELECT conversation_id, max(visit_from) FROM rating GROUP BY 1",
    "happened": "SELECT conversation_id, max(n) FROM happened GROUP BY 1",
    "handed": "SELECT conversation_id, max(seq) FROM happened WHERE kind = 'handed_over' GROUP BY 1",
}


def recover(reader: Reader, now: float, echo_wait_s: float, speed: float = 1.0) -> tuple[World, Changes]:
    """The world as it was committed, and what must follow from the stop (calls to be made or waited for).

    `speed` is the business's from now on.
    """
    world = World(recovered_at=now, speed=speed)
    world.counters = {counter.name: counter.value for counter in reader.rows(Counter)}
    world.taken = {taken.id_hash: taken.body_hash for taken in reader.rows(Taken)}
    for shop in reader.rows(Shop):
        place_shop(world, shop)
    for person in reader.rows(Person):
        place_person(world, person)
    _words(world, reader)
    _settings(world, reader)
    for article in reader.rows(Article, "ORDER BY number"):
        world.floors[article.shop_id].knowledge.put(article)
    _threads(world, reader)
    _customers(world, reader)
    _desks(world, reader, now)
    marks, reminded = reader.rows(TierMark, f"WHERE {IN_VISIT}"), reader.rows(Reminded, f"WHERE {IN_VISIT}")
    duty.restore(world, marks, reminded, reader.rows(Overload), now)
    snoozing.restore(world)
    _shelves(world, reader)
    retention.restore(world, now)
    for training in reader.rows(Training):
        world.floors[training.shop_id].desks[training.agent_id].training[training.id] = training
    shifts.restore(world, now)
    big_sale.restore(world, now)
    waiting.restore(world, now)
    changes = Changes(at=now)
    for thread in world.threads.values():
        outbox.resume(world, thread, now + echo_wait_s, changes)
    bot_visits.restore(world, changes)
    announcing.restore(world, changes)
    return world, changes


def _words(world: World, reader: Reader) -> None:
    for listed in reader.rows(WordList):
        words = msgspec.json.decode(listed.words, type=list[Word])
        allow = msgspec.json.decode(listed.allow, type=list[str])
        contacts = msgspec.json.decode(listed.contacts, type=Contacts)
        world.floors[listed.shop_id].words = WordFilter(words, allow, listed.version, contacts)


def _settings(world: World, reader: Reader) -> None:
    shapes = {shape.__name__: shape for shape in SETTINGS}
    for kept in reader.rows(Setting):
        configuring.place(world.floors[kept.shop_id], kept, shapes[kept.name])


def _shelves(world: World, reader: Reader) -> None:
    for shape in SHELVED:
        for floor in world.floors.values():
            for record in reader.rows(shape, "WHERE shop_id = ?", (floor.shop.id,)):
                shelves.place(floor, record)
    for floor in world.floors.values():
        complaint_clock.restore(world, floor)
        incidents.restore(world, floor)
        emergency.restore(world, floor)
        trials.restore(world, floor)


def _threads(world: World, reader: Reader) -> None:
    for conversation in reader.rows(Conversation, "ORDER BY number"):
        thread = Thread(conversation)
        world.threads[conversation.id] = thread
        world.floors[conversation.shop_id].threads[conversation.platform_id] = thread
    for attribute, statement in NEWEST.items():
        for name, number in reader.newest(statement):
            setattr(world.threads[name], attribute, number)
    for name, platform_id in reader.answered():
        world.threads[name].answering = platform_id
    for told in reader.rows(Told):
        world.threads[told.conversation_id].told[told.agent_id] = told.seq
    visits = f"WHERE step <> '' OR sender <> 'customer' OR {IN_VISIT} ORDER BY conversation_id, seq"
    for message in reader.rows(Message, visits):
        _place(world, world.threads[message.conversation_id], message)
    for thread in world.threads.values():  # what was under way goes on first, whatever stands behind it
        thread.outbox = deque(sorted(thread.outbox, key=lambda entry: entry.step == "queued"))


def _customers(world: World, reader: Reader) -> None:
    for customer in reader.rows(Customer, "ORDER BY number"):
        world.floors[customer.shop_id].customers[customer.open_id] = Known(customer)
    for order in reader.rows(Purchase):
        orders.put_back(world.floors[order.shop_id], order)
    for thread in world.threads.values():
        customers.put_back(world.floor_of(thread), thread)


def _place(world: World, thread: Thread, message: Message) -> None:
    if message.seq >= thread.conversation.visit_from and thread.conversation.state != "resolved":
        thread.visit.append(message)
    if message.sender != "customer":
        if message.platform_id:
            thread.own.add(message.platform_id)
        if message.step:
            thread.outbox.append(message)
        desk = world.desk(message.agent_id or "")
        if desk is not None and message.client_msg_id is not None:
            desk.sent[message.client_msg_id] = message


def _desks(world: World, reader: Reader, now: float) -> None:
    for name, s in reader.newest("SELECT agent_id, max(s) FROM logged GROUP BY agent_id"):
        desk = world.desk(name)
        if desk is not None:
            desk.s = max(desk.s, s)
    for thread in world.threads.values():
        desk = world.desk(thread.conversation.agent_id or "")
        if desk is not None:
            if thread.conversation.state == "snoozed":
                desk.snoozed[thread.conversation.id] = thread
            else:
                desk.held[thread.conversation.id] = thread
                desk.gone_since = now

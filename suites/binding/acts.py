"""What an agent may do beyond messages, tried once each: history, state, read, recall, edit, transfer."""

import asyncio
from typing import Any, Final, cast

from suites.binding.bench import Bench
from suites.binding.line import Left, Wrong
from targets.interface import Action, Edit, Event, Held, Read, Recall, Sent, Snapshot, Transfer

_PAUSE_S: Final = 0.1
_TRIES: Final = 50


async def history(bench: Bench) -> str:
    """It holds what the device was told, by rising seq, and what comes after a seq."""
    kept: list[Event] = await _target(bench).history(bench.agent, bench.conversation, 0)
    order = [each.seq for each in kept]
    if None in order or order != sorted(set(cast(list[int], order))):
        raise Wrong(f"the seqs are {order}", "every message has its seq in the conversation, and they rise")
    if bench.event.target_id not in (ids := [each.target_id for each in kept]):
        raise Wrong(
            f"{bench.event.target_id} was told and is not among {len(ids)} messages", "give all pages, from after"
        )
    rest = await _target(bench).history(bench.agent, bench.conversation, order[0])
    if [each.seq for each in rest] != order[1:]:
        raise Wrong(f"after seq {order[0]} it has {[each.seq for each in rest]}", "`after` itself is not among them")
    return f"{len(kept)} messages, seq {order[0]} to {order[-1]}"


async def state(bench: Bench) -> str:
    """A fresh device shows the conversation up to its newest message."""
    _, event = await bench.talk("新来的顾客")
    snapshot: Snapshot = await _target(bench).state(bench.agent)
    shown = {each.conversation: each for each in snapshot.held if isinstance(each, Held)}
    if event.conversation not in shown:
        raise Wrong(f"it shows {sorted(shown)}, not {event.conversation}", "every conversation that the agent holds")
    held = shown[event.conversation]
    if (held.seq, held.unread) != (event.seq, 1):
        raise Wrong(
            f"of one unread message with seq {event.seq} it shows {held}", "seq is the newest, unread the customer's"
        )
    return f"{len(shown)} conversations; a new one with seq {held.seq} and 1 unread"


async def read(bench: Bench) -> str:
    """An agent's read mark is taken."""
    _, event = await bench.talk("已读了吗")
    if event.seq is None:
        raise Wrong("the event has no seq to read up to", "fill in `seq`: the message's place in its conversation")
    await _well(bench, Read(event.conversation, event.seq))
    if "state" not in bench.lab.offers:
        return "taken; `state` is not offered, so what a fresh device shows is not known"
    snapshot: Snapshot = await _target(bench).state(bench.agent)
    held = next((each for each in snapshot.held if each.conversation == event.conversation), None)
    if held is None or held.unread:
        raise Wrong(f"read up to {event.seq}, a fresh device shows {held}", "unread counts what comes after the mark")
    return "taken; a fresh device shows nothing unread"


async def recall(bench: Bench) -> str:
    """A reply that was received is taken back before the customer's eyes."""
    customer, event = await bench.talk("可以撤回吗")
    sent = await bench.desk.reply(event.conversation, "撤回这条")
    got = await customer.receives(bench.desk.last_text)
    await _well(bench, Recall(event.conversation, sent.target_id), again=True)
    await customer.sees_recalled(got.message)
    return "the customer saw it taken back"


async def edit(bench: Bench) -> str:
    """A reply that has not left reads as it was edited; which ones may be is the target's to say."""
    customer, event = await bench.talk("可以修改吗")
    await bench.lab.disturb(customer, refuse_call=True)  # so that the second waits behind the first
    await bench.desk.reply(event.conversation, "第一条")
    sent = await bench.desk.reply(event.conversation, "改之前")
    new = f"改之后 {bench.lab.mark()}"
    told = await _act(bench, Edit(event.conversation, sent.target_id, new))
    if told.outcome == "failed":
        raise Left(f"understood and refused ({told.code}): a reply that waits cannot be edited there")
    if told.outcome == "unknown":
        raise Wrong("unknown", "answer ok, or failed with a code")
    await customer.receives(new)
    if customer.got(bench.desk.last_text):
        raise Wrong("the customer received both texts", "ok means that the old text is never sent")
    return "the customer received the new text only"


async def transfer(bench: Bench) -> str:
    """A colleague is given the conversation and told so."""
    if len(bench.shop.agents) < 2:
        raise Left("the target has one agent only (limits.max_agents)")
    _, event = await bench.talk("请转给同事")
    other = await bench.shop.desk(1, "1")
    await _well(bench, Transfer(event.conversation, other.agent))
    await other.until(lambda each: each.conversation == event.conversation, "the conversation handed over")
    await bench.desk.until(
        lambda each: each.kind == "released" and each.conversation == event.conversation, "that it was released"
    )
    await other.availability("offline")
    await other.close()
    return f"{other.agent.id} was told of it, and {bench.agent.id} that it is gone"


async def _well(bench: Bench, action: Action, *, again: bool = False) -> None:
    for _ in range(_TRIES if again else 1):  # a reply may be received before the target has heard that it was
        told = await _act(bench, action)
        if told.outcome == "ok":
            return
        await asyncio.sleep(_PAUSE_S)
    raise Wrong(f"{type(action).__name__}: {told.outcome} {told.code}", "act() answers ok where the target did it")


async def _act(bench: Bench, action: Action) -> Sent:
    told = await _target(bench).act(bench.agent, action)
    if not isinstance(told, Sent):
        raise Wrong(f"act() gave {told!r}", "give Sent(outcome, code=...)")
    return told


def _target(bench: Bench) -> Any:
    return bench.lab.target

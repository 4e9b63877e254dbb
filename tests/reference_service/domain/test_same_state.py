"""Whatever happened, a device that heard every event shows what a fresh device is told (SYNC-2).

`Screen` is the oracle: it knows nothing of the service but the frames of asyncapi.yaml. It begins empty or with `ready`
and pages of messages, and folds every dispatch into what an agent would see.
"""

import contextlib
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_service.api.messages import message_view
from reference_service.api.sessions import standing
from reference_service.domain.events import Ordered, Read
from reference_service.domain.outbox import Answer
from reference_service.domain.records import Message
from reference_service.domain.refusal import Refusal
from reference_service.filtering.words import Word

State = dict[str, Any]
FIELDS = ("state", "version", "priority", "tags", "snoozed_until", "visit_from", "read_to", "customer_read", "customer")
SAID = (
    *("seq", "sender", "agent_id", "client_msg_id", "platform_message_id", "text", "index", "late", "created_at"),
    *("status", "kind", "ref", "private", "scene", "edited"),
)


class Screen:
    """What one device shows: the conversations that are its agent's, and every message it was told."""

    def __init__(self, page: Callable[[str, int, int], list[State]]) -> None:
        self._page = page  # GET …/messages: those of a conversation from a seq to a seq
        self.conversations: dict[str, State] = {}
        self.messages: dict[tuple[str, int], State] = {}

    def begin(self, ready: list[State], pages: list[State]) -> None:
        """A fresh device: `ready`, then the messages of what is the agent's."""
        self.conversations = {one["conversation_id"]: {name: one[name] for name in FIELDS} for one in ready}
        self._take(pages)

    def _take(self, page: list[State]) -> None:
        self.messages |= {(one["conversation_id"], one["seq"]): {name: one[name] for name in SAID} for one in page}

    def tell(self, t: str, d: State) -> None:
        """One dispatch."""
        if t == "conversation.assigned":
            self._begin_or_go_on(d)
        elif t.startswith("conversation."):
            self._conversation(t, d)
        elif t == "message.read":
            self.conversations.get(d["conversation_id"], {}).update(customer_read=d["index"])
        elif t.startswith("message."):
            self._message(t, d)

    def _begin_or_go_on(self, d: State) -> None:
        name = d["conversation_id"]
        self.conversations[name] = {"state": "open", "snoozed_until": None, **{n: d[n] for n in FIELDS if n in d}}
        if any((name, seq) not in self.messages for seq in range(d["visit_from"], d["told_to"] + 1)):
            self._take(self._page(name, d["visit_from"], d["told_to"]))

    def _conversation(self, t: str, d: State) -> None:
        held = self.conversations.get(d["conversation_id"])
        if t in ("conversation.transferred", "conversation.resolved"):
            self.conversations.pop(d["conversation_id"], None)
        elif t == "conversation.updated" and held is not None:
            held.update({field: value for field, value in d.items() if field in FIELDS})
        elif t == "conversation.read" and held is not None:
            held["read_to"] = d["seq"]

    def _message(self, t: str, d: State) -> None:
        key = d["conversation_id"], d["seq"]
        if t in ("message.created", "message.blocked"):
            self.messages[key] = {"text": None} | {field: d[field] for field in SAID if field in d}
        elif key in self.messages:
            new = {"updated": ("status", "platform_message_id"), "edited": ("text",), "recalled": ()}
            self.messages[key].update({field: d[field] for field in new[t.removeprefix("message.")]})
            self.messages[key] |= {
                "message.recalled": {"status": "recalled", "text": None},
                "message.edited": {"edited": True},
            }.get(t, {})

    def shown(self) -> State:
        """Everything on the screen: each conversation with its visit's messages, and what of them is unread."""
        return {name: held | self._visit(name, held) for name, held in self.conversations.items()}

    def _visit(self, name: str, held: State) -> State:
        mine = sorted((seq, said) for (where, seq), said in self.messages.items() if where == name)
        visit = [said for seq, said in mine if seq >= held["visit_from"]]
        unread = [said for said in visit if said["sender"] == "customer" and said["seq"] > held["read_to"]]
        return {"messages": visit, "unread": len(unread)}


def page(stage: Any) -> Callable[[str, int, int], list[State]]:
    """GET …/messages, as it is when it is called."""

    def read(conversation_id: str, first: int, last: int) -> list[State]:
        rows = [row for changes in stage.all for record, row in changes.rows if record is Message]
        mine = {row[1]: row for row in rows if row[0] == conversation_id and first <= row[1] <= last}
        return [message_view(msgspec.convert(mine[seq], Message)) for seq in sorted(mine)]

    return read


def fresh(stage: Any, desk: Any) -> Screen:
    """A device that begins now: what `ready` and the pages say."""
    screen, ready = Screen(page(stage)), msgspec.to_builtins(standing(desk))
    pages = [page(stage)(one["conversation_id"], one["visit_from"], one["seq"]) for one in ready]
    screen.begin(ready, [message for each in pages for message in each])
    unread = {one["conversation_id"]: one["unread"] for one in ready}
    assert {name: shown["unread"] for name, shown in screen.shown().items()} == unread
    return screen


WHAT = (
    *("write", "write", "write", "late", "bad", "recall", "reply", "reply", "say", "note", "ok", "refused", "lost"),
    *("echo", "read", "label", "resolve", "snooze", "give", "transfer", "back", "reopen", "away", "offline", "online"),
    *("edit", "take back", "seen", "buys", "describe", "wait"),
)
# Few customers, few agents and long histories: what goes wrong does so when a conversation comes back.
ACTIONS = st.lists(st.tuples(st.sampled_from(WHAT), st.integers(0, 1), st.integers(0, 1)), min_size=30, max_size=100)


@pytest.mark.thorough
@settings(max_examples=200, deadline=None)
@given(ACTIONS, st.integers(0, 60))
def test_a_device_that_heard_everything_shows_what_a_fresh_one_is_told(
    new_stage: Any, actions: list[tuple[str, int, int]], joins: int
) -> None:
    stage = new_stage()
    stage.words(Word("微信"), Word("骗子", to_agent="block"))
    desks = [stage.agent(capacity=1), stage.agent(capacity=2)]
    later = [(Screen(page(stage)), 0) for _ in desks]
    for number, (what, customer, agent) in enumerate(actions):
        if number == joins:
            later = [(fresh(stage, desk), desk.s) for desk in desks]
        stage.now += 1.0
        with contextlib.suppress(Refusal):
            act(stage, desks[agent], f"c{customer}", what, number)
    for desk, (joined, s) in zip(desks, later, strict=True):
        first = Screen(page(stage))
        for screen, since in ((first, 0), (joined, s)):
            for t, d in stage.log(desk)[since:]:
                screen.tell(t, d)
        assert first.shown() == joined.shown() == fresh(stage, desk).shown()


def act(stage: Any, desk: Any, customer: str, what: str, number: int) -> None:
    if what in ("write", "late", "bad"):
        text = {"bad": "骗子", "write": ("你好", "加我微信")[number % 2]}.get(what, "晚到")
        stage.write(customer, f"m{number}", text, index=0 if what == "late" else number)
    elif what in ("away", "offline", "online"):
        stage.available(desk, what)
    elif what == "wait":
        stage.wait(20.0)
    elif what == "recall":
        stage.recall(f"m{number - 2}")
    elif what in ("ok", "refused", "lost"):
        if stage.calls:
            stage.answer(stage.calls.pop(0), Answer(what, f"r{number}" if what == "ok" else ""))
    elif f"@{customer}-s1" in stage.floor.threads:
        handle(stage, desk, customer, what, number)


def handle(stage: Any, desk: Any, customer: str, what: str, number: int) -> None:
    thread = stage.thread(customer)
    commands = {
        "reply": lambda: stage.reply(desk, thread, f"您好{number}", f"k{number}"),
        "say": lambda: stage.say(customer, f"自动{number}"),
        "note": lambda: stage.note(customer, f"便条{number}", desk.person),
        "echo": lambda: stage.echo(customer, f"e{number}", f"您好{number - 1}"),
        "read": lambda: stage.read(desk, customer, thread.seq - number % 2),
        "edit": lambda: stage.edit(customer, thread.seq, f"改成{number}", desk.person),
        "take back": lambda: stage.take_back(customer, thread.seq - number % 3, desk.person),
        "seen": lambda: stage.event(Read(stage.account("s1"), f"@{customer}-s1", number)),
        "buys": lambda: stage.event(Ordered(stage.account("s1"), "", f"o{number}", customer, "paid", 100)),
        "describe": lambda: stage.describe(customer, f"标签{number % 2}"),
        "label": lambda: stage.label(customer, ("high", "normal")[number % 2], f"标签{number % 3}"),
        "resolve": lambda: stage.resolve(thread),
        "snooze": lambda: stage.snooze(customer, 25.0),
        "give": lambda: stage.give(customer, desk),
        "transfer": lambda: stage.transfer(customer, desk, "看一下"),
        "back": lambda: stage.transfer(customer, None),
        "reopen": lambda: stage.reopen(customer, desk if number % 2 else None),
    }
    commands[what]()

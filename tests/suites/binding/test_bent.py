"""An adapter that is wrong in one place: the line that is about it says so, and what to do."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from itertools import count
from typing import Any

import pytest

from suites.binding.bench import Bench
from suites.binding.checklist import EXERCISES
from suites.binding.line import Line
from suites.lab import Lab
from targets.interface import (
    OFFERS,
    Agent,
    Closed,
    Device,
    Event,
    FilterVerdict,
    Held,
    Leftover,
    Limits,
    Sent,
    Snapshot,
    TargetError,
)
from targets.reference import Reference

Resigning = Any  # the fixture of conftest.py
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.thorough]
Checked = Callable[..., Coroutine[Any, Any, dict[str, Line]]]
Told = Event | Closed


class Bent(Reference):
    """The reference's adapter with some of its methods put in the place of its own."""

    def __init__(self, **methods: Any) -> None:
        super().__init__()
        for name, method in methods.items():
            setattr(self, name, method)


class Device_:
    """A device whose events, or other methods, are bent."""

    def __init__(self, device: Device, bend: Callable[[Told], list[Told]], **attributes: Any) -> None:
        self._device, self._bend, self._attributes = device, bend, attributes

    def __getattr__(self, name: str) -> Any:
        return self._attributes[name] if name in self._attributes else getattr(self._device, name)

    async def events(self) -> AsyncIterator[Told]:
        async for event in self._device.events():
            for told in self._bend(event):
                yield told


def telling(bend: Callable[[Event], list[Told]], **attributes: Any) -> Bent:
    """An adapter whose devices tell each event bent."""
    bent = Bent()

    async def connect(agent: Agent, device: str, resume: str | None) -> Any:
        made = await Reference.connect(bent, agent, device, resume)
        return Device_(made, lambda told: bend(told) if isinstance(told, Event) else [told], **attributes)

    bent.connect = connect  # type: ignore[method-assign]
    return bent


def as_it_is(event: Event) -> list[Told]:
    return [event]


def answering(name: str, answer: Any) -> Bent:
    """An adapter whose method gives that, or raises it."""

    async def method(*_: object) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Bent(**{name: method})


async def hangs(*_: object) -> Any:
    await asyncio.Event().wait()


def doubles(event: Event) -> list[Told]:
    id_ = event.platform_id or ""
    return [event._replace(platform_id=str(int(float(id_))))] if id_.isdigit() else [event]


def wrong_about(event: Event) -> list[Told]:
    """The echo: our own reply, as if the customer had written it."""
    return [event._replace(sender="customer")] if event.client_id and event.kind == "message" else [event]


def raises(_: Event) -> list[Told]:
    raise KeyError("chat")


def stars(event: Event) -> list[Told]:
    """A filter that takes a row of tokens for something else."""
    return [event._replace(text="***")] if (event.text or "").count(" ") > 5 else [event]


def replying(bend: Callable[[str, str, str], tuple[str, str, str]]) -> Bent:
    """An adapter whose devices reply with something else than asked for."""
    bent = Bent()

    async def connect(agent: Agent, device: str, resume: str | None) -> Any:
        made = await Reference.connect(bent, agent, device, resume)

        async def reply(*asked: str) -> Sent:
            return await made.reply(*bend(*asked))

        return Device_(made, lambda told: [told], reply=reply)

    bent.connect = connect  # type: ignore[method-assign]
    return bent


def forgets_ids(conversation: str, text: str, client_id: str) -> tuple[str, str, str]:
    return conversation, text, f"{client_id}-{next(NUMBERS)}"


def signs(conversation: str, text: str, client_id: str) -> tuple[str, str, str]:
    return conversation, f"{text} 客服小王", client_id


def second_differs() -> Bent:
    """The second device of an agent counts its messages by itself."""
    bent = Bent()

    async def connect(agent: Agent, device: str, resume: str | None) -> Any:
        made = await Reference.connect(bent, agent, device, resume)
        own = device.endswith("2")
        return Device_(made, lambda told: [told._replace(seq=1)] if own and isinstance(told, Event) else [told])

    bent.connect = connect  # type: ignore[method-assign]
    return bent


NUMBERS = count(1)
BENT: dict[str, tuple[Callable[[], Bent], str, str]] = {
    "shop gives nothing": (lambda: answering("shop", None), "shop", "shop() gave None"),
    "too few agents": (lambda: answering("agents", []), "shop", "agents(shop, 2) gave 0"),
    "expired credentials": (
        lambda: answering("connect", TargetError("POST /login: answered 401: expired")),
        "login",
        "answered 401: expired",
    ),
    "login hangs": (lambda: Bent(connect=hangs), "login", "no end after 6 s"),
    "an error of the adapter's own": (lambda: answering("connect", KeyError("token")), "login", "KeyError: 'token'"),
    "a device that lacks": (lambda: answering("connect", object()), "login", "has no `cursor, resumed, events"),
    "events of another type": (
        lambda: telling(lambda event: [{"text": event.text}]),  # type: ignore[list-item]
        "inbound",
        "events() yields Event and Closed, not {",
    ),
    "events raise": (lambda: telling(raises), "inbound", "the adapter's events() raised KeyError: 'chat'"),
    "nothing is told": (lambda: telling(lambda _: []), "inbound", "was not told of the message"),
    "the sender is mistaken": (
        lambda: telling(lambda event: [event._replace(sender="agent")]),
        "inbound",
        "told as message of agent",
    ),
    "ids of another kind": (
        lambda: telling(lambda event: [event._replace(platform_id=event.target_id)]),
        "inbound",
        "platform_id is",
    ),
    "ids that are numbers": (
        lambda: telling(lambda event: [event._replace(conversation=7)]),  # type: ignore[arg-type]
        "inbound",
        "['conversation'] is no text",
    ),
    "texts are cut": (
        lambda: telling(lambda event: [event._replace(text=(event.text or "")[:-1] + "…")]),
        "inbound",
        "told was",
    ),
    "a reply is not idempotent": (lambda: replying(forgets_ids), "outbound", "sent again (ok), it came 2 times"),
    "a reply is signed": (lambda: replying(signs), "outbound", "the customer received '您好"),
    "a reply is not sent": (lambda: telling(as_it_is, reply=hangs), "outbound", "no end after 6 s"),
    "devices differ": (second_differs, "devices", "the devices were told of different messages"),
    "tokens are filtered": (lambda: telling(stars), "tokens", "told was '***'"),
    "ids are read as doubles": (lambda: telling(doubles), "ids", "pushed were"),
    "the echo is the customer's": (lambda: telling(wrong_about), "echo", "the echo of our own reply was told as"),
    "told twice": (lambda: telling(lambda event: [event, event]), "duplicate", "pushed twice, it was told 2 times"),
    "a cursor of nowhere": (lambda: telling(as_it_is, cursor=None), "resume", "it was told 0 and 0 times"),
    "resumed is not set": (lambda: telling(as_it_is, resumed=False), "resume", "`resumed` is False"),
    "wrong history": (lambda: answering("history", []), "history", "is not among 0 messages"),
    "wrong state": (lambda: answering("state", Snapshot((Held("elsewhere", 1, 1, 0),))), "state", "elsewhere"),
    "not read": (lambda: answering("act", Sent("ok")), "read", "a fresh device shows Held("),
    "not recalled": (lambda: answering("act", Sent("ok")), "recall", "was not told that"),
    "not edited": (lambda: answering("act", Sent("ok")), "edit", "did not receive '改之后"),
    "not transferred": (lambda: answering("act", Sent("failed", code="no_right")), "transfer", "failed no_right"),
    "no outcome": (lambda: answering("act", True), "transfer", "act() gave True"),
    "everything passes": (
        lambda: answering("check_texts", [FilterVerdict("pass", "您好，请问什么时候发货", ())]),
        "filter",
        "to the customer: FilterVerdict(action='pass'",
    ),
    "words not set": (lambda: answering("configure", None), "words", "reached the customer (ok)"),
    "hours not set": (lambda: answering("configure", None), "hours", "did not receive '现在是休息时间"),
    "no greeting": (lambda: answering("automatic", None), "automatic", "did not receive"),
    "no complaint": (lambda: answering("complain", ""), "complaints", "complain() gave ''"),
    "figures of its own": (lambda: answering("figures", {"happy": 1}), "figures", "gave ['happy']"),
    "no profiles": (lambda: answering("profiles", TargetError("answered 403")), "profiles", "answered 403"),
    "no clock": (lambda: answering("advance", TargetError("answered 404")), "clock", "answered 404"),
    "a token of nobody": (lambda: answering("bearer", "nobody's"), "contract", "answered 401, a success was due"),
    "leftovers": (lambda: answering("close", [Leftover("shop 7", "in use")]), "leftovers", "shop 7 (in use)"),
}


@pytest.mark.parametrize("name", BENT)
async def test_the_line_about_it_says_so(checked: Checked, name: str) -> None:
    make, line, says = BENT[name]
    found = await checked(make(), line)
    assert (found[line].state, says in found[line].seen) == ("wrong", True), found[line]
    assert found[line].do
    assert "\n" not in found[line].seen


async def test_every_offer_is_tried_and_every_line_about_one_can_be_wrong() -> None:
    assert set(EXERCISES) == set(OFFERS) - {"resume"}  # which is tried among the basics
    assert set(EXERCISES) - {line for _, line, _ in BENT.values()} == {"restart"}  # has a test of its own


async def test_a_restart_is_tried_where_it_may_be_and_told(
    checked: Checked, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Restarting(Bent):
        offers = Reference.offers | {"restart"}

        async def restart(self, how: str) -> None:
            raise TargetError(f"systemctl {how}: no right")

    monkeypatch.setattr(lab, "hosted", None)
    found = await checked(Restarting(), "restart")
    assert (found["restart"].state, "may_harm does not name 'restart'" in found["restart"].seen) == ("left", True)
    monkeypatch.setattr(lab, "limits", Limits(may_harm=frozenset({"restart"})))
    found = await checked(Restarting(), "restart")
    assert (found["restart"].state, found["restart"].seen) == ("wrong", "systemctl stop: no right")


async def test_what_stands_on_a_wrong_line_is_not_tried(checked: Checked) -> None:
    found = await checked(answering("connect", TargetError("answered 401")), "history")
    assert {name: line.state for name, line in found.items()} == {
        "shop": "ok",
        "login": "wrong",
        "inbound": "left",
        "outbound": "left",
        "devices": "left",
        "history": "left",
    }
    assert found["history"].seen == "not tried: `inbound` must be well first"


async def test_what_is_not_offered_is_said_and_not_tried(checked: Checked) -> None:
    bent = answering("history", [])

    async def open_(run: Any) -> Any:
        version = await Reference.open(bent, run)
        bent.offers = frozenset()
        return version

    bent.open = open_  # type: ignore[method-assign]
    found = await checked(bent, "history", "resume")
    assert {found[name].state for name in ("history", "resume")} == {"left"}
    assert found["history"].seen.startswith("not offered")
    assert "was told 2 of 2 missed" in found["resume"].seen


async def test_a_target_that_takes_forged_pushes_is_told_apart(checked: Checked, resigning: Resigning) -> None:
    found = await checked(Bent(), "signature", before=resigning.put_before)
    assert found["signature"].state == "wrong"
    assert "signed with another secret was acknowledged (200)" in found["signature"].seen


async def test_a_webhook_that_nobody_answers_is_told_apart(checked: Checked) -> None:
    def nowhere(bench: Bench) -> None:
        bench.shop.target = bench.shop.target._replace(webhook_url="http://127.0.0.1:9/hook")

    found = await checked(Bent(), "signature", before=nowhere)
    assert found["signature"].state == "wrong"
    assert "http://127.0.0.1:9/hook cannot be reached" in found["signature"].seen


async def test_a_real_push_with_other_fields_is_told_apart(checked: Checked) -> None:
    def put(bench: Bench) -> None:
        bench.sample.write_text('{"event": "im_receive_msg", "content": {"text": "在吗"}, "seq": 1}', encoding="utf-8")

    found = await checked(Bent(), "real push", before=put)
    assert found["real push"].state == "wrong"
    assert "only the real push has /seq (number)" in found["real push"].seen


async def test_a_real_push_that_is_none_is_told(checked: Checked) -> None:
    found = await checked(Bent(), "real push", before=lambda bench: bench.sample.write_bytes(b"GET /") and None)
    assert (found["real push"].state, "it is no JSON" in found["real push"].seen) == ("wrong", True)

"""What a target may know and do beside conversations: profiles, complaints, figures, clock, contract, restart."""

from typing import Any, Final

from suites.binding.bench import Bench
from suites.binding.line import Left, Wrong
from targets.interface import FIGURES, Profile

_JUMP_S: Final = 31.0  # past the first response limit
_NOTICE_S: Final = 2.0


async def profiles(bench: Bench) -> str:
    """A customer who bought is known when they write."""
    customer = await bench.shop.customer()
    bought = [Profile(customer.open_id, 3, 90_000)]
    await _target(bench).profiles(bench.shop.target, bought, bench.shop.agents)
    event = await bench.desk.sees(await customer.say("我又来了"))
    notes = [
        each.note for each in bench.desk.events if each.kind == "assigned" and each.conversation == event.conversation
    ]
    grade = next(filter(None, notes), "")
    if not grade:
        raise Left("taken; no `assigned` event carries the customer's grade in its note")
    return f"taken; the customer was assigned as {grade}"


async def complaints(bench: Bench) -> str:
    """One is opened, the customer answered, and it is closed."""
    customer, event = await bench.talk("我要投诉")
    opened = await _target(bench).complain(bench.agent, event.conversation, "测试投诉")
    if not isinstance(opened, str) or not opened:
        raise Wrong(f"complain() gave {opened!r}", "give the complaint's id, a text")
    await bench.desk.reply(event.conversation, "非常抱歉")
    await customer.receives(bench.desk.last_text)
    await _target(bench).close_complaint(bench.agent, opened, "已致歉")
    return f"complaint {opened} was opened and closed"


async def figures(bench: Bench) -> str:
    """The dashboard has figures by the names that golive knows."""
    told = await _target(bench).figures(bench.shop.target)
    if unknown := sorted(set(told) - set(FIGURES)) or not told:
        raise Wrong(f"figures() gave {sorted(told)}: {unknown}", f"of these those it has: {', '.join(FIGURES)}")
    if wrong := {name: value for name, value in told.items() if not isinstance(value, int | float)}:
        raise Wrong(f"no numbers: {wrong}", "counts, and round_seconds in seconds")
    return ", ".join(f"{name} {value:g}" for name, value in told.items())


async def advance(bench: Bench) -> str:
    """Business time jumps: a customer who waits is late at once."""
    _, event = await bench.talk("有人吗")
    await bench.lab.advance(_JUMP_S)
    late = ("tier", "unread")
    try:
        told = await bench.desk.until(
            lambda each: each.kind in late and each.conversation == event.conversation, within=_NOTICE_S
        )
    except AssertionError:
        raise Left(f"it returned; no event of kind {' or '.join(late)} shows that {_JUMP_S:g} s went by") from None
    return f"{_JUMP_S:g} s ahead, the device was told: {told.kind} {told.note}".strip()


async def contract(bench: Bench) -> str:
    """Tokens of agent, administrator and operator open what is theirs, and a made-up one opens nothing."""
    api, seen = bench.shop.api, []
    for operation, who in (
        ("listConversations", bench.agent),
        ("getBusinessHours", "admin"),
        ("listBackups", "operator"),
    ):
        if operation in bench.lab.operations:
            seen.append(f"{operation} {(await api(operation, who=who)).status}")
    refused = await api("listConversations", who="Bearer made-up", expect=401)
    return f"{', '.join(seen)}; with a made-up token {refused.status}"


async def restart(bench: Bench) -> str:
    """It comes back, and a message passes."""
    if bench.lab.hosted is None and "restart" not in bench.lab.limits.may_harm:
        raise Left("not tried: the adapter's limits.may_harm does not name 'restart'")
    await bench.lab.restart("stop")
    await bench.desk.closed()
    bench.desk = await bench.desk.again()
    await bench.desk.availability("online")
    await bench.desk.sees(await bench.customer.say("重启之后"))
    return "it was stopped and started; a device came back, and a message passed"


def _target(bench: Bench) -> Any:
    return bench.lab.target

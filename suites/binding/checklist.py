"""All checks of an adapter in their order, and how they are gone through."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from suites.binding import acts, basics, business, measured, settings, trouble
from suites.binding.bench import Bench
from suites.binding.line import Check, Left, Line, Wrong, tried
from suites.binding.sample import Unreadable, body_of, differences, nearest, ours, shape

PATIENT: Final = 6  # times the suite's patience for one check; several waits of it may run out
_TALK: Final = ("inbound",)
_BOTH: Final = ("inbound", "outbound")


async def real_push(bench: Bench) -> str:
    """A push that a team recorded has the fields that golive's profile writes."""
    if not bench.sample.exists():
        raise Left(f"there is no {bench.sample}: put a real push there, anonymised, to have it compared")
    try:
        theirs = shape(body_of(bench.sample.read_bytes()))
    except (Unreadable, OSError) as error:
        do = 'the body of one push as JSON, or {"body": …}; nothing secret'
        raise Wrong(f"{bench.sample}: {error}", do) from error
    written = ours(bench.lab.platform, bench.lab.spec.app)
    kind = nearest(theirs, written)
    if differ := differences(theirs, written[kind]):
        more = f" and {len(differ) - 5} more" if len(differ) > 5 else ""
        do = f"your platform does not speak {bench.lab.platform.name}: subclass the profile (docs/adapter.md)"
        raise Wrong(f"beside our `{kind}`: {'; '.join(differ[:5])}{more}", do)
    return f"the same {len(theirs)} fields as our `{kind}`"


async def leftovers(bench: Bench) -> str:
    """close() removes the test data, or says what it could not remove."""
    if left := await bench.lab.leave():
        what = "; ".join(f"{each.what} ({each.where})" for each in left[:5])
        raise Wrong(f"{len(left)} left behind: {what}", "remove them by hand; test data must not stay")
    return "the adapter says that nothing stayed"


# An offer's exercise. `resume` is tried among the basics.
EXERCISES: Final[Mapping[str, Check]] = {
    "history": Check("history", ("历史消息", "history"), acts.history, _TALK),
    "state": Check("state", ("状态", "state"), acts.state, _TALK),
    "read": Check("read", ("已读", "read marks"), acts.read, _TALK),
    "recall": Check("recall", ("撤回", "recall"), acts.recall, _BOTH),
    "edit": Check("edit", ("修改", "edit"), acts.edit, _BOTH),
    "transfer": Check("transfer", ("转接", "transfer"), acts.transfer, _TALK),
    "filter": Check("filter", ("过滤检查", "filter"), settings.filter_, ("shop",)),
    "words": Check("words", ("词表", "word list"), settings.words, _BOTH),
    "complaints": Check("complaints", ("投诉", "complaints"), business.complaints, _BOTH),
    "profiles": Check("profiles", ("顾客档案", "profiles"), business.profiles, _TALK),
    "figures": Check("figures", ("看板", "figures"), business.figures, ("shop",)),
    "clock": Check("clock", ("业务时钟", "business clock"), business.advance, _TALK),
    "hours": Check("hours", ("营业时间", "hours"), settings.hours, _TALK),
    "automatic": Check("automatic", ("自动回复", "automatic texts"), settings.automatic, _TALK),
    "contract": Check("contract", ("契约", "contract"), business.contract, _TALK),
    "restart": Check("restart", ("重启", "restart"), business.restart, _TALK),
}
BASICS: Final = (
    Check("shop", ("店铺与坐席", "shop and agents"), basics.shop),
    Check("login", ("登录", "login"), basics.login, ("shop",)),
    Check("inbound", ("顾客 → 客服", "customer to agent"), basics.inbound, ("login",)),
    Check("outbound", ("客服 → 顾客", "agent to customer"), basics.outbound, ("inbound",)),
    Check("echo", ("回显", "echo"), basics.echo, _BOTH),
    Check("tokens", ("标记不被过滤", "tokens pass the filter"), basics.words, _BOTH),
    Check("devices", ("两台设备", "two devices"), basics.devices, _TALK),
    Check("duplicate", ("重复推送", "a duplicate push"), trouble.duplicate, _TALK),
    Check("resume", ("断线续传", "cut and resume"), trouble.resume, ("inbound", "devices")),
    Check("ids", ("大于 2^53 的编号", "ids beyond 2^53"), trouble.big_ids, _TALK),
    Check("signature", ("错误签名", "wrong signature"), trouble.signature, _TALK),
    Check("wall clock", ("系统时钟", "wall clock"), measured.clock),
    Check("observation", ("观测误差", "observation error"), measured.observation, _TALK),
    Check("real push", ("真实推送样例", "a real push"), real_push),
)
LAST: Final = Check("leftovers", ("残留数据", "leftovers"), leftovers)


ALL: Final = (*BASICS, *EXERCISES.values(), LAST)


async def gone_through(bench: Bench, checks: Sequence[Check] = ALL, within_s: float = 0.0) -> AsyncIterator[Line]:
    """Each check's Line as soon as there is one, within so many s (0: as patient as the lab).

    Each offer that is not made has its line, too.
    """
    done: list[Line] = []
    for check in checks:
        if check.name in EXERCISES and check.name not in bench.lab.offers:
            line = Line(check.name, check.title, "left", "not offered: tests that need it are not verified")
        else:
            line = await tried(check, bench, done, within_s or PATIENT * bench.lab.patience_s)
        done.append(line)
        yield line

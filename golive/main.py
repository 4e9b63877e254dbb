"""The commands of `golive`."""

import asyncio
import dataclasses
import shlex
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from golive import adapter, config, failures, recipe
from golive import certs as certificates
from golive.chat import chat as talk
from golive.crowd import MASTER_PORT, Crowd
from golive.failures import Failure
from golive.gather import gather as take_in
from golive.language import say
from golive.options import (
    AcceptedFile,
    Ca,
    CaseOption,
    Changes,
    Conditional,
    GatewayPort,
    Listen,
    PlatformOption,
    Processes,
    Promises,
    PublicUrl,
    RunsOption,
    ServicePort,
    TargetCa,
    TargetOption,
    TlsCert,
    TlsKey,
)
from golive.play import SCENARIOS, Wish, find_scenario
from golive.play import play as perform
from golive.reach import Reach
from golive.report import report as judge_again
from golive.serve import serve as keep_up
from golive.suite import PROFILES, SuiteWish, run_suite
from golive.worker import become, command, environment
from history.toml import dump

app = typer.Typer(
    name="golive",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=say(
        "抖音小店客服上线测试台:模拟抖音网关与上千名顾客,逐条核对每一条消息,给出能否上线的结论。",
        "Go-live test bench for Douyin-shop customer service: a simulated gateway, a thousand customers, "
        "every message accounted for, a go or no-go.",
    ),
)
adapters = typer.Typer(
    no_args_is_help=True, help=say("您的系统与 golive 之间的适配器。", "The adapter between your system and golive.")
)
app.add_typer(adapters, name="adapter")
console = Console()


@app.command(help=say("契约套件:逐项检查承诺。", "The contract suite: which promise is kept, broken or not verified."))
def contract(
    target: TargetOption = "reference",
    promise: Promises = None,
    case: CaseOption = "",
    runs: RunsOption = Path("runs"),
    processes: Processes = -1,
    accepted: AcceptedFile = None,
    real_time: Annotated[
        float,
        typer.Option(
            metavar="S",
            min=0,
            help=say(
                "被测系统没有可拨的时钟时,一个用例最多真等几秒",
                "how long a case may really wait where a target has no clock",
            ),
        ),
    ] = config.REAL_TIME_S,
    allow_conditional: Conditional = False,
) -> None:
    """Run it, write runs/<id>/, and exit with the verdict's code."""
    with clear_words():
        wish = SuiteWish("contract", target, tuple(promise or ()), case, runs, processes, accepted)
        wish = dataclasses.replace(wish, real_time=real_time)
        raise typer.Exit(run_suite(dataclasses.replace(wish, allow_conditional=allow_conditional), console))


@app.command(help=say("安全套件:过滤、分配与攻击。", "The security suite: filter, routing and attacks."))
def security(
    target: TargetOption = "reference",
    promise: Promises = None,
    case: CaseOption = "",
    runs: RunsOption = Path("runs"),
    processes: Processes = -1,
    accepted: AcceptedFile = None,
    profile: Annotated[
        str,
        typer.Option(metavar="|".join(PROFILES), help=say("ci 短而固定,nightly 长而随机", "short and fixed, or long")),
    ] = "ci",
    minutes: Annotated[float, typer.Option(help=say("nightly 跑多久", "how long `nightly` may take"))] = 0.0,
    allow_conditional: Conditional = False,
) -> None:
    """Run it, write runs/<id>/, and exit with the verdict's code."""
    with clear_words():
        wish = SuiteWish("security", target, tuple(promise or ()), case, runs, processes, accepted, profile, minutes)
        raise typer.Exit(run_suite(dataclasses.replace(wish, allow_conditional=allow_conditional), console))


@app.command(help=say("彩排:跑一个场景,给出结论。", "Rehearse: play a scenario and judge it."))
def rehearse(
    scenario: Annotated[str, typer.Argument(help=say("场景名或 .toml 文件", "its name, or a .toml file"))] = "launch",
    target: Annotated[str, typer.Option(help=say("golive.toml 里的被测系统", "a target of golive.toml"))] = "reference",
    seed: Annotated[int | None, typer.Option(help=say("代替场景里的种子", "instead of the scenario's"))] = None,
    platform: PlatformOption = "",
    runs: RunsOption = Path("runs"),
    gateway_port: GatewayPort = 0,
    service_port: ServicePort = 0,
    kill: Annotated[
        str,
        typer.Option(
            metavar="PHASE+S", help=say("在某阶段 kill -9 参考系统", "kill -9 the reference, such as surge+10")
        ),
    ] = "",
    changes: Changes = None,
    listen: Listen = "",
    public_url: PublicUrl = "",
    tls_cert: TlsCert = "",
    tls_key: TlsKey = "",
    ca: Ca = "",
    target_ca: TargetCa = "",
    processes: Annotated[int, typer.Option(help=say("本机顾客进程数", "processes of customers, on this host"))] = 0,
    workers: Annotated[
        int, typer.Option(help=say("等待其他主机上的多少个 worker", "wait for so many workers from other hosts"))
    ] = 0,
    master_port: Annotated[int, typer.Option(help=say("worker 连接的端口", "where workers connect"))] = MASTER_PORT,
    master_elsewhere: Annotated[
        bool, typer.Option("--master-elsewhere", help=say("master 由他人启动", "others start the master"))
    ] = False,
    key: Annotated[
        str,
        typer.Option(envvar="GOLIVE_KEY", help=say("运行的钥匙,默认随机", "the run's key, random by default")),
    ] = "",
    allow_conditional: Conditional = False,
) -> None:
    """Play a scenario, judge it, and exit with the verdict's code."""
    reach = Reach(listen=listen, public_url=public_url, tls_cert=tls_cert, tls_key=tls_key, ca=ca, target_ca=target_ca)
    with clear_words():
        crowd = Crowd(processes, workers, master_port, master_elsewhere)
        ports = (gateway_port, service_port)
        wish = Wish(scenario, target, seed, runs, *ports, allow_conditional, platform, kill, crowd, reach, key)
        wish = dataclasses.replace(wish, changes=tuple(changes or ()))
        code, _ = perform(wish, console)
        raise typer.Exit(code)


@app.command(
    help=say(
        "重新评判旧的运行;给出多个时合成一个结论。", "Judge an old run again, or several of one target as one verdict."
    )
)
def report(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help=say("运行目录,如 runs/last", "folders, such as runs/last"))
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help=say("合并的结果写到哪里", "where the merged report goes"))
    ] = None,
    allow_conditional: Conditional = False,
) -> None:
    """Judge a run's folder anew, or several together, write the pages, and exit with the verdict's code."""
    with clear_words():
        raise typer.Exit(judge_again(runs, out, console, allow_conditional=allow_conditional))


@app.command(help=say("在另一台主机上扮演一部分顾客。", "Play a share of a run's customers on another host."))
def worker(
    master: Annotated[str, typer.Option(help=say("golive 所在主机[:端口]", "golive's host[:port]"))],
    gateway: Annotated[str, typer.Option(help=say("网关的 URL", "the gateway's URL"))],
    key: Annotated[str, typer.Option(envvar="GOLIVE_KEY", help=say("这次运行的钥匙", "the run's key"))] = "",
    ca: Ca = "",
    processes: Annotated[int, typer.Option(help=say("这台主机上的 worker 数", "workers on this host"))] = 1,
    records: Annotated[
        Path, typer.Option(help=say("记录送达之前放在哪里", "where records are kept until the gateway has them"))
    ] = Path("records"),
) -> None:
    """Until the run ends."""
    with clear_words():
        become(command(master, processes), environment(gateway, key, records, ca))


@app.command(help=say("收下手工带来的记录。", "Take in records brought by hand from other hosts."))
def gather(
    run: Annotated[Path, typer.Argument(help=say("运行目录", "the run's folder"))],
    files: Annotated[list[Path], typer.Argument(help=say("记录文件", "the records"))],
) -> None:
    """Copy them into the run; then judge it with `golive report`."""
    with clear_words():
        names = ", ".join(take_in(run, files))
        console.print(
            say(f"已收下 {names}。重新评判:", f"taken: {names}. Judge the run again:") + f"  golive report {run}"
        )


@app.command(help=say("列出场景,或完整显示其中一个。", "List the scenarios, or show one whole."))
def scenarios(
    show: Annotated[
        str, typer.Option(metavar="SCENARIO", help=say("显示全部设置(TOML)", "print all its settings (TOML)"))
    ] = "",
    changes: Changes = None,
) -> None:
    """The scenarios that come with golive, a line each; or all of one, defaults and files' contents included."""
    with clear_words():
        if show:
            print(dump(msgspec.to_builtins(find_scenario(show, changes or ()))), end="")
            return
        for path in sorted(SCENARIOS.glob("*.toml")):
            found = find_scenario(path.stem)
            seconds = sum(phase.seconds for phase in found.phases) + found.drain_s()
            console.print(f"{path.stem:12} {seconds:5.0f} s  {say(found.title_zh, found.title_en)}", highlight=False)


@app.command(help=say("写出一份带注释的场景和数据样例,从它开始。", "Write a commented scenario with sample data."))
def init(
    folder: Annotated[Path, typer.Argument(help=say("写到哪个目录", "where to write it"))] = Path(),
) -> None:
    """Write the recipe's files and say what to do with them."""
    with clear_words():
        for path in recipe.write(folder):
            console.print(f"  {path}", highlight=False)
        first = recipe.FILES[0]
        console.print(say("改成您自己的数据,然后:", "Make them your own, then:"))
        console.print(f"  golive rehearse {shlex.quote(str(folder / first))}", highlight=False)


@adapters.callback()
def _adapter() -> None:
    """A group, though it has one command."""


@adapters.command(
    "check",
    help=say(
        "先逐项证明适配器接得对:登录、双向消息、断线续传、签名……",
        "Prove the adapter, line by line, before the system is blamed: login, a message each way, cut and resume …",
    ),
)
def check_adapter(
    target: Annotated[str, typer.Option(help=say("golive.toml 里的被测系统", "a target of golive.toml"))] = "reference",
    sample: Annotated[
        Path, typer.Option(help=say("平台的一份真实推送(已脱敏)", "a real push of your platform, anonymised"))
    ] = Path("samples/push.json"),
    platform: PlatformOption = "",
    patience: Annotated[
        float, typer.Option(metavar="S", min=0.1, help=say("一条消息最多等几秒", "how long to wait for a message"))
    ] = 10.0,
) -> None:
    """Exit 0 where it is bound, 1 where it is not, 2 where golive.toml or the adapter's file is wrong."""
    with clear_words():
        words = ["--target", target, "--sample", str(sample), "--platform", platform, "--patience", str(patience)]
        raise typer.Exit(adapter.check(words))


@app.command(help=say("让网关、客服系统和客服一直运行。", "Keep gateway, service and agents running."))
def serve(
    scenario: Annotated[str, typer.Argument(help=say("谁家店铺与客服", "whose shops and agents"))] = "short",
    platform: PlatformOption = "",
    runs: RunsOption = Path("runs"),
    gateway_port: GatewayPort = 8899,
    service_port: ServicePort = 8900,
    listen: Listen = "",
    public_url: PublicUrl = "",
    tls_cert: TlsCert = "",
    tls_key: TlsKey = "",
    ca: Ca = "",
) -> None:
    """Until Ctrl-C."""
    reach = Reach(listen=listen, public_url=public_url, tls_cert=tls_cert, tls_key=tls_key, ca=ca)
    with clear_words():
        keep_up(scenario, platform, runs, gateway_port, service_port, reach, console)


@app.command(help=say("生成测试用 CA 与网关证书。", "Make a test CA and a certificate for the gateway."))
def certs(
    hosts: Annotated[list[str] | None, typer.Argument(help=say("网关的域名或地址", "the gateway's names"))] = None,
    folder: Annotated[Path, typer.Option("--dir", help=say("放在哪里", "where to"))] = Path("certs"),
    force: Annotated[bool, typer.Option("--force", help=say("覆盖已有文件", "write over files"))] = False,
) -> None:
    """Three files, when they expire, and the command that uses them."""
    with clear_words():
        names = hosts or []
        made = certificates.make(folder, names, datetime.now(UTC), force=force)
        for line in certificates.words(made, names):
            console.print(line, highlight=False, soft_wrap=True, markup=False)


@app.command(help=say("以顾客身份发消息并看到回复。", "Write as a customer and see the reply."))
def chat(
    gateway: Annotated[str, typer.Option(help=say("网关地址", "the gateway's address"))] = "http://127.0.0.1:8899",
    shop: Annotated[str, typer.Option(help=say("店铺", "the shop's id"))] = "s01",
    customer: Annotated[str, typer.Option(help=say("测试顾客", "the test customer's id"))] = "chat",
    ca: Ca = "",
) -> None:
    """Until Ctrl-D or Ctrl-C."""
    with clear_words():
        asyncio.run(talk(gateway, shop, customer, console, ca))


@contextmanager
def clear_words() -> Iterator[None]:
    """A Failure becomes one clear text on stderr and its exit code; Ctrl-C leaves without a traceback.

    Any other error is golive's own: it leaves with its traceback, and never with the exit code of a NO-GO.
    """
    try:
        yield
    except Failure as failure:
        Console(stderr=True).print(Text(f"golive: {failure}", style="red"), soft_wrap=True)
        raise typer.Exit(failure.code) from failure
    except KeyboardInterrupt:
        raise typer.Exit(failures.HARNESS) from None
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        traceback.print_exc()
        raise typer.Exit(failures.HARNESS) from error

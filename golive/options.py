"""The options that several commands of `golive` share."""

from pathlib import Path
from typing import Annotated

import typer

from golive.language import say

RunsOption = Annotated[Path, typer.Option("--runs", help=say("结果放在哪里", "where runs are kept"))]
PlatformOption = Annotated[
    str,
    typer.Option(
        "--platform",
        metavar="NAME",
        help=say(
            "平台协议:open-im、doudian 或 文件.py:类名;默认由适配器决定",
            "open-im, doudian, or file.py:name; the adapter's own by default",
        ),
    ),
]
GatewayPort = Annotated[int, typer.Option("--gateway-port", help=say("0 = 任一空闲端口", "0 = any free port"))]
ServicePort = Annotated[int, typer.Option("--service-port", help=say("0 = 任一空闲端口", "0 = any free port"))]
Listen = Annotated[
    str, typer.Option(metavar="HOST", help=say("网关监听的本机地址", "this machine's address the gateway listens on"))
]
PublicUrl = Annotated[
    str, typer.Option(metavar="URL", help=say("被测系统访问网关用的 URL", "how the target reaches the gateway"))
]
TlsCert = Annotated[str, typer.Option(metavar="FILE", help=say("网关的证书", "the gateway's certificate"))]
TlsKey = Annotated[str, typer.Option(metavar="FILE", help=say("及其私钥", "and its key"))]
Ca = Annotated[str, typer.Option(metavar="FILE", help=say("网关证书的 CA", "the CA of the gateway's certificate"))]
TargetCa = Annotated[str, typer.Option(metavar="FILE", help=say("被测系统证书的 CA", "the CA of the target's"))]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help=say("改场景里的一项,可重复", "change a key of the scenario, such as phases.surge.rate=200; repeatable"),
    ),
]
Conditional = Annotated[
    bool, typer.Option("--allow-conditional", help=say("“有条件上线”也退出 0", "exit 0 on GO WITH CONDITIONS too"))
]
TargetOption = Annotated[str, typer.Option("--target", help=say("golive.toml 里的被测系统", "a target of golive.toml"))]
Promises = Annotated[
    list[str] | None,
    typer.Option(
        "--promise", metavar="PATTERN", help=say("只查这些承诺,可重复", "only these, such as 'ROUTE-*'; repeatable")
    ),
]
CaseOption = Annotated[
    str, typer.Option("--case", metavar="ID", help=say("只跑一个用例", "one case, as reports name it"))
]
Processes = Annotated[
    int,
    typer.Option(
        "-n",
        metavar="N",
        min=-1,
        show_default=say("视机器而定", "as suits the machine"),
        help=say("分担用例的进程数", "processes that share the cases"),
    ),
]
AcceptedFile = Annotated[
    Path | None,
    typer.Option(
        "--accepted", metavar="FILE", help=say("已知失败的清单,默认 accepted.toml", "known failures; accepted.toml")
    ),
]

"""The live view of a rehearsal (rich), or one line every ten seconds where there is no terminal."""

import time

from rich.console import Console, Group, RenderableType
from rich.live import Live as RichLive
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from golive.language import say
from golive.live import Live, Samples
from golive.rehearsal import Beat
from history.scenario import Scenario

STAGES = {
    "starting": ("启动中", "starting"),
    "running": ("运行中", "running"),
    "draining": ("等待在途消息", "draining"),
    "stopping": ("正在停止", "stopping"),
}
QUIET_BEAT_S = 10.0


class Screen:
    """Use as a context manager; call it with each Beat."""

    def __init__(self, console: Console, scenario: Scenario, run: str) -> None:
        self.console = console
        self.scenario = scenario
        self.run = run
        self._told = 0
        self._last = 0.0
        self._live = RichLive(console=console, refresh_per_second=2, transient=True) if console.is_terminal else None

    def __enter__(self) -> "Screen":
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def __call__(self, beat: Beat) -> None:
        """Show one beat; notices are printed once, above, and stay."""
        for notice in beat.notices[self._told :]:
            self.console.print(Text(notice, style="yellow"), soft_wrap=True)
        self._told = len(beat.notices)
        if self._live:
            self._live.update(self._panel(beat))
        elif time.monotonic() - self._last > QUIET_BEAT_S:
            self._last = time.monotonic()
            self.console.print(self._line(beat), highlight=False, soft_wrap=True)

    def _panel(self, beat: Beat) -> RenderableType:
        live, now = beat.live, time.monotonic_ns()
        table = Table.grid(padding=(0, 3))
        for name, value in figures(live, now):
            table.add_row(Text(name, style="dim"), Text(value, style="bold"))
        total = sum(phase.seconds for phase in self.scenario.phases) + self.scenario.drain_s()
        bar = ProgressBar(total=total, completed=max(0.0, total - beat.left_s) if beat.stage != "starting" else 0)
        pids = "  ".join(f"{part.name} {part.pid}" for part in beat.cast.parts)
        title = f"{say(self.scenario.title_zh, self.scenario.title_en)} · {say(*STAGES[beat.stage])} {live.phase}"
        left = say(f"还剩 {beat.left_s:.0f} 秒", f"{beat.left_s:.0f} s left")
        told = Text(f"{left}   pid: {pids}", style="dim")
        return Panel(Group(table, told, bar), title=title, expand=False)  # a bar ends no line: it must come last

    def _line(self, beat: Beat) -> str:
        shown = " · ".join(f"{name} {value}" for name, value in figures(beat.live, time.monotonic_ns()))
        return f"[{say(*STAGES[beat.stage])} {beat.live.phase}, {beat.left_s:.0f} s] {shown}".replace("[", "\\[", 1)


def figures(live: Live, now: int) -> list[tuple[str, str]]:
    """The rows of the live view: (name, value), in this person's language."""
    return [
        (say("进行中的会话", "open conversations"), f"{len(live.open)}"),
        (say("顾客消息/秒", "customer messages/s"), f"{live.rate(now):.0f}"),
        (say("消息 / 回复", "messages / replies"), f"{live.messages} / {live.replies}"),
        (say("同步延迟 顾客→客服 p50/p99", "sync to agent p50/p99"), _ms(live.to_agent, now)),
        (say("同步延迟 客服→顾客 p50/p99", "sync to customer p50/p99"), _ms(live.to_customer, now)),
        (say("暂未对上的消息", "unaccounted so far"), f"{live.unaccounted}"),
        (say("门禁(至今)", "gates so far"), _gates(live)),
        (say("测试台健康(循环延迟 p99)", "harness health (loop lag p99)"), f"{live.worst_lag_s() * 1e3:.1f} ms"),
    ]


def _ms(samples: Samples, now: int) -> str:
    quantiles = samples.quantiles(now)
    return f"{quantiles[0] * 1e3:.1f} / {quantiles[1] * 1e3:.1f} ms" if quantiles else "–"


def _gates(live: Live) -> str:
    troubles = {
        say("违禁词泄漏", "listed words leaked"): live.listed_seen,
        say("网关放弃", "given up by the gateway"): live.gave_up,
        say("漏发的到达", "arrivals dropped"): live.dropped,
    }
    found = [f"{name} {count}" for name, count in troubles.items() if count]
    return ", ".join(found) if found else say("目前正常", "nothing broken yet")

"""The live view shows what a person waits for: figures, time left, and which process is which."""

from pathlib import Path

from rich.console import Console

from golive.cast import Cast
from golive.live import Live
from golive.part import Part
from golive.play import find_scenario
from golive.rehearsal import Beat
from golive.screen import Screen
from history.run import RunFolder


def test_the_panel_has_figures_time_left_and_pids(tmp_path: Path) -> None:
    cast = Cast(RunFolder(tmp_path))
    cast.parts = [
        Part("gateway", ["true"], tmp_path / "gateway.log"),
        Part("service", ["true"], tmp_path / "service.log"),
    ]
    console = Console(width=140, record=True, force_terminal=True)
    screen = Screen(console, find_scenario("short"), "r1")
    console.print(screen._panel(Beat(Live(), cast, 42.0, "running", [])))
    shown = console.export_text()
    for words in ("42", "gateway 0", "service 0", "0 / 0"):
        assert words in shown, shown

"""The page's colours and type, for everything drawn."""

from typing import Final

FONT: Final = "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
INK: Final = "#1d2433"
QUIET: Final = "#5b6475"
GRID: Final = "#e4e8ee"
BAND: Final = "#f3f5f8"
AXIS: Final = "#aab2bf"
# Okabe and Ito's colours, told apart by the colour-blind too; darkened to 4.5:1 on white where a line is thin
BLUE: Final = "#0b62a8"
SKY: Final = "#5aa9dd"
ORANGE: Final = "#c2500a"
RED: Final = "#b42318"
AMBER: Final = "#e0a100"
GREY: Final = "#7b8494"
TAN: Final = "#9a6b00"

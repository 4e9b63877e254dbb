"""A counter-example as a small sequence drawing: lifelines, arrows, the wrong step red and marked with a cross.

0.100 s   customer ──▶ gateway            one row per step: its words, then its arrow;
0.104 s              gateway ──▶ target   a step without `to` is a dot on its own lifeline
"""

import unicodedata
from typing import Final, NamedTuple

from markupsafe import escape

from reports.model import Step
from reports.page import figures
from reports.page.palette import FONT, INK, QUIET, RED
from reports.page.words import Language, name, phrase

_ORDER: Final = ("customer", "gateway", "target")
_SIZE, _LINE, _HEAD = 13, 17, 40
_LIFE: Final = "#c3cad5"
_ARROW: Final = "#41506b"


class Box(NamedTuple):
    """Where a drawing's lifelines stand: actor → x, and the room for words."""

    x: dict[str, float]
    left: float
    width: float


def draw(steps: tuple[Step, ...], language: Language, width: int) -> str:
    """The steps (at least one) as an SVG `width` pixels wide."""
    box = _box(steps, width)
    y, rows = float(_HEAD), []
    for step in steps:
        lines = _wrap(_words(step, language, box.left < 20), box.width - box.left - 8)
        rows.append(_row(step, lines, box, y))
        y += len(lines) * _LINE + 24
    height = round(y) + 6
    body = [*_lifelines(box, y, language), *rows]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="{escape(FONT)}" font-size="{_SIZE}">{"".join(body)}</svg>'
    )


def actors(steps: tuple[Step, ...]) -> list[str]:
    """Who takes part: customer, gateway, target first, then the devices as they appear."""
    seen = dict.fromkeys(who for step in steps for who in (step.who, step.to) if who)
    return [who for who in _ORDER if who in seen] + [who for who in seen if who not in _ORDER]


def text_width(text: str) -> float:
    """How wide a text is drawn at most, in pixels: fonts differ by machine; CJK characters are square."""
    return sum(_SIZE * (1.05 if unicodedata.east_asian_width(c) in "WF" else 0.68) for c in text)


def _box(steps: tuple[Step, ...], width: int) -> Box:
    who = actors(steps)
    left = 84.0 if width >= 600 else 6.0  # on a phone the time stands before the words
    gap = (width - left) / max(len(who), 1)
    return Box({actor: left + gap * (i + 0.5) for i, actor in enumerate(who)}, left, width)


def _words(step: Step, language: Language, timed: bool) -> str:
    words = phrase(figures.visible(step.what)).of(language)
    return f"{step.t_s:,.3f} s  {words}" if timed else words


def _wrap(text: str, room: float) -> list[str]:
    lines, line = [], ""
    for word in _pieces(text):
        if line and text_width(line + word) > room:
            lines.append(line.rstrip())
            line = ""
        line += word
    lines.append(line.rstrip())
    return [*lines[:3], "…"] if len(lines) > 4 else lines


def _pieces(text: str) -> list[str]:
    """Where a line may be broken: after spaces, between CJK characters, and inside anything very long."""
    pieces = [""]
    for character in text:
        pieces[-1] += character
        if character == " " or unicodedata.east_asian_width(character) in "WF" or len(pieces[-1]) >= 24:
            pieces.append("")
    return pieces


def _lifelines(box: Box, bottom: float, language: Language) -> list[str]:
    room = (box.width - box.left) / max(len(box.x), 1) - 6
    size = _SIZE if box.left > 20 else 11
    parts = []
    for actor, x in box.x.items():
        label = _cut(figures.visible(name("actor", actor).of(language)), (room - 4) * _SIZE / size)
        parts.append(
            f'<line x1="{x:.1f}" y1="30" x2="{x:.1f}" y2="{bottom:.1f}" stroke="{_LIFE}" stroke-width="1.5"/>'
            f'<rect x="{x - room / 2:.1f}" y="4" width="{room:.1f}" height="25" rx="6" fill="#eef1f6"/>'
            f'<text x="{x:.1f}" y="21" text-anchor="middle" fill="{INK}" font-size="{size}" font-weight="600">'
            f"{escape(label)}</text>"
        )
    return parts


def _cut(label: str, room: float) -> str:
    """The end of a name that is too long: what tells devices apart stands there."""
    if text_width(label) <= room:
        return label
    while label and text_width("…" + label) > room:
        label = label[1:]
    return "…" + label


def _row(step: Step, lines: list[str], box: Box, y: float) -> str:
    color = RED if step.wrong else INK
    begin, end = box.x[step.who], box.x.get(step.to, box.x[step.who])
    width = max(text_width(line) for line in lines)
    at = min(max((begin + end) / 2 - width / 2, box.left + 4), max(box.width - width - 4, box.left + 4))
    weight = ' font-weight="600"' if step.wrong else ""
    words = "".join(
        f'<text x="{at:.1f}" y="{y + 12 + i * _LINE:.1f}" fill="{color}"{weight} stroke="white" stroke-width="4" '
        f'stroke-linejoin="round" paint-order="stroke">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
    below = y + len(lines) * _LINE + 5
    return _time(step, box, below) + words + _move(step, begin, end, below)


def _time(step: Step, box: Box, y: float) -> str:
    if box.left < 20:
        return ""
    return f'<text x="0" y="{y + 4:.1f}" fill="{QUIET}" font-size="12">{step.t_s:,.3f} s</text>'


def _move(step: Step, begin: float, end: float, y: float) -> str:
    color = RED if step.wrong else _ARROW
    stroke = f'stroke="{color}" stroke-width="{2.5 if step.wrong else 1.6}"'
    if begin == end:
        return f'<circle cx="{begin:.1f}" cy="{y:.1f}" r="4.5" fill="{color}"/>' + _cross(step, begin, y)
    way = 1 if end > begin else -1
    tip = end - way * 2
    head = f"M{tip:.1f} {y:.1f}l{-way * 8} -4.5v9z"
    dash = ' stroke-dasharray="5 4"' if step.wrong else ""
    return (
        f'<line x1="{begin:.1f}" y1="{y:.1f}" x2="{tip - way * 6:.1f}" y2="{y:.1f}" {stroke}{dash}/>'
        f'<path d="{head}" fill="{color}"/>'
    ) + _cross(step, (begin + end) / 2, y)


def _cross(step: Step, x: float, y: float) -> str:
    if not step.wrong:
        return ""
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8" fill="white" stroke="{RED}" stroke-width="2"/>'
        f'<path d="M{x - 3:.1f} {y - 3:.1f}l6 6m0 -6l-6 6" stroke="{RED}" stroke-width="2" stroke-linecap="round"/>'
    )

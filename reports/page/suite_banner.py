"""A suite's verdict in words: what a pass of it means, and never a go-live by itself."""

from reports.matrix.matrix import Matrix, kind
from reports.page.banner import Banner
from reports.page.words import say

_FAILED = {"NO-GO": "nogo", "INVALID": "invalid"}


def look(matrix: Matrix) -> str:
    """The banner's look: nogo, invalid, or what kind of run passed, with or without conditions."""
    passed = kind(matrix) if matrix.verdict == "GO" else f"{kind(matrix)}_conditions"
    return _FAILED.get(matrix.verdict, passed)


def banner(matrix: Matrix) -> Banner:
    """The banner of one suite's run."""
    shown = look(matrix)
    meaning = f"meaning.suite_{shown}" if shown in _FAILED.values() else f"meaning.{shown}"
    return Banner(shown, say(f"banner.{shown}"), " " if shown in _FAILED.values() else " / ", say(meaning))


def headline(matrix: Matrix) -> str:
    """The verdict in words, in both languages."""
    return banner(matrix).line

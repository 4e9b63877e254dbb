"""Which of the operations that a target offers came to answer for themselves while schemathesis asked. Pure."""

from collections.abc import Collection, Sequence
from typing import Final

from contract_tests.shape.checking import Checked
from suites.contract import operations

UNHEARD: Final = {  # operations that this suite's configuration leaves out, each with its reason there
    *("deleteShop", "deleteTestData", "reset", "restoreBackup", "advanceClock", "setBusinessSpeed"),
    *("rotate", "rotateAgent"),
}
NOT_MET: Final = {  # what cannot be met with generated data, and why
    "receiveDoudianPush": "the shop is of the other platform, whose signature is not ours to make here",
    "consoleFile": "no file has a generated name",
}
GATE: Final = {401, 403, 404, 405, 429}  # an answer from before the operation itself
FEWEST_SUCCEED: Final = 2 / 3  # of all operations; where fewer do, the run met nothing


class Unmet(RuntimeError):
    """The run asked too little for an answer: no fault of the target's, and no pass."""


def met(*missing: Sequence[str]) -> None:
    """Raise Unmet where anything is missing."""
    if lines := [each for part in missing for each in part]:
        raise Unmet("the run did not ask all it should have: " + "\n".join(lines))


def absent(offered: Collection[str], found: Checked) -> list[str]:
    """The operations that are not there, though no id in their path could be the reason."""
    seen = statuses(offered, found).items()
    return [name for name, each in seen if each and each <= {404, 405} and "{" not in _path(name)]


def unheard(offered: Collection[str], found: Checked) -> list[str]:
    """The operations that never came to answer for themselves."""
    silent = {name: sorted(each) for name, each in statuses(offered, found).items() if not each - GATE}
    return [f"{name} was never answered but with {each}" for name, each in silent.items()]


def too_few(offered: Collection[str], found: Checked) -> list[str]:
    """Where too few operations ever succeeded, the run met nothing."""
    share = succeeded(offered, found)
    return [f"only {share:.0%} of the operations ever succeeded"] if share < FEWEST_SUCCEED else []


def succeeded(offered: Collection[str], found: Checked) -> float:
    """The share of the operations that succeeded at least once."""
    each = statuses(offered, found)
    return sum(any(status < 300 for status in seen) for seen in each.values()) / len(each)


def statuses(offered: Collection[str], found: Checked) -> dict[str, set[int]]:
    """What each operation answered."""
    return {name: found.answers.get(_path(name), set()) for name in sorted({*offered} - UNHEARD - set(NOT_MET))}


def _path(name: str) -> str:
    return f"{operations()[name].method} {operations()[name].path}"

"""Lines: the verdict over them, and secrets that never stand in one."""

from suites.binding.line import Line, State, hidden, verdict


def lines(*states: State) -> list[Line]:
    return [Line(state, ("", ""), state, "") for state in states]


def test_one_wrong_line_is_a_wrong_binding_and_nothing_tried_is_no_good_one() -> None:
    cases: list[tuple[list[Line], State]] = [
        (lines("ok", "left"), "ok"),
        (lines("ok", "wrong"), "wrong"),
        (lines("left"), "left"),
        (lines(), "left"),
    ]
    assert [verdict(given) for given, _ in cases] == [due for _, due in cases]


def test_secrets_are_covered_the_longest_first() -> None:
    assert hidden("401 for key-1-long and key-1", ["key-1", "key-1-long", ""]) == "401 for *** and ***"

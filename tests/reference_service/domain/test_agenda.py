"""One entry for a kind and key, the earliest first."""

from reference_service.domain.agenda import Agenda, Due


def taken(agenda: Agenda, now: float) -> list[Due]:
    return list(iter(lambda: agenda.next(now), None))


def test_what_is_due_comes_earliest_first_and_once() -> None:
    agenda = Agenda()
    agenda.set("tier", "b", 2.0)
    agenda.set("tier", "a", 1.0)
    agenda.set("tier", "c", 3.5)
    assert taken(agenda, 3.0) == [Due(1.0, "tier", "a"), Due(2.0, "tier", "b")]
    assert taken(agenda, 3.0) == []
    assert taken(agenda, 3.5) == [Due(3.5, "tier", "c")]


def test_setting_again_moves_it_either_way() -> None:
    agenda = Agenda()
    agenda.set("tier", "a", 5.0)
    agenda.set("tier", "a", 1.0)
    agenda.set("tier", "b", 1.0)
    agenda.set("tier", "b", 5.0)
    assert taken(agenda, 2.0) == [Due(1.0, "tier", "a")]
    assert agenda.when("tier", "b") == 5.0
    assert taken(agenda, 9.0) == [Due(5.0, "tier", "b")]


def test_what_was_cancelled_never_comes() -> None:
    agenda = Agenda()
    agenda.set("tier", "a", 1.0)
    agenda.cancel("tier", "a")
    agenda.cancel("tier", "unknown")
    assert (taken(agenda, 9.0), agenda.when("tier", "a")) == ([], None)


def test_bringing_forward_never_puts_off() -> None:
    agenda = Agenda()
    for at, due in ((50.0, 50.0), (70.0, 50.0), (30.0, 30.0)):
        agenda.bring_forward("k", "a", at)
        assert agenda.when("k", "a") == due

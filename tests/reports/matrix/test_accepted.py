"""Known failures: borne by name, reason, owner and a last day, and red again when they are none."""

from datetime import date

import pytest

from reports.matrix.accepted import Accepted, AcceptedError, bearing, load, objections

TODAY = date(2026, 11, 28)
ENTRY = Accepted(promise="KNOW-1", reason="search is rebuilt", owner="Li Wei", expires=date(2026, 12, 31))


def test_an_entry_is_read_as_written(tmp_path):
    file = tmp_path / "accepted.toml"
    file.write_text(
        '[[accepted]]\npromise = "KNOW-1"\nreason = "search is rebuilt"\nowner = "Li Wei"\nexpires = 2026-12-31\n'
    )
    assert load(file) == (ENTRY,)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('promise = "KNOW-1"\nowner = "Li"\nexpires = 2026-12-31', "reason"),
        ('promise = "KNOW-1"\nreason = " "\nowner = "Li"\nexpires = 2026-12-31', "needs a reason"),
        ('promise = "KNOW-1"\nreason = "x"\nowner = "Li"\nexpires = "soon"', "date"),
        ('reason = "x"\nowner = "Li"\nexpires = 2026-12-31', "either a promise or a case"),
        ('promise = "KNOW-1"\ncase = "KNOW-1/a"\nreason = "x"\nowner = "Li"\nexpires = 2026-12-31', "either"),
        ('promise = "KNWO-1"\nreason = "x"\nowner = "Li"\nexpires = 2026-12-31', "did you mean 'KNOW-1'"),
        ('promise = "KNOW-*"\nreason = "x"\nowner = "Li"\nexpires = 2026-12-31', "name each promise"),
        ('promise = "KNOW-1"\nreason = "x"\nowner = "Li"\nexpires = 2026-12-31\nwhy = 1', "why"),
        ("promise = ", "accepted.toml"),
    ],
)
def test_a_wrong_entry_is_refused_with_what_would_be_right(text, complaint, tmp_path):
    file = tmp_path / "accepted.toml"
    file.write_text(f"[[accepted]]\n{text}\n")
    with pytest.raises(AcceptedError, match=complaint):
        load(file)


def test_an_absent_file_is_refused(tmp_path):
    with pytest.raises(AcceptedError, match=r"accepted\.toml"):
        load(tmp_path / "accepted.toml")


def test_a_listed_failure_is_borne_until_the_last_day(make):
    broken = make("KNOW-1/a", "broken")
    assert bearing(broken, "KNOW-1", [ENTRY], date(2026, 12, 31)) == "search is rebuilt, Li Wei, until 2026-12-31"
    assert bearing(broken, "KNOW-1", [ENTRY], date(2027, 1, 1)) == ""
    assert bearing(make("BOT-1/a", "broken"), "BOT-1", [ENTRY], TODAY) == ""


@pytest.mark.parametrize("promise", ["DELIVERY-1", "DELIVERY-2", "DELIVERY-3", "GATEWAY-4", "FILTER-1", "FILTER-5",
                                     "TENANT-1", "AUTH-1"])  # fmt: skip
def test_loss_and_leaks_are_never_borne(promise, make, run):
    broken = make(f"{promise}/a", "broken")
    for entry in (
        Accepted(promise=promise, reason="x", owner="y", expires=TODAY),
        Accepted(case=f"{promise}/a", reason="x", owner="y", expires=TODAY),
    ):
        assert bearing(broken, promise, [entry], TODAY) == ""
        assert objections([entry], [run(broken)], TODAY) == [
            f"accepted: {entry.name} cannot be accepted: loss, forgery and leaks never are"
        ]


def test_a_case_of_two_promises_is_not_borne_for_the_one_that_never_is(make):
    both = make("KNOW-1/a", "broken", promises=("KNOW-1", "DELIVERY-1"))
    entry = Accepted(case="KNOW-1/a", reason="x", owner="y", expires=TODAY)
    assert bearing(both, "KNOW-1", [entry], TODAY)
    assert bearing(both, "DELIVERY-1", [entry], TODAY) == ""


def test_a_listed_failure_that_passes_or_has_expired_is_told(make, run):
    assert objections([ENTRY], [run(make("KNOW-1/a"), make("KNOW-1/b", "not verified"))], TODAY) == [
        "accepted: KNOW-1 holds now; take it out of the list"
    ]
    assert objections([ENTRY], [run(*[make("KNOW-1/a", "broken")])], date(2027, 1, 1)) == [
        "accepted: KNOW-1 expired on 2026-12-31"
    ]


@pytest.mark.parametrize("case", ["KNOW-1/a_search", "KNOW-1/a_serach[late]"])
def test_a_case_that_is_nearly_one_that_fails_is_told(make, run, case):
    entry = Accepted(case=case, reason="x", owner="y", expires=TODAY)
    assert objections([entry], [run(make("KNOW-1/a_search[late]", "broken"))], TODAY) == [
        f"accepted: {case} is no case of this run; did you mean KNOW-1/a_search[late]?"
    ]
    assert objections([entry], [run(make("KNOW-1/a_search[late]"))], TODAY) == []
    assert objections([entry], [run(make("KNOW-1/b", "broken"))], TODAY) == []


def test_an_entry_that_this_run_says_nothing_about_is_left_alone(make, run):
    assert objections([ENTRY], [run(make("BOT-1/a"))], TODAY) == []
    assert objections([ENTRY], [run(make("KNOW-1/a", "not verified"))], TODAY) == []
    assert objections([ENTRY], [run(make("KNOW-1/a", "broken"), make("KNOW-1/b"))], TODAY) == []


def test_only_a_run_of_all_its_cases_can_say_that_a_listed_promise_holds(make, run):
    assert objections([ENTRY], [run(make("KNOW-1/a"), chosen="KNOW-1/a")], TODAY) == []
    assert objections([ENTRY], [run(make("KNOW-1/a"), narrowed=True)], TODAY) == []
    assert objections([ENTRY], [run(make("KNOW-1/a", promises=("BOT-1", "KNOW-1")), selected=("BOT-1",))], TODAY) == []
    assert objections([ENTRY], [run(make("KNOW-1/a"), selected=("KNOW-*",))], TODAY) != []


def test_what_two_suites_owe_holds_only_where_both_say_so(make, run):
    entry = Accepted(promise="TIER-1", reason="x", owner="y", expires=TODAY)
    contract, security = run(make("TIER-1/a")), run(make("TIER-1/b"), suite="security")
    assert objections([entry], [security], TODAY) == []
    assert objections([entry], [contract, security], TODAY) == ["accepted: TIER-1 holds now; take it out of the list"]
    broken = run(make("TIER-1/a", "broken"))
    assert objections([entry], [broken, security], TODAY) == []

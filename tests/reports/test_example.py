"""The smallest counter-example."""

from reports.example import LONGEST, smallest, tell
from reports.model import Step


def test_the_violation_with_the_fewest_events_is_told(tell_text):
    history = tell_text(
        "1 gateway accepted message=@1\n2 gateway pushed message=@1\n"
        "3 gateway accepted message=@2\n4 gateway accepted message=@3"
    )
    names = history.rows.select(name="message", t="t").unique("name", keep="first")
    assert smallest(history, names)["name"] == "@2"


def test_a_story_names_who_did_what_to_whom(tell_text):
    history = tell_text(
        "1 customers phase note=x\n1.5 gateway pushed message=@1 n=2\n"
        "2 agents shown message=@1 device=a1/1 actor=a1 n=7"
    )
    assert tell(history, ["@1"], lambda row: row["kind"] == "shown") == (
        Step(t_s=0.5, who="gateway", to="target", what="pushes @1, attempt 2"),
        Step(t_s=1.0, who="target", to="a1/1", what="shows @1, seq 7", wrong=True),
    )


def test_the_customers_own_id_belongs_to_the_story(tell_text):
    history = tell_text("1 customers sent message=c1-1\n2 gateway accepted message=@1 ref=c1-1 n=1")
    assert [step.what for step in tell(history, ["@1"])] == ["sends c1-1", "accepts it as @1, place 1"]


def test_a_device_comes_and_goes_in_its_story_only(tell_text):
    history = tell_text(
        "1 gateway pushed message=@1 n=1\n"
        "2 agents device_off device=a1/1 note=cut\n"
        "2 agents device_off device=a9/1 note=cut"
    )
    assert [step.what for step in tell(history, ["@1"], device="a1/1")] == ["pushes @1, attempt 1", "goes offline: cut"]


def test_a_long_story_keeps_its_wrong_steps(tell_text):
    rows = [f"{i} gateway pushed message=@1 n={i}" for i in range(40)]
    history = tell_text("\n".join(rows))
    missing = Step(t_s=60, who="target", what="never", wrong=True)
    story = tell(history, ["@1"], lambda row: row["n"] == 39, missing=missing)
    assert len(story) == LONGEST
    assert [step.what for step in story if step.wrong] == ["pushes @1, attempt 39", "never"]


def test_a_name_without_any_event_has_an_empty_story(tell_text):
    assert tell(tell_text(""), ["@9"]) == ()

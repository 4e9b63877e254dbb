"""What the tests of a filter report comes together, row by row."""

import msgspec
import pytest

from reports.filter_figures import CleanTalk, FilterFigures, Recall, Relation, merged

ONE = FilterFigures((Recall("width", True, 70, 70), Recall("reversed", False, 70, 0)), (CleanTalk("payment", 30, 1),))
OTHER = FilterFigures(relations=(Relation("no survivor", 200, 0),))


def test_parts_come_together_in_their_order() -> None:
    parts = [msgspec.to_builtins(part) for part in (ONE, OTHER)]
    assert merged(parts) == FilterFigures(ONE.classes, ONE.clean, OTHER.relations)


def test_a_relation_that_several_tests_look_at_is_one() -> None:
    parts = [msgspec.to_builtins(FilterFigures(relations=(Relation("time", 1, bad),))) for bad in (0, 1, 0)]
    assert merged(parts) == FilterFigures(relations=(Relation("time", 3, 1),))


def test_a_class_is_written_under_the_word_that_the_contract_has_for_it() -> None:
    assert msgspec.to_builtins(ONE)["classes"][0] == {"class": "width", "claimed": True, "hidden": 70, "found": 70}


def test_no_part_is_no_figure_and_rubbish_is_refused() -> None:
    assert merged([]) is None
    with pytest.raises(msgspec.MsgspecError):
        merged([{"classes": [{"class": "width"}]}])

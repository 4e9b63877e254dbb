"""Records in memory: one a key, changed in place, gone when taken away."""

from typing import Any

from reference_service.domain import shelves
from reference_service.domain.changes import Changes
from reference_service.domain.records import Setting


def test_a_record_is_known_by_its_key_without_the_shop_kept_and_taken_away(stage: Any) -> None:
    changes, one = Changes(), Setting(shop_id="s1", name="a", version=1, value="")
    shelves.put(stage.floor, one, changes)
    one.version = 2
    shelves.put(stage.floor, one, changes)
    assert shelves.shelf(stage.floor, Setting) == {"a": one}
    assert [row for _, row in changes.rows] == [("s1", "a", 1, ""), ("s1", "a", 2, "")]
    shelves.take_away(stage.floor, one, changes)
    assert shelves.shelf(stage.floor, Setting) == {}
    assert changes.removed == [(Setting, ("s1", "a"))]

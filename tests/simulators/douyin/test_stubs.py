"""Stub files: read together, and told precisely where they are wrong."""

from pathlib import Path

import pytest

from simulators.douyin.stubs import StubError, load


def test_all_files_of_the_folder_answer_together_and_big_ids_survive(tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_text('{"order.searchList": {"total": 1, "id": 4712345680779753833}}')
    (tmp_path / "product.json").write_text('{"product.detail": {"name": "红茶"}}', encoding="utf-8")
    (tmp_path / "read.me").write_text("no JSON")
    assert load(str(tmp_path)) == {
        "order.searchList": b'{"total":1,"id":4712345680779753833}',
        "product.detail": '{"name":"红茶"}'.encode(),
    }
    assert load("") == {}


@pytest.mark.parametrize("text", ["{", "[]", '{"order.searchList": 1}', '{"x":' + "[" * 100_000])
def test_a_wrong_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "orders.json").write_text(text)
    with pytest.raises(StubError, match=r"orders\.json: write"):
        load(str(tmp_path))


def test_a_call_answered_twice_and_a_folder_that_is_not_there_are_told(tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text('{"order.searchList": {}}')
    with pytest.raises(StubError, match=r"b\.json: order\.searchList has an answer in another file"):
        load(str(tmp_path))
    with pytest.raises(StubError, match="there is no folder"):
        load(str(tmp_path / "none"))

"""Calls that are not simulated: answered from stubs or refused, counted and told either way."""

from pathlib import Path

from simulators.douyin.other_calls import OtherCalls
from targets.platform import OtherCall, Refusal, Stub


def test_a_stub_answers_and_what_nobody_stubbed_is_counted(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"order.searchList": {"total": 0}}')
    others = OtherCalls(str(tmp_path))
    assert others.answer(OtherCall("order.searchList")) == Stub(b'{"total":0}')
    refused = [others.answer(OtherCall(name)) for name in ("sku.list", "product.detail", "product.detail")]
    assert refused[0] == Refusal("not_simulated", "the simulated platform has no sku.list")
    assert others.told() == ["product.detail ×2 not stubbed", "sku.list ×1 not stubbed"]


def test_a_name_without_end_is_cut() -> None:
    others = OtherCalls()
    others.answer(OtherCall("x" * 10_000))
    assert others.told() == [f"{'x' * 100} ×1 not stubbed"]

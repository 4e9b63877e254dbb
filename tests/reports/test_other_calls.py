"""Calls that the simulated platform does not know, counted from the history."""

from typing import Any

from reports.model import OtherCall
from reports.other_calls import other_calls


def test_what_nobody_stubbed_comes_first_and_then_the_most_frequent(tell: Any) -> None:
    calls = [("order.searchList", 1)] * 3 + [("sku.list", 0)] + [("product.detail", 0)] * 2
    rows = "\n".join(f"{n}.0 gateway other_call note={name} n={stubbed}" for n, (name, stubbed) in enumerate(calls))
    assert other_calls(tell(rows)) == (
        OtherCall(name="product.detail", count=2, stubbed=False),
        OtherCall(name="sku.list", count=1, stubbed=False),
        OtherCall(name="order.searchList", count=3, stubbed=True),
    )


def test_a_run_without_such_calls_has_none(tell: Any) -> None:
    assert other_calls(tell("1.0 gateway accepted message=@1 n=1")) == ()

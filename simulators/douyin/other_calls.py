"""Calls the gateway does not simulate: answered from stubs, counted, and told at the end."""

from collections import Counter

from simulators.douyin.stubs import load
from targets.platform import OtherCall, Refusal, Stub

MAX_NAME = 100  # characters kept of a call's name, which the target chose


class OtherCalls:
    """`folder` has the stubs (stubs.load, whose errors come from here)."""

    def __init__(self, folder: str = "") -> None:
        self._stubs = load(folder)
        self.missing: Counter[str] = Counter()

    def answer(self, call: OtherCall) -> Stub | Refusal:
        """The stub of a call; one that nobody stubbed is counted and refused."""
        data = self._stubs.get(call.name)
        if data is not None:
            return Stub(data)
        self.missing[call.name[:MAX_NAME]] += 1
        return Refusal("not_simulated", f"the simulated platform has no {call.name[:MAX_NAME]}")

    def told(self) -> list[str]:
        """`order.searchList ×812 not stubbed`, the most frequent first."""
        return [f"{name} ×{count} not stubbed" for name, count in self.missing.most_common()]

"""The order of a connection's frames against the session grammar (x-session-grammar of asyncapi.yaml): pure.

A session is what both sides wrote on one WebSocket, in the order in which the device saw it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Literal, NamedTuple

CLOSE_CODES: Final = frozenset({1000, 1001, 1006, 1012, 4001, 4002, 4003, 4008, 4009, 4029})
_RESTARTING: Final = 1012
_ASKS: Final = ("send", "resolve")


class Written(NamedTuple):
    """One frame of one side, or (`closed`) the end of the connection with its code."""

    by: Literal["device", "service"]
    op: str
    s: int = 0
    d: dict[str, Any] = {}  # noqa: RUF012 - never changed

    @classmethod
    def frame(cls, by: Literal["device", "service"], frame: dict[str, Any]) -> "Written":
        """From a decoded frame."""
        return cls(by, frame.get("op", ""), frame.get("s", 0), frame.get("d") or {})


def closed(code: int) -> Written:
    """The end of a connection, as the device saw it."""
    return Written("service", "closed", code)


def breaches(session: Iterable[Written]) -> list[str]:
    """What in a session is against the grammar, each by the frame's number and in words; empty where nothing is."""
    reader = _Reader()
    return [
        f"frame {number} ({each.by} {each.op}): {wrong}"
        for number, each in enumerate(session)
        for wrong in reader.read(each)
    ]


class _Reader:
    """`due` names what the service must write next before anything else; "" once the connection is live."""

    def __init__(self) -> None:
        self.due: tuple[str, ...] = ("hello",)
        self.s: int | None = None  # the newest dispatch written to this device
        self.replayed = 0
        self.beats = 0
        self.asked: list[str] = []  # client_msg_id of what awaits its answer
        self.other = 0  # frames that may be answered by an error without a name
        self.leaving = False

    def read(self, written: Written) -> Sequence[str]:
        if written.by == "device":
            self._device(written)
            return ()
        if written.op == "closed":
            return self._closed(written.s)
        if self.leaving:
            return [f"after reconnect comes the close with {_RESTARTING} and nothing else"]
        if self.due:
            return self._opening(written)
        rule = _LIVE.get(written.op)
        return rule(self, written) if rule else [f"{written.op} has no place in a session that lives"]

    def _device(self, written: Written) -> None:
        if written.op == "identify" and self.s is None:
            self.due = ("ready", "error")
        elif written.op == "resume" and self.s is None:
            self.due, self.s = ("dispatch", "resumed", "invalid_session", "error"), int(written.d.get("s", 0))
        elif written.op == "heartbeat":
            self.beats += 1
        elif written.op in _ASKS:
            self.asked.append(str(written.d.get("client_msg_id", "")))
            self.other += 1  # a frame that cannot be read is refused without its name
        else:
            self.other += 1

    def _opening(self, written: Written) -> Sequence[str]:
        if written.op not in self.due:
            return [f"{' or '.join(self.due)} was due"]
        if written.op == "hello":
            self.due = ("error",)  # nothing else before the device has said who it is
        elif written.op == "ready":
            self.due, self.s = (), int(written.d.get("s", 0))
        elif written.op == "dispatch":
            self.replayed += 1
            return self._rises(written)
        elif written.op == "resumed":
            return self._resumed(written)
        elif written.op == "invalid_session":
            wrong = [f"it follows {self.replayed} replayed dispatches"] if self.replayed else []
            self.due, self.s = ("error",), None
            return wrong
        return ()

    def _resumed(self, written: Written) -> Sequence[str]:
        self.due = ()
        told = (written.d.get("replayed"), written.d.get("s"))
        if told != (self.replayed, self.s):
            return [f"it says replayed {told[0]} up to s {told[1]}; written were {self.replayed} up to s {self.s}"]
        return ()

    def _rises(self, written: Written) -> Sequence[str]:
        before, self.s = self.s, written.s
        if before is not None and written.s != before + 1:
            return [f"s is {written.s} after {before}; dispatches of one device rise by exactly one"]
        return ()

    def _beat(self, written: Written) -> Sequence[str]:
        self.beats -= 1
        wrong = [] if self.beats >= 0 else ["no heartbeat asked for it"]
        if written.d.get("s") != self.s:
            wrong.append(f"it says s {written.d.get('s')}; the newest written to this device is {self.s}")
        return wrong

    def _answer(self, written: Written) -> Sequence[str]:
        name = str(written.d.get("client_msg_id", ""))
        if name in self.asked:
            self.asked.remove(name)
            return ()
        if written.op == "error" and not name and self.other > 0:
            self.other -= 1
            return ()
        return [f"nothing with client_msg_id {name!r} awaits an answer"]

    def _leave(self, _: Written) -> Sequence[str]:
        self.leaving = True
        return ()

    def _nothing(self, _: Written) -> Sequence[str]:
        return ()

    def _closed(self, code: int) -> Sequence[str]:
        if self.leaving and code not in (_RESTARTING, 1006):
            return [f"after reconnect the code is {_RESTARTING}, not {code}"]
        return [] if code in CLOSE_CODES else [f"close code {code} is none of the contract's"]


_LIVE: Final[dict[str, Callable[[_Reader, Written], Sequence[str]]]] = {
    "dispatch": _Reader._rises,
    "heartbeat_ack": _Reader._beat,
    "sent": _Reader._answer,
    "error": _Reader._answer,
    "typed": _Reader._nothing,
    "reconnect": _Reader._leave,
}

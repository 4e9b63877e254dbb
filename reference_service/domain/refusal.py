"""A command that is refused before it has changed anything, with the contract's code."""

from typing import Literal

Code = Literal[
    "already_acknowledged",
    "already_live",
    "already_resolved",
    "already_sent",
    "bad_seq",
    "bad_time",
    "blocked",
    "no_question",
    "no_room",
    "not_able",
    "not_acknowledged",
    "not_assignee",
    "not_author",
    "not_found",
    "not_on_call",
    "not_supported",
    "number_changed",
    "too_long",
    "too_many",
    "trial_running",
    "validity",
    "version_is_old",
    "wrong_state",
]


class Refusal(Exception):
    """Raised by commands; api/problems.py knows the HTTP status of each code."""

    def __init__(self, code: Code, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail

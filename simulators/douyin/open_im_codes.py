"""The error codes of Douyin's open platform for the reasons the gateway refuses by (douyin-protocol.md 4c)."""

from typing import Final

from targets.platform import Reason

BAD_PARAMETER: Final = 28001007  # [A]; also for what the status-code page has no code for

CODES: Final[dict[Reason, int]] = {
    "busy": 28001005,  # [A]
    "token_missing": 28001003,  # [D]
    "token_invalid": 28001003,  # [D]
    "refresh_token": 28001003,  # [D]
    "token_expired": 28001008,  # [A]
    "no_capability": 28001014,  # [A]
    "token_mismatch": 28001015,  # [A] the token is not this open_id's
    "quota": 28003017,  # [A] ours for the seventh reply and for a closed reply window, whose codes are [NF]
    "rate": 28003018,  # [A]
}


def code(reason: Reason) -> int:
    """The platform's code for a reason."""
    return CODES.get(reason, BAD_PARAMETER)

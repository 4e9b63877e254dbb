"""The error codes of Douyin's open platform that the gateway answers with (douyin-protocol.md 4c, status-code page)."""

from typing import Final

BAD_PARAMETER: Final = 28001007  # [A]
TOKEN_INVALID: Final = 28001003  # [D]
TOKEN_EXPIRED: Final = 28001008  # [A]
NO_CAPABILITY: Final = 28001014  # [A]
TOKEN_MISMATCH: Final = 28001015  # [A] the token is not this open_id's
QUOTA_USED_UP: Final = 28003017  # [A] ours for the seventh reply and for a closed reply window, whose codes are [NF]
RATE_TOO_HIGH: Final = 28003018  # [A]

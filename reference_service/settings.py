"""What can be set from outside, with its defaults."""

from pathlib import Path
from typing import Self

import msgspec

from reference_service.domain.addresses import LOCAL
from reference_service.domain.rates import Rate


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One service process. Times are seconds, sizes bytes."""

    data: Path | None = None  # None: a temporary folder, gone with the process
    audit_key: Path | None = None  # the file of the audit chain's key; None: audit.key in the data folder
    restore: Path | None = None  # a backup's file to begin with; the present database goes among the backups
    backup_days: int = 30  # how long backups are kept; one is made every night; 0: none by itself, and all are kept
    gateway_url: str = ""  # the messaging platform's API; "" = there is none, replies fail
    gateway_ca: Path | None = None  # a CA to trust for it, beside the system's
    allow_hosts: frozenset[str] = frozenset()  # `host` or `host:port`: where shops' AI agents and webhooks may be
    operator_key: str = "operator"
    test_hooks: bool = False
    business_speed: float = 1.0  # divides the tier, reminder and complaint clocks, nothing else
    heartbeat_s: float = 15.0
    silence_s: float = 40.0  # a device that says nothing this long is closed (4009)
    resume_window_s: float = 30.0  # how long a cut device may resume; then its agent's conversations move on
    access_ttl_s: float = 3600.0
    refresh_ttl_s: float = 86400.0
    call_timeout_s: float = 5.0
    echo_wait_s: float = 10.0  # how long a reply whose answer was lost waits for its echo
    calls_at_once: int = 128
    inbox: int = 4000  # webhooks waiting for their commit before one is refused; half of it for one shop (429)
    login_failures: Rate = Rate(per_s=0.2, burst=10)  # wrong passwords for one login until it is barred (429)
    peer_failures: Rate = Rate(per_s=1.0, burst=100)  # wrong passwords and operator keys from one address
    peer_rate: Rate = Rate(per_s=1000.0, burst=5000)  # requests without a token from one address
    caller_rate: Rate = Rate(per_s=500.0, burst=5000)  # requests of one person
    shop_rate: Rate = Rate(per_s=5000.0, burst=20_000)  # requests of all people of a shop
    frame_rate: Rate = Rate(per_s=200.0, burst=1000)  # frames of one device (4008)
    request_s: float = 30.0  # how long a request may be on its way (408)
    identify_s: float = 10.0  # how long a connection may stay without a name (4001)
    max_unnamed: int = 5000  # connections without a name yet (4029)
    max_devices: int = 16  # connected devices of one agent (4029)
    max_shop_devices: int = 5000  # connected devices of all agents of a shop (4029)
    event_timeout_s: float = 10.0
    event_plan_s: tuple[float, ...] = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)  # pauses, then dead
    events_at_once: int = 256
    events_at_once_each: int = 8  # of one webhook
    dead_letter_s: float = 30 * 86400.0  # how long a dead letter is kept
    max_body: int = 256 * 1024
    max_word_list: int = 4 * 1024 * 1024
    max_replay: int = 20_000  # events; a longer gap is an invalid session
    max_unread_frames: int = 20_000  # frames a device may leave unread before it is closed (4029)

    @property
    def hosts(self) -> frozenset[str]:
        """Where shops may have things sent: what the operator named, and with test hooks this machine."""
        return self.allow_hosts | LOCAL if self.test_hooks else self.allow_hosts

    @classmethod
    def from_environment(cls, environment: dict[str, str]) -> Self:
        """Settings from REFERENCE_DATA, REFERENCE_GATEWAY, REFERENCE_OPERATOR_KEY and REFERENCE_TEST_HOOKS."""
        return cls(
            data=Path(environment["REFERENCE_DATA"]) if "REFERENCE_DATA" in environment else None,
            gateway_url=environment.get("REFERENCE_GATEWAY", ""),
            operator_key=environment.get("REFERENCE_OPERATOR_KEY", "operator"),
            test_hooks=environment.get("REFERENCE_TEST_HOOKS", "") == "1",
        )

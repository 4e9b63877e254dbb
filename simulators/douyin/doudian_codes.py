"""The codes of Doudian's open API for the reasons the gateway refuses by (douyin-protocol.md section 2)."""

from typing import Final, NamedTuple

from targets.platform import Reason


class Code(NamedTuple):
    """`code` and `sub_code` of an answer."""

    number: int
    sub: str


CODES: Final[dict[Reason, Code]] = {
    "bad_parameter": Code(40003, "isv.parameter-invalid"),
    "missing_parameter": Code(40001, "isv.parameter-missing"),
    "app_missing": Code(40001, "isv.app-id-missing"),
    "app": Code(40003, "isv.app-id-invalid"),
    "signature_missing": Code(40001, "isv.signature-missing"),
    "signature": Code(40003, "isv.signature-invalid"),
    "timestamp_format": Code(40003, "isv.timestamp-format-error"),
    "timestamp": Code(40003, "isv.timestamp-invalid"),
    "token_missing": Code(40001, "isv.access-token-missing"),
    "token_invalid": Code(40003, "isv.access-token-no-existed"),
    "token_expired": Code(40003, "isv.access-token-expired"),
    "token_mismatch": Code(40003, "isv.access-token-invalid"),
    "grant_type": Code(50001, "dop.token-generate-failed:grant-type-invalid"),
    "code": Code(50001, "dop.token-generate-failed:code-invalid"),
    "refresh_token": Code(50001, "dop.token-generate-failed:token-invalid"),
    "unknown_conversation": Code(50002, "isv.business-failed:conversation"),  # what follows the colon is ours
    "quota": Code(50002, "isv.business-failed:quota"),
    "no_capability": Code(30001, "isv.app-permissions-insufficient"),
    "not_simulated": Code(70000, "isp.api-service-off"),
    "rate": Code(60000, "isv.traffic-limited"),
    "busy": Code(20000, "dop.service-error"),
}

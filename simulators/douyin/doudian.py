"""Profile `doudian`: Doudian's real push envelope, signatures and open API, around a chat payload of golive's own."""

import hmac
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Final
from zlib import crc32

import msgspec

from history.run import App
from history.scenario import Gateway
from simulators.douyin.doudian_answers import answer
from simulators.douyin.doudian_calls import TOKEN_METHODS, parse, when
from simulators.douyin.doudian_items import OWN_TAGS, data, msg_id, tag
from simulators.douyin.param_json import canonical
from simulators.douyin.signing import Method, doudian_call_signature, doudian_push_signature
from simulators.douyin.untrusted import Malformed, decode
from targets.platform import Call, Happening, Incoming, Message, Outcome, Reason, Refusal, Request, Response

PROBE: Final = b'[{"tag":"0","msg_id":"0","data":"2020-09-10T16:27:56.52842897+08:00"}]'
SUCCESS: Final = b'{"code":0,"msg":"success"}'
_FIRST_ID: Final[dict[Happening, int]] = {"receive": 7_301_234_567_890_000_000, "enter": 7_302_000_000_000_000_000}
_OTHER_ID: Final = 7_303_000_000_000_000_000
_CONVERSATION: Final = 7_311_000_000_000_000_000
_CUSTOMER: Final = 7_321_000_000_000_000_000
_NEEDED: Final[dict[str, Reason]] = {
    "app_key": "app_missing",
    "sign": "signature_missing",
    "timestamp": "missing_parameter",
}
_METHODS: Final[Mapping[str, Method]] = {"md5": "md5", "hmac-sha256": "hmac-sha256"}
_encode = msgspec.json.Encoder().encode


class _Taken(msgspec.Struct):
    code: int
    msg: str


_answers = msgspec.json.Decoder(_Taken)


class Doudian:
    """Implements targets.platform.Platform. Ids are decimal strings beyond 2^53: neighbours are one as a float."""

    name = "doudian"
    own_chat = True
    batches = True
    tags: Mapping[Happening, int] = OWN_TAGS
    tells: frozenset[Happening] = frozenset((*OWN_TAGS, "order"))
    token_s = 604_800.0  # 7 days [B]
    refresh_s = 1_209_600.0  # 14 days [B]

    def __init__(self, settings: Gateway | None = None) -> None:
        self.settings = settings or Gateway()

    def app(self, rng: Random) -> App:
        """An app_key of 19 digits, and a secret that looks like a uuid."""
        digits = f"{rng.getrandbits(128):032x}"
        parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
        return App(client_key=str(rng.randrange(3 * 10**18, 4 * 10**18)), client_secret="-".join(parts))

    def account(self, number: int, seed: int) -> str:
        """A shop_id of ten digits."""
        return str(4_000_000_000 + seed % 100_000 * 10_000 + number)

    def message_id(self, number: int, event: Happening) -> str:
        """Decimal digits; entries and orders count elsewhere."""
        return str(_FIRST_ID.get(event, _OTHER_ID) + number)

    def conversation_id(self, number: int, shop: str, customer: str) -> str:  # noqa: ARG002 - Platform's signature
        """Decimal digits."""
        return str(_CONVERSATION + number)

    def customer_id(self, number: int, customer: str) -> str:  # noqa: ARG002 - Platform's signature
        """An im_user_id; it is another in each shop."""
        return str(_CUSTOMER + number)

    def write(self, messages: Sequence[Message], app: App) -> bytes:  # noqa: ARG002 - Platform's signature
        """The array of items; a message nobody can understand is told in one of two ways (section 6)."""
        return _encode([self._item(message) for message in messages])

    def sign(self, body: bytes, messages: Sequence[Message], app: App) -> Request:  # noqa: ARG002 - Platform's
        """`event-sign` by the method the app chose; the receiver tells by its length which it was."""
        signature = doudian_push_signature(app.client_key, app.client_secret, body, self.settings.push_sign)
        return Request({"Content-Type": "application/json", "app-id": app.client_key, "event-sign": signature}, body)

    def probe(self, app: App, number: int) -> Request:  # noqa: ARG002 - Platform's signature
        """The tag-0 probe, whose data is no JSON."""
        return self.sign(PROBE, (), app)

    def probe_met(self, response: Response, number: int) -> bool:  # noqa: ARG002 - Platform's signature
        """Whether it was answered as a push that was taken."""
        return self.acknowledged(response)

    def acknowledged(self, response: Response) -> bool:
        """HTTP 200 and `{"code":0,"msg":"success"}`; whatever else it is, the whole request failed."""
        if response.status != 200:
            return False
        if response.body == SUCCESS:
            return True
        try:
            taken = decode(_answers, response.body)
        except Malformed:
            return False
        return (taken.code, taken.msg) == (0, "success")

    def decode(self, request: Incoming, app: App, now_s: float) -> Call | Refusal:
        """What a call asks for: who, when and by which sign come first, then its parameters."""
        query = request.query
        method = query.get("method", "")
        if not method:
            return Refusal("missing_parameter", "method is missing")
        if not method.isascii() or request.path.strip("/") != method.replace(".", "/"):
            return Refusal("bad_parameter", f"method {method!r} is not that of the path")
        if refusal := self._unproven(request, method, app, now_s):
            return refusal
        what = parse(method, request.body)
        if isinstance(what, Refusal):
            return what
        return Call("" if method in TOKEN_METHODS else query.get("access_token", ""), "", what)

    def answer(self, request: Incoming, outcome: Outcome, now_s: float, log_id: str) -> Response:  # noqa: ARG002
        """The answer, always HTTP 200; the old err_no is left out where the caller asks for that [B]."""
        return answer(outcome, log_id, legacy=request.headers.get("x-open-no-old-err-code") != "1")

    def _item(self, message: Message) -> dict[str, Any]:
        number = tag(message, self.tags)
        name = msg_id(message, number)
        odd = bool(crc32(name.encode()) & 1)  # "mixed": half of the messages, each the same way at every attempt
        inside: Any = data(message)
        if message.event == "unheard" and odd:
            return {"tag": str(self.tags["receive"]), "msg_id": name, "data": "{this is no JSON"}
        if not _second(self.settings.data_form == "object", self.settings.data_form == "mixed", odd):
            inside = _encode(inside).decode()
        as_number = _second(self.settings.tag_form == "number", self.settings.tag_form == "mixed", odd)
        return {"tag": number if as_number else str(number), "msg_id": name, "data": inside}

    def _unproven(self, request: Incoming, method: str, app: App, now_s: float) -> Refusal | None:
        query = request.query
        for name, reason in _NEEDED.items():
            if not query.get(name):
                return Refusal(reason, f"{name} is missing")
        if query["app_key"] != app.client_key:
            return Refusal("app", "app_key is not this app's")
        at = when(query["timestamp"])
        if at is None:
            return Refusal("timestamp_format", "timestamp is neither unix seconds nor YYYY-MM-DD HH:MM:SS")
        if abs(at - now_s) > self.settings.clock_window_s:
            return Refusal("timestamp", f"timestamp is {at - now_s:+.0f} s off")
        return self._unsigned(request, method, app)

    def _unsigned(self, request: Incoming, method: str, app: App) -> Refusal | None:
        by = _METHODS.get(request.query.get("sign_method", "md5"))
        if by is None or request.query.get("v") != "2":
            return Refusal("bad_parameter", "sign_method must be md5 or hmac-sha256, and v must be 2")
        try:
            param = request.body.decode() or "{}"
            param = canonical(param) if self.settings.param_json == "canonical" else param
        except (UnicodeError, Malformed) as error:
            return Refusal("bad_parameter", f"param_json: {error}")
        right = doudian_call_signature(app.client_key, app.client_secret, method, param, request.query["timestamp"], by)
        given = request.query["sign"].lower().encode(errors="replace")
        return None if hmac.compare_digest(right.encode(), given) else Refusal("signature", "sign is wrong")


def _second(always: bool, mixed: bool, odd: bool) -> bool:
    return always or (mixed and odd)

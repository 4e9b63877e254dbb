"""Contacts that no list of words can hold: phone numbers, accounts behind a cue, links, e-mail addresses.

Order and tracking numbers, prices, sizes, dates and times are spared: a phone number is eleven digits that stand alone,
or that are written one by one or in a phone's groups; an account needs its cue (vx, QQ, 微信号 …).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from reference_service.filtering.folding import BUT_NUMERALS
from reference_service.filtering.spelling import Action, Word

Kind = Literal["phone", "account", "link", "email"]

_HINT: Final = re.compile("[0-9a-z]")
_LONG: Final = re.compile(r"\d{12}")
_SHAPES: Final = ((11,), (3, 4, 4), (4, 4, 3), (3, 8), (8, 3), (4, 7), (7, 4), (5, 6), (6, 5))
_GROUPED: Final = "|".join(
    rf"1[3-9]\d{{{first - 2}}}" + "".join(rf"[-·_ ]{{1,2}}\d{{{group}}}" for group in others)
    for first, *others in _SHAPES
)
_SPREAD: Final = r"1[^\w*]{1,2}[3-9](?:[^\w*]{1,2}\d){9}"
_LANDLINE: Final = r"0\d{2,3}[- )]{1,2}[2-9]\d{6,7}|[48]00-\d{3,4}-\d{3,4}"
_PHONE: Final = re.compile(
    r"(?<!\d)(?<!\d[^\w*])(?<!\d[^\w*]{2})"
    rf"(?:(?:\+?(?:00)?86[-·_ ]{{0,2}})?(?:{_GROUPED}|{_SPREAD})|{_LANDLINE})"
    r"(?!\d|[^\w*]{1,2}\d)"
)
_PLAIN_PHONE: Final = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")  # beside other numbers
_ORDER: Final = re.compile(r"(?:单号|订单|运单|编号|货号|款号|条码|编码|流水号)[号为是:#\s]{0,4}$")
_LETTERS: Final = re.compile(r"[a-z]+$")
_CUES: Final = ("tel", "phone", "mobile", "v", "vx", "wx", "qq", "wechat", "weixin")
_ACCOUNT: Final = re.compile(
    r"(?:(?<![a-z0-9])(?:vx|wx|qq|wechat|weixin)|(?<=[加+])v|v信|微信|薇信|威信|(?<=加)微|扣扣|企鹅)"
    r"[^\w*]{0,2}(?:号码?|id|群)?[^\w*]{0,3}[是为]?[^\w*]{0,3}"
    r"(?P<id>(?=[a-z_-]*\d|[a-z-]*_)[a-z][a-z0-9_-]{5,19}|(?!20[0-3]\d[01]\d[0-3]\d(?!\d))[1-9]\d{4,11})"
    r"(?![a-z0-9_-]|\.\d|\s?(?:元|块|年|月|日|件|个|码|斤|克|人|%))"
)
_LINK: Final = re.compile(
    r"https?://[!-)+-~]+|(?<![a-z0-9@._-])(?P<host>(?:[a-z0-9][a-z0-9-]{0,61}\.)+"
    r"(?:com|cn|net|org|top|xyz|shop|vip|cc|io|me|info|club|site|online|store|link|tv|app|co|hk|tw|ltd|wang|ren))"
    r"(?![a-z0-9-])(?:[:/?#][!-)+-~]*)?"
)
_OWN: Final = re.compile(r"(?:https?://)?(?:[a-z0-9-]+\.)*(?:douyin|jinritemai)\.com(?![a-z0-9.-])")
_EMAIL: Final = re.compile(
    r"(?<![a-z0-9._%+-])[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*\.[a-z]{2,63}(?![a-z0-9-])"
)


class ContactRule(msgspec.Struct, frozen=True):
    """What is done about a kind of contact, each way; the defaults are those of words."""

    to_customer: Action = "block"
    to_agent: Action = "mask"


class Contacts(msgspec.Struct, frozen=True):
    """Which contacts a shop wants seen; none unless switched on."""

    phone: ContactRule | UnsetType = UNSET
    account: ContactRule | UnsetType = UNSET
    link: ContactRule | UnsetType = UNSET
    email: ContactRule | UnsetType = UNSET


class Contact(NamedTuple):
    """A contact in a folded text: offsets, end exclusive."""

    start: int
    end: int
    kind: Kind


def listed(contacts: Contacts) -> dict[Kind, Word]:
    """The kinds that are switched on, each as the listed word that a hit names."""
    rules: dict[Kind, ContactRule | UnsetType] = msgspec.structs.asdict(contacts)  # type: ignore[assignment]
    return {
        kind: Word(kind, rule.to_customer, rule.to_agent, "contact")
        for kind, rule in rules.items()
        if isinstance(rule, ContactRule)
    }


def find(kinds: Mapping[Kind, Word], text: str, folded: str) -> Iterator[Contact]:
    """The contacts of these kinds in a text and its folded form, with places in the folded form."""
    if not _HINT.search(folded):
        return
    if "phone" in kinds:
        yield from _phones(folded, _PHONE)
        yield from _phones(folded, _PLAIN_PHONE)
        if _LONG.search(folded):  # a Chinese numeral may only stand before it: 唯一138…
            yield from _phones(BUT_NUMERALS.fold(text), _PLAIN_PHONE)
    if "account" in kinds:
        yield from (Contact(*found.span("id"), "account") for found in _ACCOUNT.finditer(folded))
    if "email" in kinds:
        yield from (Contact(*found.span(), "email") for found in _EMAIL.finditer(folded))
    if "link" in kinds:
        links = (found for found in _LINK.finditer(folded) if not _OWN.match(found[0]))
        yield from (Contact(*found.span(), "link") for found in links)


def _phones(folded: str, pattern: re.Pattern[str]) -> Iterator[Contact]:
    for found in pattern.finditer(folded):
        before = folded[max(found.start() - 16, 0) : found.start()]
        letters = _LETTERS.search(before)
        if not _ORDER.search(before) and (letters is None or letters[0] in _CUES):
            yield Contact(*found.span(), "phone")

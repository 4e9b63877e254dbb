"""A way to a filter: put a list there, ask what it would do with texts. In this process or over the network."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, Protocol

import httpx
import msgspec
import pytest
from hypothesis import assume

from suites.lab import LabShop
from targets.interface import FilterVerdict, Hit, TargetError, WordRule, Words

Side = Literal["customer", "agent"]
CONTACTS: Final = ("phone", "account", "link", "email")


class Refused(Exception):
    """The target does not take this list: 422 with a reason."""


class Door(Protocol):
    """One shop's filter."""

    name: str
    contract: bool  # whether it speaks the contract, and so tells what it claims
    now: Callable[[], float]  # a clock for how long the filter works (s)

    async def put(self, words: Sequence[WordRule], allow: Sequence[str] = (), contacts: bool = False) -> None:
        """Replace the list; `contacts`: numbers, addresses and accounts are looked for, too, where the contract is
        spoken. Raises Refused.
        """
        ...

    async def check(self, texts: Sequence[str], to: Side = "customer") -> list[FilterVerdict]:
        """What the filter would do with each text on its way there."""
        ...

    async def claims(self) -> dict[str, str]:
        """The classes that the target claims, and for which words; none where it does not tell."""
        ...

    async def raw(self, body: bytes) -> tuple[int, bytes]:
        """Ask the contract's check with a body as it is."""
        ...


class Asgi:
    """A shop of its own in an application of this process, by the contract's paths."""

    name = "in process"
    contract = True
    now = staticmethod(time.process_time)  # other processes' work does not count

    def __init__(self, client: httpx.AsyncClient, operator_key: str, number: int) -> None:
        self._client, self._operator, self._number = client, operator_key, number
        self._token = ""

    def __repr__(self) -> str:
        return self.name

    async def open(self) -> None:
        """Create the shop and sign in."""
        shop = f"filter-{self._number}"
        body = {"id": shop, "name": shop, "open_id": f"o-{shop}", "client_key": "ck", "client_secret": "cs"}
        made = await self._ask("POST", "/api/v1/shops", msgspec.json.encode(body), self._operator, 201)
        self._login = {"login": made["admin_login"], "password": made["admin_password"]}
        await self._sign_in()

    async def put(self, words: Sequence[WordRule], allow: Sequence[str] = (), contacts: bool = False) -> None:
        """As Door has it."""
        await self._asked("PUT", "/api/v1/sensitive-words", msgspec.json.encode(_list(words, allow, contacts)))

    async def check(self, texts: Sequence[str], to: Side = "customer") -> list[FilterVerdict]:
        """As Door has it."""
        body = msgspec.json.encode({"texts": list(texts), "direction": f"to_{to}"})
        told = await self._asked("POST", "/api/v1/sensitive-words/check", body)
        return verdicts(told)

    async def claims(self) -> dict[str, str]:
        """As Door has it."""
        return claimed(await self._asked("GET", "/api/v1/sensitive-words", b""))

    async def raw(self, body: bytes) -> tuple[int, bytes]:
        """As Door has it."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        answer = await self._client.post("/api/v1/sensitive-words/check", content=body, headers=headers)
        return answer.status_code, answer.content

    async def _sign_in(self) -> None:
        told = await self._ask("POST", "/api/v1/auth/login", msgspec.json.encode(self._login), "", 200)
        self._token = told["access_token"]

    async def _asked(self, method: str, path: str, body: bytes) -> Any:
        try:
            return await self._ask(method, path, body, self._token, 200)
        except _Expired:
            await self._sign_in()
            return await self._ask(method, path, body, self._token, 200)

    async def _ask(self, method: str, path: str, body: bytes, token: str, due: int) -> Any:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        answer = await self._client.request(method, path, content=body, headers=headers)
        if answer.status_code == 401 and token:
            raise _Expired
        if answer.status_code == 422:
            raise Refused(answer.text)
        assert answer.status_code == due, f"{method} {path} answered {answer.status_code}: {answer.text[:300]}"
        return msgspec.json.decode(answer.content)


class _Expired(Exception):
    pass


class Network:
    """A shop of the lab: by the adapter's own methods, by the contract where it has none."""

    name = "over the network"
    now = staticmethod(time.perf_counter)

    def __init__(self, shop: LabShop) -> None:
        self.shop = shop
        self.contract = "contract" in shop.lab.offers
        self._target: Any = shop.lab.target

    def __repr__(self) -> str:
        return self.name

    async def put(self, words: Sequence[WordRule], allow: Sequence[str] = (), contacts: bool = False) -> None:
        """As Door has it."""
        if "words" in self.shop.lab.offers and not (contacts and self.contract):
            try:
                await self._target.configure(self.shop.target, Words(tuple(words), tuple(allow)))
            except TargetError as error:
                raise Refused(str(error)) from error
            return
        answer = await self.shop.api("putSensitiveWords", body=_list(words, allow, contacts), expect=(200, 422))
        if answer.status == 422:
            raise Refused(str(answer.body))

    async def check(self, texts: Sequence[str], to: Side = "customer") -> list[FilterVerdict]:
        """As Door has it."""
        if "filter" in self.shop.lab.offers:
            told: list[FilterVerdict] = await self._target.check_texts(self.shop.target, texts, to)
            return told
        body = {"texts": list(texts), "direction": f"to_{to}"}
        return verdicts((await self.shop.api("checkSensitiveWords", body=body, expect=200)).body)

    async def claims(self) -> dict[str, str]:
        """As Door has it."""
        if not self.contract or "getSensitiveWords" not in self.shop.lab.operations:
            return {}
        return claimed((await self.shop.api("getSensitiveWords", expect=200)).body)

    async def raw(self, body: bytes) -> tuple[int, bytes]:
        """As Door has it."""
        answer = await self.shop.api("checkSensitiveWords", body=body, expect=(200, 413, 422))
        return answer.status, msgspec.json.encode(answer.body)


def needed(shop: LabShop) -> Network:
    """The door of a lab's shop; skips (*not verified*) where its target offers no way to list words and check texts."""
    offers, operations = shop.lab.offers, shop.lab.operations
    if not ("filter" in offers or "checkSensitiveWords" in operations):
        pytest.skip("not offered: filter")
    if not ("words" in offers or "putSensitiveWords" in operations):
        pytest.skip("not offered: words")
    return Network(shop)


def _list(words: Sequence[WordRule], allow: Sequence[str], contacts: bool) -> dict[str, object]:
    """As openapi.yaml's NewWordList has it."""
    kinds: dict[str, object] = {kind: {} for kind in CONTACTS if contacts}
    return {"words": [each._asdict() for each in words], "allow": list(allow), "contacts": kinds}


def verdicts(told: Any) -> list[FilterVerdict]:
    """The contract's CheckResults."""
    return [
        FilterVerdict(
            each["action"], each["text"], tuple(Hit(hit["start"], hit["end"], hit["word"]) for hit in each["hits"])
        )
        for each in told["results"]
    ]


def claimed(told: Any) -> dict[str, str]:
    """Of the contract's WordList, each class that is claimed, and the words it is claimed for."""
    return {claim["class"]: claim["words"] for claim in told["claims"]}


async def put_or_reject(door: Door, words: Sequence[WordRule], allow: Sequence[str] = ()) -> None:
    """Put a list that Hypothesis drew; one that the target refuses with a reason is none of the examples."""
    try:
        await door.put(words, allow)
    except Refused:
        assume(False)

"""Sins against tokens, tenants, limits, the audit chain and retention that the security suite's attacks see."""

from starlette.requests import Request

from proof.mutant import mutant, ran
from reference_service import tokens
from reference_service.api import conversations, history, messages, reading
from reference_service.domain import retention
from reference_service.domain.records import Person
from reference_service.domain.world import ShopFloor, Thread, World
from reference_service.shell.limits import Limits
from reference_service.storage import chain, verifying
from reference_service.storage.chain import START, Head

_MONTH_S = 30 * 86_400.0


@mutant("AUTH-1", suite="security")
def takes_any_token_of_its_own() -> None:
    """A refresh token opens what an access token opens."""
    strict = tokens.read

    def read(key: bytes, token: str, use: str, now: float) -> tokens.Claims | None:
        claims = strict(key, token, use, now)
        if claims is None and use == "access":
            claims = strict(key, token, "refresh", now)
            if claims is not None:
                ran()
        return claims

    tokens.read = read


@mutant("TENANT-1", suite="security")
def forgets_whose_conversation_it_is() -> None:
    """Whoever knows a conversation's id may read it."""
    strict = conversations.thread_of

    def thread_of(world: World, person: Person, request: Request) -> Thread:
        thread = world.threads.get(request.path_params["conversation_id"])
        if thread is None:
            return strict(world, person, request)
        if thread.conversation.shop_id != person.shop_id:
            ran()
        return thread

    for module in (conversations, messages, reading, history):
        module.thread_of = thread_of  # type: ignore[attr-defined]


@mutant("LIMIT-1", suite="security")
def slows_nobody_down() -> None:
    """Counts what is too much and lets it through."""
    honest = Limits.take

    def take(self: Limits, limit: str, key: str, now: float) -> int:
        if honest(self, limit, key, now):
            ran()
        return 0

    Limits.take = take  # type: ignore[method-assign]


@mutant("AUDIT-1", suite="security")
def finds_nothing_changed() -> None:
    """Reads every row and minds none."""

    def find(self: verifying._Verification, table: str, key: str, sin: str) -> None:  # noqa: ARG001
        ran()

    verifying._Verification._find = find  # type: ignore[method-assign]


@mutant("AUDIT-1", suite="security")
def forgets_how_long_the_chain_was() -> None:
    """Proves the chain against itself alone: a tail that is gone is missed by nobody."""
    whole = verifying._Verification.run

    def run(self: verifying._Verification, least: Head, asked: Head | None, pending: str) -> verifying.Report:  # noqa: ARG001
        if least != START:
            ran()
        return whole(self, START, asked, "")

    verifying._Verification.run = run  # type: ignore[method-assign]
    chain.begin_note = lambda *_: ""  # nor does a start compare the chain with its anchor


@mutant("RETAIN-1", suite="security")
def purges_a_month_early() -> None:
    """Counts 150 days where 180 are promised."""
    honest = retention.before

    def before(floor: ShopFloor, now: float) -> float:
        moment = honest(floor, now)
        if moment:
            ran()
        return moment and moment + _MONTH_S

    retention.before = before

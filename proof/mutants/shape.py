"""Sins against the form of the contract: what an answer holds, and whom it is given to."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from proof.mutant import instead, mutant, ran
from reference_service import app
from reference_service.api import access, problems, requests
from reference_service.domain.records import Person
from reference_service.shell.engine import Engine


@mutant("LIMIT-1", suite="contract")
def says_not_what_is_wrong() -> None:
    """Refuses what is malformed with a document of its own."""
    honest = problems.on_problem

    async def on_problem(request: Request, error: Exception) -> Response:
        if isinstance(error, problems.Problem) and error.code == "malformed":
            ran()
            return Response(msgspec.json.encode({"error": "bad request"}), 422, media_type="application/problem+json")
        return await honest(request, error)

    instead(app, "on_problem", on_problem)


@mutant("AUTH-1", suite="contract")
def takes_every_token() -> None:
    """Takes whoever has no valid token for the administrator of its first shop."""
    honest = requests.identify

    def identify(engine: Engine, token: str, use: str = "access") -> tuple[Person, float] | None:
        known = honest(engine, token, use)
        if known is not None or use != "access":
            return known
        ran()
        admins = [person for person in engine.world.people.values() if person.role == "admin"]
        return (admins[0], float("inf")) if admins else None

    instead(access, "identify", identify)
